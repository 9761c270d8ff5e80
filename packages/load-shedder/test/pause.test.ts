// A pause in the evening peak: the decisions are the service's, the house is one of radiators that obey late.
import type { SheddingEvent } from '@pilotwire/shedding';
import { expect } from 'chai';
import fc from 'fast-check';
import { House, type Radiator } from '../../shedding/test/house.ts';
import { Pause } from '../src/pause.ts';

const LIMIT_VA = 6_000;
/** The longest that the bus takes. */
const PAUSE_S = 3_600;

/** A house whose shedder is paused as the service pauses it. */
class PausedHouse extends House {
	readonly pause = new Pause();

	/** Somebody asks for a pause. */
	asks(): void {
		this.pause.begin(PAUSE_S, this.second * 1_000);
		this.send({ kind: 'paused' });
	}

	override send(event: SheddingEvent): void {
		// The first events come from the constructor of the house.
		if (event.kind === 'load' && this.pause?.isBrokenBy(event.apparentPowerVA, event.limitVA, false)) {
			this.pause.end();
			super.send({ kind: 'resumed' });
		}
		super.send(event);
	}
}

/** How warm a Linky's breaker gets, 1 where it opens: the recurrence of its specification, at the edge of its tolerance. */
function warmth(loads: readonly number[]): number {
	let y = 0;
	let most = 0;
	for (const va of loads) {
		y = 0.008 * ((va * 1.04) / LIMIT_VA) ** 2 + 0.992 * y;
		most = Math.max(most, y / 1.3 ** 2);
	}
	return most;
}

const evenings = fc.record({
	mode: fc.constantFrom('strict' as const, 'tolerant' as const),
	radiators: fc.array(
		fc.record({
			powerW: fc.integer({ min: 5, max: 20 }).map((hundreds) => hundreds * 100),
			priority: fc.integer({ min: 1, max: 4 }),
			delayS: fc.integer({ min: 0, max: 7 }),
		}),
		{ minLength: 3, maxLength: 9 },
	),
	appliances: fc.array(
		fc.tuple(fc.integer({ min: 300, max: 3_000 }), fc.integer({ min: 20, max: 900 }), fc.integer({ min: 5, max: 45 })),
		{ maxLength: 8 },
	),
	pausedAt: fc.integer({ min: 100, max: 1_500 }),
});

describe('a pause in the evening peak', () => {
	it('opens no breaker, in any house whose appliances alone stay within the subscription', () => {
		fc.assert(
			fc.property(evenings, ({ mode, radiators, appliances, pausedAt }) => {
				const background = (second: number): number => {
					const on = appliances.filter(([start, length]) => second >= start && second < start + length);
					return Math.min(LIMIT_VA, 200 + on.reduce((total, [, , hundreds]) => total + hundreds * 100, 0));
				};
				const list = radiators.map((radiator, index): Radiator => ({ ...radiator, id: `r${index}` }));
				const house = new PausedHouse(LIMIT_VA, background, list, { mode });
				house.send({ kind: 'breaker', phase: 1, linky: true, peakVA: 0 });
				house.run(pausedAt);
				house.asks();
				house.run(4_000 - pausedAt);
				expect(warmth(house.loads)).to.be.below(1);
			}),
			{ numRuns: 15 },
		);
	}).timeout(60_000);

	it('opens none after half an hour at all that it lets pass, when everything is then switched on at once', () => {
		const radiators = [0, 1, 2, 3].map((index): Radiator => ({ id: `r${index}`, powerW: 1_600, delayS: 7 }));
		const house = new PausedHouse(LIMIT_VA, (second) => (second < 2_000 ? 100 : LIMIT_VA), radiators);
		house.asks();
		house.run(1_990);
		expect(house.heating(), 'who was shed').to.have.length(4);
		house.run(600);
		expect(warmth(house.loads)).to.be.within(0.85, 1);
	});

	it('opens none under a load that a breaker carries for minutes only', () => {
		const radiators = [0, 1, 2, 3].map((index): Radiator => ({ id: `r${index}`, powerW: 1_500, delayS: 7 }));
		const house = new PausedHouse(LIMIT_VA, (second) => (second < 100 ? 0 : 2_200), radiators);
		house.run(90);
		house.asks();
		house.run(1_000);
		expect(warmth(house.loads)).to.be.below(1);
	});
});

import {
	decide,
	emptyState,
	type SheddingEvent,
	type SheddingSettings,
	type SheddingState,
	shedSet,
	snapshot,
} from '@pilotwire/shedding';
import { expect } from 'chai';
import { House } from './house.ts';

const LIMIT_VA = 6000;
const heating = { kind: 'circuit', phase: 1, priority: 1, controllable: true, wanted: 'comfort' } as const;
const radiator = (id: string, powerW: number): SheddingEvent => ({ ...heating, id, powerW, inForce: 'comfort' });
const load = (apparentPowerVA: number): SheddingEvent => ({
	kind: 'load',
	phase: 1,
	limitVA: LIMIT_VA,
	apparentPowerVA,
});
const linky: SheddingEvent = { kind: 'breaker', phase: 1, linky: true, peakVA: 3000 };

/** A house of two radiators, tolerant, one event a second. */
class Evening {
	state: SheddingState;
	second = 0;

	constructor(settings: Partial<SheddingSettings>, ...first: readonly SheddingEvent[]) {
		this.state = emptyState({ mode: 'tolerant', ...settings });
		for (const event of [...first, radiator('a', 2000), radiator('b', 2000)]) this.send(event);
	}

	send(event: SheddingEvent): this {
		this.state = decide(this.state, event, this.second * 1000).state;
		return this;
	}

	/** @returns the second of the first shed, or null */
	draw(va: number, seconds: number): number | null {
		for (let step = 0; step < seconds; step++) {
			this.second++;
			this.send(load(va));
			if (shedSet(this.state).shed.length > 0) return step;
		}
		return null;
	}
}

describe('tolerant', () => {
	it('lets a short peak pass, where strict would shed at once', () => {
		expect(new Evening({}, linky).draw(7200, 90)).to.equal(null);
		expect(new Evening({ mode: 'strict' }, linky).draw(7200, 90)).to.equal(0);
	});

	it('ends a peak that lasts, long before the breaker could open', () => {
		const evening = new Evening({}, linky);
		const shedAfterS = evening.draw(9000, 600);
		expect(shedAfterS).to.be.within(5, 110);
		const { tripInS, filterUsed } = snapshot(evening.state).phases[0] ?? {};
		expect(filterUsed).to.be.below(0.75);
		// What the meter and the radiators take, and a breaker that is early, are still left.
		expect(tripInS).to.be.above(30);
	});

	it('lets the less pass, the longer the silence of a meter may hide a surge', () => {
		expect(new Evening({ loadAgeS: 30 }, linky).draw(7200, 90)).to.be.within(20, 60);
	});

	it('never opens the most impatient breaker where a surge comes as the meter falls silent', () => {
		for (let share = 1.02; share < 1.3; share += 0.02) {
			const evening = new Evening({}, linky);
			for (let second = 0; second < 600; second++) {
				const passing = evening.draw(share * LIMIT_VA, 1) === null;
				const { filterUsed = 1 } = snapshot(evening.state).phases[0] ?? {};
				if (!passing) break;
				let y = filterUsed * 1.69;
				for (let hidden = 0; hidden < 20; hidden++) y = 0.008 * (share + 0.7) ** 2 + 0.992 * y;
				expect(y * 1.05 ** 2, `${share} after ${second} s`).to.be.below(1.69);
			}
		}
	});

	it('lets nothing pass that no output could take away', () => {
		const away = (id: string): SheddingEvent => ({ ...radiator(id, 2000), reachable: false }) as SheddingEvent;
		expect(new Evening({}, linky).send(away('a')).send(away('b')).draw(7200, 10)).to.equal(0);
	});

	it('sheds at once where nothing bounds what was drawn before the start', () => {
		expect(new Evening({}, { ...linky, peakVA: undefined } as unknown as SheddingEvent).draw(7200, 10)).to.equal(0);
	});

	it('takes a maximum that comes after the first load for what it is', () => {
		const evening = new Evening({}).send(load(3000)).send(linky);
		expect(evening.draw(7200, 60)).to.equal(null);
	});

	it('is strict for 10 minutes after a gap, and says until when', () => {
		const evening = new Evening({}, linky);
		evening.draw(3000, 30);
		evening.send({ kind: 'silence' });
		evening.draw(3000, 1);
		expect(snapshot(evening.state).phases[0]?.strictUntilMs).to.equal(evening.second * 1000 + 600_000);
		evening.draw(3000, 590);
		const { state } = evening;
		expect(evening.draw(7200, 1)).to.equal(0);
		evening.state = state;
		evening.draw(3000, 10);
		expect(snapshot(evening.state).phases[0]?.strictUntilMs).to.equal(null);
		expect(evening.draw(7200, 60)).to.equal(null);
	});

	it('is strict where nobody knows what opens', () => {
		expect(new Evening({}).draw(7200, 1)).to.equal(0);
		expect(new Evening({}, { ...linky, linky: null } as SheddingEvent).draw(7200, 1)).to.equal(0);
	});

	it('never passes 1.1 times a branch breaker, behind a Linky too', () => {
		// 30 A carry 6210 VA at the lowest voltage: up to 6831 VA never opens it.
		for (const event of [linky, { ...linky, linky: false } as SheddingEvent]) {
			expect(new Evening({ branchBreakerA: 30 }, event).draw(6800, 60)).to.equal(null);
			expect(new Evening({ branchBreakerA: 30 }, event).draw(6900, 1)).to.equal(0);
		}
	});

	it('takes a branch breaker below the subscription for the limit', () => {
		const evening = new Evening({ mode: 'strict', branchBreakerA: 20 }, linky);
		expect(evening.draw(4200, 1)).to.equal(0);
		expect(snapshot(evening.state).phases[0]?.limitVA).to.equal(20 * 207);
	});

	it('does not wait where shedding could not end the peak', () => {
		expect(new Evening({}, linky).draw(10_500, 1)).to.equal(0);
	});

	it('gives the turn of who waited its longest while a load over the limit passes', () => {
		const radiators = [
			{ id: 'a', powerW: 2000 },
			{ id: 'b', powerW: 1000, inForce: 'off' as const },
		];
		const house = new House(LIMIT_VA, () => 4300, radiators, { mode: 'tolerant' });
		house.send(linky);
		house.run(1100);
		expect(snapshot(house.state).phases[0]?.restoreState).to.equal('passing');
		expect(house.heating()).to.deep.equal(['a']);
		house.run(700);
		expect(house.switchings.find(({ id, to }) => id === 'b' && to === 'comfort')?.second).to.be.below(1800);
	});

	it('does not take back what it has just admitted into a peak that may pass', () => {
		const powers = [1500, 1500, 1000, 1000, 750, 750, 500];
		const radiators = powers.map((powerW, index) => ({ id: `r${index}`, powerW, inForce: 'off' as const }));
		const house = new House(LIMIT_VA, () => 300, radiators, { mode: 'tolerant' });
		house.send(linky);
		house.run(120);
		expect(Math.max(...house.loads)).to.be.above(LIMIT_VA);
		expect(house.actions.filter(({ kind }) => kind === 'withdraw')).to.deep.equal([]);
	});
});

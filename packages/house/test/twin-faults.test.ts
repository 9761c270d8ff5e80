import { ShedderController, Twin, type TwinFault } from '@pilotwire/house';
import { expect } from 'chai';
import { coldHouse } from './support/twin-house.ts';

const HOUR_S = 3600;
/** Trouble from an hour before the evening to midnight; the long form has two weeks of it, after two days learned from. */
const isSoak = process.env.PILOTWIRE_SOAK === '1';
const FROM_S = (isSoak ? 48 : 1) * HOUR_S;
const TO_S = (isSoak ? 16 * 24 : 8) * HOUR_S;

/** The same trouble again and again: for so long, then as long without it. */
function repeated(kind: TwinFault['kind'], forS: number, more: Partial<TwinFault> = {}): TwinFault[] {
	return [{ kind, fromS: FROM_S, forS, everyS: 2 * forS, ...more }];
}

const troubles: Readonly<Record<string, readonly TwinFault[]>> = {
	'meter silent for hours': repeated('meter_silent', 3 * HOUR_S),
	'meter silent for seconds, again and again': repeated('meter_silent', 15),
	'meter absurd': repeated('meter_absurd', HOUR_S),
	'board silent, its wires as they were': repeated('board_silent', HOUR_S, { which: 0x20 }),
	'board reset every ten minutes': repeated('board_reset', 300, { which: 0x20 }),
	'radiator deaf for good': [{ kind: 'radiator_deaf', fromS: FROM_S, which: 0 }],
	'plug that does not answer': repeated('plug_silent', 2 * HOUR_S, { which: 1 }),
	'shedder hung for half an hour': repeated('shedder_hung', HOUR_S / 2),
	'shedder hung for seconds': repeated('shedder_hung', 10),
	'shedder restarted every five minutes': repeated('shedder_restart', 150),
	'messages up to 5 s late': [{ kind: 'late', fromS: FROM_S, amount: 5 }],
	'one message of five lost': [{ kind: 'lost', fromS: FROM_S, amount: 0.2 }],
	'late and lost together': [
		{ kind: 'late', fromS: FROM_S, amount: 5 },
		{ kind: 'lost', fromS: FROM_S, amount: 0.1 },
	],
	'clocks that jump an hour ahead': repeated('clock_jump', HOUR_S, { amount: HOUR_S }),
	'clocks that jump back': repeated('clock_jump', HOUR_S, { amount: -30 }),
};

const ALL = [
	[1, 'strict'],
	[1, 'tolerant'],
	[3, 'strict'],
	[3, 'tolerant'],
] as const;

describe('the twin under faults', function () {
	this.timeout(isSoak ? 600_000 : 20_000);
	for (const [phases, mode] of isSoak
		? ALL
		: ([
				[1, 'tolerant'],
				[3, 'strict'],
			] as const)) {
		for (const [trouble, faults] of Object.entries(troubles)) {
			it(`${phases} phase(s), ${mode}: ${trouble}: no opening, no room under 6 °C`, () => {
				const twin = new Twin({
					house: coldHouse(phases),
					seed: 5,
					faults,
					controller: (circuits) => new ShedderController(circuits, { settings: { mode } }),
				}).run(TO_S);
				const { openings, coldestC } = twin.figures();
				expect(openings, 'openings').to.equal(0);
				expect(coldestC, 'coldest room, °C').to.be.at.least(6);
			});
		}
		it(`${phases} phase(s), ${mode}: board without power, no opening, no room under 6 °C`, () => {
			// What nobody can switch, nobody can shed: this holds where a board's radiators alone can't open the breaker.
			const house = coldHouse(phases);
			const weak = house.radiators.map((radiator) => ({ ...radiator, powerW: radiator.powerW * 0.7 }));
			const twin = new Twin({
				house: { ...house, radiators: weak, weather: { ...house.weather, meanC: 5 } },
				seed: 5,
				faults: repeated('board_unpowered', HOUR_S / 2, { which: 0x20 }),
				controller: (circuits) => new ShedderController(circuits, { settings: { mode } }),
			}).run(TO_S);
			const { openings, coldestC } = twin.figures();
			expect(openings, 'openings').to.equal(0);
			expect(coldestC, 'coldest room, °C').to.be.at.least(6);
		});
		it(`${phases} phase(s), ${mode}: radiators that lie about their power: no opening, no room under 6 °C`, () => {
			const house = coldHouse(phases);
			const twin = new Twin({
				house,
				seed: 5,
				faults: [],
				saidPowerW: (index) => (house.radiators[index]?.powerW ?? 0) * (index % 2 === 0 ? 0.5 : 1.5),
				controller: (circuits) => new ShedderController(circuits, { settings: { mode } }),
			}).run(TO_S);
			const { openings, coldestC } = twin.figures();
			expect(openings, 'openings').to.equal(0);
			expect(coldestC, 'coldest room, °C').to.be.at.least(6);
		});
	}
});

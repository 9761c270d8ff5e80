// Faults at random moments of a peak, on virtual time: the breaker stays closed, no room freezes, all comes back.
import { type HouseDescription, peakHouse } from '@pilotwire/house';
import { expect } from 'chai';
import fc from 'fast-check';
import { seeded } from './random.ts';
import { opensUnprotected, virtualHouses } from './story.ts';
import { SERVICE_NAMES, type VirtualHouse } from './virtual-house.ts';

const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
const PEAK_AT_S = 200;
const PEAK_FOR_S = 600;
/** After the peak and the fault, every wanted order is in force within this. Seconds. */
const BACK_S = 420;
/** A radiator's wire changes no more often in such an evening. */
const MOST_CHANGES = 30;

/** A fault, and how it ends. */
type Fault = (virtual: VirtualHouse, random: () => number) => Promise<void>;

const restart =
	(names: readonly (typeof SERVICE_NAMES)[number][], softly: boolean): Fault =>
	async (virtual, random) => {
		for (const name of names) {
			if (softly) await virtual.stop(name);
			else virtual.kill(name);
		}
		await virtual.run(Math.round(1 + 29 * random()));
		await virtual.start(...names);
	};

const faults: Readonly<Record<string, Fault>> = {
	'the meter is silent': async (virtual) => {
		virtual.line.faults.silent = true;
		await virtual.run(180);
		virtual.line.faults.silent = false;
	},
	'the line is noisy': async (virtual) => {
		virtual.line.faults.noise = 0.03;
		await virtual.run(180);
		virtual.line.faults.noise = 0;
	},
	'the line is nothing but noise': async (virtual) => {
		virtual.line.faults.noise = 0.5;
		await virtual.run(180);
		virtual.line.faults.noise = 0;
	},
	'the meter says absurdly much': async (virtual) => {
		virtual.line.faults.absurd = '99999';
		await virtual.run(120);
		virtual.line.faults.absurd = undefined;
	},
	'the meter says absurdly little': async (virtual) => {
		virtual.line.faults.absurd = '00001';
		await virtual.run(120);
		virtual.line.faults.absurd = undefined;
	},
	'the adapter is pulled out': async (virtual) => virtual.line.unplug(),
	'the broker is away': async (virtual) => {
		virtual.hub.down();
		await virtual.run(120);
		virtual.hub.up();
	},
	'the actuator is killed': restart(['radiator-actuator'], false),
	'the actuator is stopped': restart(['radiator-actuator'], true),
	'the shedder is killed': restart(['load-shedder'], false),
	'the shedder is stopped': restart(['load-shedder'], true),
	'the reader is killed': restart(['meter-reader'], false),
	'shedder and actuator are killed': restart(['load-shedder', 'radiator-actuator'], false),
	'everything is killed': restart(SERVICE_NAMES, false),
	'a board is reset': async (virtual) => {
		for (const address of virtual.boards.addresses) virtual.boards.reset(address);
	},
	'a board has no power': async (virtual) => {
		const [address = 0] = virtual.boards.addresses;
		virtual.boards.setDead(address, true);
		await virtual.run(40);
		virtual.boards.setDead(address, false);
	},
	'a board drifts': async (virtual) => {
		const [address = 0] = virtual.boards.addresses;
		for (const register of [0x00, 0x14, 0x15]) virtual.boards.drift(address, register, 0x3c);
	},
	'the wall clock goes back an hour': async (virtual) => virtual.clock.stepWall(-3_600_000),
	'the wall clock goes on an hour': async (virtual) => virtual.clock.stepWall(3_600_000),
};

const houseWith = (mode: 'historic' | 'standard', phases: 1 | 3): HouseDescription =>
	peakHouse({
		phases,
		prefKVA: phases * 6,
		peakRatio: 1.42,
		peakAtS: PEAK_AT_S,
		peakForS: PEAK_FOR_S,
		radiatorsAPhase: phases === 1 ? 4 : 3,
		meter: { mode },
	});

/** One evening with its fault at a moment of the peak. */
async function spend(virtual: VirtualHouse, fault: Fault, faultAtS: number, random: () => number): Promise<void> {
	await virtual.start();
	await virtual.run(PEAK_AT_S + faultAtS);
	await fault(virtual, random);
	const leftS = PEAK_AT_S + PEAK_FOR_S - virtual.house.elapsedMs / 1000;
	if (leftS > 0) await virtual.run(leftS);
	const back = await virtual.until(() => virtual.allServed, BACK_S);
	const why = virtual.shedderState()?.waiting.map((one) => one.why);
	expect(back, `everything is back: ${JSON.stringify([why, virtual.orders(), virtual.warnings.slice(-4)])}`).to.equal(
		true,
	);
	for (const changes of virtual.boards.changes) expect(changes, 'switchings').to.be.at.most(MOST_CHANGES);
}

describe('a fault in the evening peak', function () {
	this.timeout(60_000);
	const open = virtualHouses();

	it('would open the breaker with nobody shedding', () => {
		for (const mode of ['historic', 'standard'] as const) {
			expect(opensUnprotected(houseWith(mode, 1), PEAK_AT_S + PEAK_FOR_S)).to.be.a('number');
			expect(opensUnprotected(houseWith(mode, 3), PEAK_AT_S + PEAK_FOR_S)).to.be.a('number');
		}
	});

	for (const [index, [name, fault]] of Object.entries(faults).entries()) {
		it(`leaves the breaker closed and the rooms warm: ${name}`, async () => {
			const random = seeded(index + 1);
			const house = houseWith(index % 2 === 0 ? 'standard' : 'historic', index % 3 === 0 ? 3 : 1);
			await spend(open({ house, seed: index + 1 }), fault, Math.round(300 * random()), random);
		});
	}

	it('leaves the breaker closed where every message takes up to two seconds', async () => {
		const virtual = open({ house: houseWith('standard', 1), delayMs: (random) => 2_000 * random });
		await spend(virtual, async () => undefined, 0, seeded(1));
	});
});

describe('any house with any two faults', function () {
	this.timeout(SOAK ? 3_600_000 : 120_000);
	const open = virtualHouses();

	it('keeps its breaker closed and its rooms warm, and comes back', async () => {
		const names = Object.keys(faults);
		const anyEvening = fc.record({
			seed: fc.integer({ min: 1, max: 1e6 }),
			mode: fc.constantFrom('historic' as const, 'standard' as const),
			phases: fc.constantFrom(1 as const, 3 as const),
			first: fc.constantFrom(...names),
			second: fc.constantFrom(...names),
			atS: fc.integer({ min: -60, max: 300 }),
			betweenS: fc.integer({ min: 0, max: 120 }),
		});
		await fc.assert(
			fc.asyncProperty(anyEvening, async ({ seed, mode, phases, first, second, atS, betweenS }) => {
				const both: Fault = async (virtual, random) => {
					await faults[first]?.(virtual, random);
					await virtual.run(betweenS);
					await faults[second]?.(virtual, random);
				};
				const virtual = open({ house: houseWith(mode, phases), seed });
				await spend(virtual, both, atS, seeded(seed));
				await virtual.end();
			}),
			{ numRuns: SOAK ? 200 : 4, endOnFailure: true },
		);
	});
});

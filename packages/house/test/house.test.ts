import { commonAppliances, createHouse, demoHouse, type House, HouseError, parseHouse } from '@pilotwire/house';
import { expect } from 'chai';
import fc from 'fast-check';
import { emptyHouse, plainHouse } from './support/houses.ts';

function trace(house: House, steps: number): number[] {
	return Array.from({ length: steps }, () => {
		house.step(10);
		return [...house.va, ...house.roomC, ...house.supply.volts, house.weather.outsideC];
	}).flat();
}

const busy = () => ({
	...demoHouse(),
	appliances: [
		commonAppliances.fridge(1),
		commonAppliances.hob(1),
		commonAppliances.kettle(2),
		commonAppliances.lights(3),
	],
	events: [],
});

describe('a house', () => {
	it('is the same to the last bit for the same seed, and another for another', () => {
		const first = trace(createHouse(busy(), 7), 2000);
		expect(trace(createHouse(busy(), 7), 2000)).to.deep.equal(first);
		expect(trace(createHouse(busy(), 8), 2000)).to.not.deep.equal(first);
	});

	it('has the same weather whatever people start', () => {
		const left = createHouse(busy(), 7);
		const right = createHouse(busy(), 7);
		right.start('kettle');
		left.step(7200);
		right.step(7200);
		expect(left.weather.outsideC).to.equal(right.weather.outsideC);
	});

	it('counts in its registers the integral of what it draws, whatever the steps', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 20, maxLength: 60 }),
				fc.nat(),
				(steps, seed) => {
					const house = createHouse(demoHouse(), seed);
					const before = house.meter.drawnWh.reduce((sum, wh) => sum + wh, 0);
					let integralWh = 0;
					for (const ms of steps) {
						for (let left = ms; left > 0; ) {
							const dt = Math.min(left, 1000 - (house.elapsedMs % 1000));
							house.step(dt / 1000);
							integralWh += (house.watts.reduce((sum, watts) => sum + watts, 0) * dt) / 3_600_000;
							left -= dt;
						}
					}
					expect(house.meter.drawnWh.reduce((sum, wh) => sum + wh, 0) - before).to.be.closeTo(integralWh, 1e-4);
				},
			),
			{ numRuns: 20 },
		);
	});

	it('gives to its rooms the energy its radiators count', () => {
		const house = createHouse(plainHouse(), 1);
		const startJ = 18 * 2e6;
		let lostJ = 0;
		for (let second = 0; second < 20_000; second++) {
			lostJ += 40 * ((house.roomC[0] as number) - 0);
			house.step(1);
		}
		const storedJ = (house.roomC[0] as number) * 2e6 - startJ;
		expect((house.radiators.energyWh[0] as number) * 3600).to.be.closeTo(storedJ + lostJ, 1000);
	});

	it('lets the same time pass in short steps and in long ones', () => {
		const [short, long] = [emptyHouse(), emptyHouse()];
		short.setOtherLoad(1, 7000);
		long.setOtherLoad(1, 7000);
		for (let step = 0; step < 10_000; step++) short.step(0.01);
		long.step(100);
		expect(short.breaker.filter[0]).to.be.closeTo(long.breaker.filter[0] as number, 1e-9);
		expect(short.meter.drawnWh[0]).to.be.closeTo(long.meter.drawnWh[0] as number, 1e-4);
	});

	it('runs its script when due, again and again', () => {
		const events = [{ atS: 10, appliance: 'kettle', forS: 20, everyS: 100 }];
		const house = emptyHouse({ appliances: [commonAppliances.kettle(1)], events });
		const on: number[] = [];
		for (let second = 1; second <= 240; second++) {
			house.step(1);
			if ((house.watts[0] as number) > 0) on.push(second);
		}
		expect(on).to.have.length(60);
		expect([on[0], on[20], on[40]]).to.deep.equal([11, 111, 211]);
	});

	it('starts appliances by its own daily rhythm', () => {
		const house = emptyHouse({ appliances: [{ ...commonAppliances.kettle(1) }] });
		let starts = 0;
		let wasOn = false;
		for (let second = 0; second < 20 * 86_400; second += 10) {
			house.step(10);
			const isOn = (house.watts[0] as number) > 0;
			if (isOn && !wasOn) starts++;
			wasOn = isOn;
		}
		expect(starts / 20).to.be.closeTo(3, 1);
	});

	it('runs an appliance stage after stage and stops it on demand', () => {
		const house = emptyHouse({ appliances: [commonAppliances.oven(1)] });
		house.start('oven');
		house.step(479);
		expect(house.watts[0]).to.equal(2500);
		house.step(50);
		expect(house.watts[0]).to.equal(0);
		house.step(60);
		expect(house.watts[0]).to.equal(2500);
		house.stop('oven');
		house.step(1);
		expect(house.watts[0]).to.equal(0);
	});

	it('shows more volt-amperes than watts where a load is reactive', () => {
		const house = emptyHouse({ appliances: [commonAppliances.standingLoad(1, 800)] });
		house.step(5);
		expect(house.watts[0]).to.be.closeTo(800, 0.01);
		expect(house.va[0]).to.be.closeTo(1000, 0.01);
		expect(house.amps[0]).to.be.closeTo(1000 / 230, 0.01);
	});

	it('heats its water in the cheap hours alone, until it is hot', () => {
		const house = emptyHouse({
			startsAt: '2026-01-12T20:00:00Z',
			meter: { prefKVA: 9, tariff: { kind: 'peak', offPeak: [{ from: '22:30', to: '06:30' }] } },
			waterHeater: { phase: 1, powerW: 2400, litresPerDay: 0, startC: 50 },
		});
		house.step(89 * 60);
		expect(house.watts[0]).to.equal(0);
		house.step(120);
		expect(house.watts[0]).to.equal(2400);
		house.step(4 * 3600);
		expect(house.watts[0]).to.equal(0);
		expect(house.waterHeater?.temperatureC).to.be.closeTo(60, 1);
	});

	it('feeds in what its panels give and it does not use', () => {
		const house = emptyHouse({
			startsAt: '2026-01-12T11:30:00Z',
			panels: { peakW: 3000, phases: [1], cloudiness: 0 },
		});
		house.step(120);
		expect(house.watts[0]).to.be.below(-2000);
		expect(house.amps[0]).to.be.above(8);
		expect(house.meter.drawnVA[0]).to.equal(0);
		expect(house.meter.injectedWh).to.be.above(60);
	});

	it('refuses commands for what it does not have', () => {
		const house = emptyHouse();
		expect(() => house.start('sauna')).to.throw(HouseError, /sauna/);
		expect(() => house.stop('sauna')).to.throw(HouseError, /sauna/);
		expect(() => house.setWireSignal('sauna', true, true)).to.throw(HouseError, /sauna/);
	});
});

describe('parseHouse', () => {
	it('takes back what JSON made of a house', () => {
		expect(parseHouse(JSON.parse(JSON.stringify(demoHouse())))).to.deep.equal({ house: demoHouse() });
	});

	it('names every fault with its path', () => {
		const demo = demoHouse();
		const parsed = parseHouse({
			...demo,
			radiators: demo.radiators.map((radiator, at) => ({
				...radiator,
				room: at === 2 ? 'cave' : radiator.room,
				wire: 1,
			})),
			events: [{ atS: 1, appliance: 'sauna', forS: 1 }],
		});
		const paths = 'faults' in parsed ? parsed.faults.map(({ path }) => path) : [];
		expect(paths).to.include.members(['radiators.2.room', 'radiators.1.wire', 'events.0.appliance']);
	});

	it('refuses a phase the meter lacks, an id used twice, a standard mode that an old meter lacks', () => {
		const plain = plainHouse();
		const [radiator] = plain.radiators;
		const parsed = parseHouse({
			...plain,
			radiators: [radiator, { ...radiator, wire: 2, phase: 3 }],
			meter: { prefKVA: 6, kind: 'electronic' },
		});
		const paths = 'faults' in parsed ? parsed.faults.map(({ path }) => path) : [];
		expect(paths).to.have.members(['radiators.1.id', 'radiators.1.phase', 'meter.mode']);
	});

	it('refuses a board whose pins clash or whose wires do not reach its radiators', () => {
		const boards = [{ address: 0x20, wires: [{ positive: 0, negative: 0 }] }];
		const plain = plainHouse();
		const parsed = parseHouse({ ...plain, radiators: plain.radiators.map((one) => ({ ...one, wire: 2 })), boards });
		const paths = 'faults' in parsed ? parsed.faults.map(({ path }) => path) : [];
		expect(paths).to.have.members(['boards.0.wires', 'radiators.0.wire']);
	});

	it('never throws', () => {
		fc.assert(fc.property(fc.anything(), (data) => 'faults' in parseHouse(data)));
	});

	it('lets no house be built from a wrong description', () => {
		const wrong = { ...plainHouse(), events: [{ atS: 1, appliance: 'sauna', forS: 1 }] };
		expect(() => createHouse(wrong, 1)).to.throw(HouseError, /events\.0\.appliance/);
	});
});

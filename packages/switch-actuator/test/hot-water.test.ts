import { Calendar } from '@pilotwire/calendar';
import { expect } from 'chai';
import fc from 'fast-check';
import { switchActuatorSections } from '../src/config.ts';
import { CheapHours } from '../src/core/cheap-hours.ts';
import { HotWater } from '../src/core/hot-water.ts';
import { switchesOf } from '../src/core/switched.ts';
import { type GivenSwitch, SwitchHouse, Zigbee, zigbee } from './house.ts';

const NIGHT = [{ from: '22:30', to: '06:30' }];
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const at = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const heater = (minimumKWh: number, cheapHours = NIGHT): GivenSwitch =>
	zigbee('boiler', { kind: 'water_heater', powerW: 2000, hotWater: { minimumKWh, cheapHours } });

describe('cheap hours', () => {
	it('are the configured ones until the meter has said when they are', () => {
		const hours = new CheapHours(NIGHT);
		expect([hours.isCheap(at('22:29'), 0), hours.isCheap(at('22:30'), 0), hours.isCheap(at('06:29'), 0)]).to.deep.equal(
			[false, true, true],
		);
		hours.hear(true, at('13:05'), 0);
		expect(hours.isCheap(at('13:09'), 1000)).to.equal(true);
		expect(hours.isCheap(at('13:30'), 300_000)).to.equal(true);
		expect(hours.isCheap(at('13:30'), HOUR_MS)).to.equal(false);
		expect(hours.isCheap(at('13:05'), HOUR_MS)).to.equal(true);
		hours.hear(false, at('23:00'), 2 * HOUR_MS);
		expect(hours.isCheap(at('23:05'), 4 * HOUR_MS)).to.equal(false);
	});

	it('count down to the end of the day, which is that of their longest run', () => {
		const hours = new CheapHours([...NIGHT, { from: '12:30', to: '14:30' }]);
		expect(hours.dayEndMin).to.equal(at('06:30'));
		expect(hours.leftMin(at('06:30'))).to.equal(600);
		expect(hours.leftMin(at('13:30'))).to.equal(540);
		expect(hours.leftMin(at('06:25'))).to.equal(5);
		expect(new CheapHours([]).leftMin(0)).to.equal(0);
		expect(new CheapHours([{ from: '00:00', to: '23:50' }]).dayEndMin).to.equal(at('23:50'));
	});

	it('survive a file, and a damaged file', () => {
		const hours = new CheapHours(NIGHT);
		hours.hear(true, at('13:05'), 0);
		const next = new CheapHours([]);
		next.recall(JSON.parse(JSON.stringify(hours.memory())));
		expect(next.memory()).to.equal(hours.memory());
		for (const nonsense of [undefined, 3, 'cc', 'x'.repeat(144), {}]) next.recall(nonsense);
		expect(next.memory()).to.equal(hours.memory());
	});

	it('left never exceed what a day has, whatever the meter says when', () => {
		const word = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 1439 }));
		fc.assert(
			fc.property(fc.array(word, { maxLength: 200 }), fc.integer({ min: 0, max: 1439 }), (words, now) => {
				const hours = new CheapHours(NIGHT);
				for (const [isCheap, minute] of words) hours.hear(isCheap, minute, 0);
				expect(hours.leftMin(now)).to.be.within(0, 1440);
				expect(hours.dayEndMin).to.be.within(0, 1439);
			}),
		);
	});
});

describe('hot water', () => {
	const tankOf = (given: GivenSwitch, clock = new Calendar('UTC')): HotWater => {
		const [circuit] = switchesOf(switchActuatorSections.switches.parse([given]));
		if (circuit === undefined) throw new Error('one switch');
		return new HotWater(circuit, clock);
	};
	/** Follows the tank minute by minute from one hour of the first day to another, counted on. */
	function run(tank: HotWater, fromH: number, toH: number, isOn: (tank: HotWater) => boolean, powerW?: number): void {
		for (let nowMs = fromH * HOUR_MS; nowMs <= toH * HOUR_MS; nowMs += MINUTE_MS) {
			tank.follow({ nowMs, wallMs: nowMs, isOn: isOn(tank), powerW });
		}
	}

	it('is made in the cheap hours only', () => {
		const tank = tankOf(heater(6));
		run(tank, 12, 22, () => false);
		expect(tank.standing).to.equal('off');
		run(tank, 22, 23, () => false);
		expect(tank.standing).to.equal('comfort');
	});

	it('is short when the cheap hours left are just enough for what is missing, and until it has that', () => {
		const tank = tankOf(heater(6));
		// 6 kWh at 2 kW take 3 h: the night ends at 06:30.
		run(tank, 12, 24 + 3, () => false);
		expect(tank.isShort).to.equal(false);
		run(tank, 24 + 3, 24 + 3.4, () => false);
		expect(tank.isShort).to.equal(true);
		run(tank, 24 + 3.4, 24 + 6.3, () => true);
		expect(tank.isShort).to.equal(true);
		run(tank, 24 + 6.3, 24 + 6.42, () => true);
		expect([tank.isShort, Math.round(tank.dayWh / 100)]).to.deep.equal([false, 60]);
		run(tank, 24 + 6.42, 24 + 7, () => false);
		expect([tank.isShort, tank.standing, tank.dayWh]).to.deep.equal([false, 'off', 0]);
	});

	it('that is short stays so until it has its minimum, also where it draws more than its rating', () => {
		const tank = tankOf(heater(6));
		run(tank, 24 + 3, 24 + 3.4, () => false);
		expect(tank.isShort).to.equal(true);
		run(tank, 24 + 3.4, 24 + 5.3, () => true, 3000);
		expect([tank.isShort, Math.round(tank.dayWh / 100)]).to.deep.equal([true, 57]);
		run(tank, 24 + 5.3, 24 + 5.5, () => true, 3000);
		expect(tank.isShort).to.equal(false);
	});

	it('counts what the plug says it draws rather than its rating', () => {
		const tank = tankOf(heater(6));
		run(tank, 23, 25, () => true, 1500);
		expect(Math.round(tank.dayWh)).to.equal(3000);
	});

	it('that is hot misses nothing', () => {
		const tank = tankOf(heater(15));
		run(tank, 23, 24, () => true, 2000);
		expect(tank.isShort).to.equal(true);
		run(tank, 24, 24.1, () => true, 3);
		expect(tank.isShort).to.equal(false);
		run(tank, 24.1, 24.2, () => true, 2000);
		expect(tank.isShort).to.equal(true);
	});

	it('does not count what nobody saw: a pause of hours is no energy', () => {
		const tank = tankOf(heater(6));
		tank.follow({ nowMs: 0, wallMs: 23 * HOUR_MS, isOn: true, powerW: undefined });
		tank.follow({ nowMs: 5 * HOUR_MS, wallMs: 28 * HOUR_MS, isOn: true, powerW: undefined });
		expect(tank.dayWh).to.be.below(40);
	});

	describe('in a house whose clocks change, or whose meter knows better', () => {
		const paris = new Calendar('Europe/Paris');
		interface Night {
			readonly date: string;
			readonly from: string;
			/** Minutes from then on. */
			readonly minutes: number;
			/** Whether the meter says that it is cheap, by minute of the local day; it says nothing unless given. */
			readonly meter?: (minuteOfDay: number) => boolean;
			/** What the house does: whether the heater is on. */
			readonly isOn: (tank: HotWater) => boolean;
			readonly look?: (local: string, tank: HotWater) => void;
		}
		/** Follows the tank minute by minute, the actuator first, as it stands at that minute. */
		function pass(tank: HotWater, { date, from, minutes, meter, isOn, look }: Night): void {
			const startMs = paris.instant(date, at(from));
			for (let minute = 0; minute <= minutes; minute++) {
				const wallMs = startMs + minute * MINUTE_MS;
				const { minute: local } = paris.local(wallMs);
				tank.follow({ nowMs: wallMs, wallMs, isOn: isOn(tank), powerW: undefined });
				if (meter !== undefined) tank.hours.hear(meter(local), local, wallMs);
				look?.(`${String(Math.floor(local / 60)).padStart(2, '0')}:${String(local % 60).padStart(2, '0')}`, tank);
			}
		}

		it('has its minimum in the night that is an hour shorter, too', () => {
			const tank = tankOf(heater(8, [{ from: '22:00', to: '06:00' }]), paris);
			const whWhen = new Map<string, number>();
			// The shedder leaves it no room until it is short.
			pass(tank, {
				...{ date: '2026-03-28', from: '21:00', minutes: 8 * 60, isOn: ({ isShort }) => isShort },
				look: (local, { dayWh }) => whWhen.set(local, dayWh),
			});
			expect(whWhen.get('05:59')).to.be.within(7900, 8300);
		});

		it('does not end its day twice in the night that has an hour twice', () => {
			const tank = tankOf(heater(6, [{ from: '18:30', to: '02:30' }]), paris);
			const dayWhs: number[] = [];
			pass(tank, { date: '2026-10-24', from: '18:00', minutes: 8 * 60 + 29, isOn: () => true });
			expect(tank.dayWh).to.be.above(14_000);
			pass(tank, {
				...{ date: '2026-10-25', from: '02:31', minutes: 180, isOn: () => true },
				look: (_, { dayWh }) => dayWhs.push(dayWh),
			});
			expect(dayWhs).to.deep.equal(dayWhs.toSorted((one, other) => one - other));
		});

		it('keeps its energy until the night has ended, where the meter ends it later than was known', () => {
			const tank = tankOf(heater(6, [{ from: '22:00', to: '06:00' }]), paris);
			const night = (minute: number): boolean => minute >= at('23:30') || minute < at('07:34');
			const seen: [string, number, boolean][] = [];
			for (const date of ['2026-01-10', '2026-01-11', '2026-01-12']) {
				pass(tank, {
					...{ date, from: '12:00', minutes: 24 * 60 - 1, meter: night },
					// It has had all it needs by two in the morning.
					isOn: ({ standing, dayWh }) => standing === 'comfort' && dayWh < 6000,
					look: (local, { dayWh, isShort }) => {
						if (['06:05', '07:20', '07:32', '07:36', '07:50'].includes(local)) seen.push([local, dayWh, isShort]);
					},
				});
			}
			for (const [local, dayWh, isShort] of seen) {
				const isOver = local >= '07:34';
				expect(isShort, local).to.equal(false);
				expect(dayWh, local).to.be.within(isOver ? 0 : 5900, isOver ? 100 : 6100);
			}
			expect(seen).to.have.length(15);
		});
	});

	it('knows after a restart what the day has had already, and starts anew on another day', () => {
		const tank = tankOf(heater(6));
		run(tank, 23, 25, () => true);
		const next = tankOf(heater(6));
		next.recall(JSON.parse(JSON.stringify(tank.memory())));
		run(next, 25, 25, () => false);
		expect(Math.round(next.dayWh)).to.equal(4000);
		const late = tankOf(heater(6));
		late.recall({ ...tank.memory(), energyWh: 'much' });
		late.recall(tank.memory());
		run(late, 49, 49, () => false);
		expect(late.dayWh).to.equal(0);
	});
});

describe('a water heater on the bus', () => {
	/** At 17:00 UTC of a January day, and the machine's zone is what it is: the schedule follows the local clock. */
	const localTime = (house: SwitchHouse, addMin: number): string => {
		const date = new Date(house.clock.wallMs() + addMin * MINUTE_MS);
		const minutes = Math.floor((date.getHours() * 60 + date.getMinutes()) / 10) * 10;
		return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
	};
	const hoursFrom = (fromMin: number, toMin: number) => {
		const clock = new SwitchHouse({ switches: [] });
		return [{ from: localTime(clock, fromMin), to: localTime(clock, toMin) }];
	};
	let house: SwitchHouse;
	let boiler: Zigbee;

	async function start(given: GivenSwitch, more: { memory?: unknown } = {}): Promise<void> {
		house = new SwitchHouse({ switches: [given], ...more });
		boiler = new Zigbee(house.hub, 'zigbee2mqtt/boiler');
		boiler.powerW = 2000;
		await house.service.start();
		house.load(300, 9000);
		house.lease({ leaseS: 600, admitted: { boiler: 'comfort' } });
		await house.pass(3);
	}

	afterEach(async () => {
		await house.service.stop();
		expect(house.failures).to.deep.equal([]);
	});

	it("waits for the meter's off-peak period, whatever the schedule says", async () => {
		await start(heater(0, hoursFrom(60, 120)));
		expect(house.circuit('boiler')).to.include({ kind: 'water_heater', wanted: 'off', inForce: 'off' });
		house.tariff('off_peak');
		await house.pass(2);
		expect(house.circuit('boiler')).to.include({ wanted: 'comfort', inForce: 'comfort', measuredPowerW: 2000 });
		house.tariff('peak');
		await house.pass(2);
		expect(house.circuit('boiler')).to.include({ wanted: 'off', inForce: 'off', measuredPowerW: 0 });
		house.say('circuits/boiler/set', 'comfort');
		house.lease({ leaseS: 600, admitted: { boiler: 'comfort' } });
		expect(boiler.isOn).to.equal(true);
	});

	it('is protected once it is short, if it fits; the shedder is obeyed all the same', async () => {
		await start(heater(2, hoursFrom(0, 60)));
		expect(house.circuit('boiler')).to.include({ controllable: false, dayMinimumWh: 2000, inForce: 'comfort' });
		house.lease({ leaseS: 600, shed: ['boiler'] });
		expect(house.circuit('boiler')).to.include({ inForce: 'off', reason: 'shed' });
		expect(boiler.isOn).to.equal(false);
	});

	it('loses its protection at once while its phase is over the limit: nothing is protected against the breaker', async () => {
		await start({ ...heater(2, hoursFrom(0, 60)), priority: 7 });
		expect(house.circuit('boiler')).to.include({ controllable: false, priority: 7 });
		house.load(9100, 9000);
		expect(house.circuit('boiler')).to.include({ priority: 1 });
		expect(house.circuit('boiler')).to.not.have.property('controllable');
		house.lease({ leaseS: 600, shed: ['boiler'] });
		expect(boiler.isOn).to.equal(false);
		house.load(7100, 9000);
		await house.pass(59);
		house.lease({ shed: ['boiler'] });
		expect(house.circuit('boiler')).to.not.have.property('controllable');
		await house.pass(2);
		expect(house.circuit('boiler')).to.include({ controllable: false, inForce: 'off' });
	});

	it('is protected beside others that are short only where all of them fit together, the more important first', async () => {
		const hotWater = { minimumKWh: 2, cheapHours: hoursFrom(0, 60) };
		const tank = (id: string, priority: number, phase: 1 | 2 = 1): GivenSwitch =>
			zigbee(id, { kind: 'water_heater', powerW: 2000, priority, phase, hotWater });
		house = new SwitchHouse({ switches: [tank('attic', 8), tank('boiler', 3)] });
		await house.service.start();
		// 40 % of 9000 VA are 3600.
		house.load(300, 9000);
		house.lease({ leaseS: 600 });
		await house.pass(3);
		expect(house.circuit('boiler')).to.include({ controllable: false, priority: 3 });
		expect(house.circuit('attic')).to.include({ priority: 1 });
		expect(house.circuit('attic')).to.not.have.property('controllable');
		house.load(300, 12_000);
		await house.pass(2);
		expect(house.circuit('attic')).to.include({ controllable: false, priority: 8 });
	});

	it('goes before all else instead where it could not stay on beside the load that nobody controls', async () => {
		await start({ ...heater(2, hoursFrom(0, 60)), priority: 7 });
		house.load(300, 4500);
		await house.pass(2);
		expect(house.circuit('boiler')).to.include({ priority: 1 });
		expect(house.circuit('boiler')).to.not.have.property('controllable');
	});

	it('remembers its energy through a kill, to ten minutes', async () => {
		await start(heater(6, hoursFrom(0, 480)));
		await house.pass(3600, 10);
		expect(house.circuit('boiler').dayEnergyWh).to.be.within(1900, 2000);
		const { remembered } = house;
		await house.service.stop();
		const clock = house.clock;
		house = new SwitchHouse({ switches: [heater(6, hoursFrom(0, 480))], clock, memory: remembered });
		await house.service.start();
		await house.pass(3);
		expect(house.circuit('boiler').dayEnergyWh).to.be.within(1600, 2000);
	});
});

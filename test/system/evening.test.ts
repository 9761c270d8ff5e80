// A whole evening in seconds: the real services, the meter's bytes and the boards' chip registers on virtual time.
import { demoHouse, type HouseDescription, peakHouse } from '@pilotwire/house';
import { expect } from 'chai';
import { houseOf, opensUnprotected, virtualHouses } from './story.ts';

const PEAK = { prefKVA: 6, peakRatio: 1.42, peakAtS: 200, peakForS: 600 };
/** The demonstration's evening begins, lasts, and a little more. Seconds. */
const FIRST_PEAK_OVER_S = 120 + 240 + 10;
/** After a peak, or a start, everything is back within this. Seconds. */
const BACK_S = 240;

describe('an evening in the demonstration house', function () {
	this.timeout(120_000);
	const open = virtualHouses();

	it('keeps the breaker closed for two hours, sheds at each peak, and brings everything back after it', async () => {
		const virtual = open({ house: demoHouse() });
		await virtual.start();
		for (let peak = 0; peak < 12; peak++) {
			const before = virtual.events.length;
			await virtual.run(FIRST_PEAK_OVER_S);
			const kinds = virtual.events.slice(before).map(({ kind }) => kind);
			expect(kinds, `at peak ${peak}`).to.include('shed');
			// With all its radiators phase 1 comes within 5 % of its limit: one of them may have to take turns.
			const back = (): boolean => (virtual.shedderState()?.waiting.length ?? 12) <= 1;
			expect(await virtual.until(back, 150), `after peak ${peak}`).to.equal(true);
			await virtual.run(600 * (peak + 1) - virtual.house.elapsedMs / 1000);
		}
		const { description, radiators, roomC } = virtual.house;
		for (const [at, { id, powerW }] of description.radiators.entries()) {
			const share = (radiators.energyWh[at] ?? 0) / (powerW * 2);
			const warm = (roomC[at] ?? 0) > 18;
			expect(warm || share > 0.3, `${id} had ${Math.round(share * 100)} % of its power`).to.equal(true);
			expect(virtual.boards.changes[at], `switchings of ${id}`).to.be.at.most(12 * 4);
		}
	});

	it('opens the breaker where nothing is shed', async () => {
		const virtual = open({ house: demoHouse(), shedder: { enabled: false }, fallback: { enabled: false } });
		await virtual.start();
		const outcome: unknown = await virtual.run(1_800).catch((error: unknown) => error);
		expect(String(outcome)).to.include('the breaker after');
	});
});

const houses: readonly [string, HouseDescription][] = [
	['one phase, standard mode', peakHouse(PEAK)],
	['one phase, historic mode', peakHouse({ ...PEAK, meter: { mode: 'historic' } })],
	['three phases, standard mode', peakHouse({ ...PEAK, phases: 3, prefKVA: 12 })],
	[
		'three phases, historic mode with its short frames',
		peakHouse({ ...PEAK, phases: 3, prefKVA: 12, radiatorsAPhase: 3, meter: { mode: 'historic' } }),
	],
	[
		'panels that feed in',
		houseOf({ ...peakHouse(PEAK), startsAt: '2026-03-12T11:00:00Z', panels: { peakW: 4_000, phases: [1] } }),
	],
	[
		'an older meter, historic and without PAPP, behind a branch breaker',
		peakHouse({
			...PEAK,
			meter: { kind: 'electronic', mode: 'historic', papp: false },
			breaker: { branch: { ratedA: 30, delayAt140S: 20 } },
		}),
	],
];

describe('a peak in other houses', function () {
	this.timeout(60_000);
	const open = virtualHouses();

	for (const [name, house] of houses) {
		it(`sheds in time and brings everything back: ${name}`, async () => {
			if (house.panels === undefined) expect(opensUnprotected(house, 800), 'unprotected').to.be.a('number');
			const virtual = open({ house });
			await virtual.start();
			expect(await virtual.until(() => virtual.allServed, 190), 'before the peak').to.equal(true);
			await virtual.run(200 + 600 - virtual.house.elapsedMs / 1000);
			if (house.panels === undefined) expect(virtual.events.map(({ kind }) => kind)).to.include('shed');
			expect(await virtual.until(() => virtual.allServed, BACK_S), 'after the peak').to.equal(true);
		});
	}
});

describe('orders by hand', function () {
	this.timeout(60_000);
	const open = virtualHouses();
	const quiet = { ...PEAK, peakAtS: 100_000 };

	it('reach comfort on a staircase when all radiators are told at once', async () => {
		const virtual = open({ house: peakHouse({ ...quiet, peakRatio: 2 }), radiator: () => ({ programme: 'off' }) });
		const heating: number[] = [];
		virtual.watch(({ atS, house }) => {
			// Before anybody drives the boards, every radiator heats.
			if (atS < 30) return;
			expect(house.va[0]).to.be.at.most(6_000);
			heating.push([...house.radiators.watts].filter((watts) => watts > 0).length);
		});
		await virtual.start();
		await virtual.run(100);
		expect(heating.at(-1)).to.equal(0);
		virtual.command('all', 'comfort');
		await virtual.run(120);
		expect(heating.at(-1), 'those that fit the subscription').to.equal(2);
		for (const [at, count] of heating.entries()) expect(count - (heating[at - 1] ?? count)).to.be.at.most(1);
		await virtual.run(3_600);
		const turns = virtual.house.radiators.energyWh;
		expect(Math.min(...turns), 'everybody has a turn').to.be.above(100);
	});

	it('bring a whole house from eco to comfort in the morning within minutes', async () => {
		const virtual = open({ house: peakHouse({ ...quiet, peakRatio: 1.4 }), radiator: () => ({ programme: 'eco' }) });
		virtual.watch(({ house }) => expect(house.va[0]).to.be.at.most(6_100));
		await virtual.start();
		await virtual.run(900);
		virtual.command('all', 'comfort');
		expect(await virtual.until(() => virtual.allServed, 600)).to.equal(true);
	});

	it('survive a storm of a thousand commands a second', async () => {
		const virtual = open({ house: peakHouse({ ...quiet, peakRatio: 1.4 }) });
		await virtual.start();
		await virtual.run(60);
		const before = virtual.boards.changes.slice();
		for (let step = 0; step < 500; step++) {
			for (let at = 0; at < 20; at++) virtual.command('all', at % 2 === 0 ? 'off' : 'comfort');
			await virtual.run(0.02);
		}
		virtual.command('all', 'auto');
		expect(await virtual.until(() => virtual.allServed, BACK_S)).to.equal(true);
		for (const [at, changes] of virtual.boards.changes.entries()) expect(changes - (before[at] ?? 0)).to.be.at.most(40);
	});
});

describe('a restart', function () {
	this.timeout(60_000);
	const open = virtualHouses();
	const roomy = peakHouse({ ...PEAK, phases: 3, prefKVA: 18, peakRatio: 0.95, peakAtS: 100_000 });

	it('has twelve radiators back within a minute where there is ample headroom', async () => {
		const virtual = open({ house: roomy, radiator: () => ({ programme: 'off' }) });
		await virtual.start();
		await virtual.run(60);
		await virtual.stop('load-shedder');
		virtual.command('all', 'comfort');
		await virtual.run(5);
		expect(virtual.allServed).to.equal(false);
		await virtual.start('load-shedder');
		expect(await virtual.until(() => virtual.allServed, 60)).to.equal(true);
	});

	it('goes well on a broker full of rubbish, and leaves no stored command there', async () => {
		const virtual = open({ house: roomy });
		const rubbish = [
			'',
			'{',
			'[]',
			'{"at":1}',
			'\u0000',
			'comfort',
			'x'.repeat(300_000),
			'{"shed":{"__proto__":1}}',
			'1e999',
		];
		const names = [
			'circuits/radiator-1-1/state',
			'circuits/all/set',
			'circuits/radiator-1-1/set',
			'shedder/shed/state',
		];
		const more = ['meter/main/load/state', 'planner/radiator-1-1/state', 'boards/1-20/state', 'circuits/gone/state'];
		const all = [...names, ...more].map((name) => `pilotwire/home/${name}`);
		for (const [at, name] of all.entries()) virtual.hub.retained.set(name, rubbish[at + 1] ?? '');
		await virtual.start();
		for (const name of all) {
			for (const payload of rubbish) virtual.hub.publish({ name, payload, qos: 1, retain: false });
			await virtual.run(1);
		}
		expect(await virtual.until(() => virtual.allServed, 120)).to.equal(true);
		expect([...virtual.hub.retained.keys()].filter((name) => name.endsWith('/set'))).to.deep.equal([]);
	});
});

describe('unusual houses', function () {
	this.timeout(60_000);
	const open = virtualHouses();

	it('run with no radiator at all', async () => {
		const virtual = open({ house: { ...peakHouse({ ...PEAK, peakRatio: 1 }), radiators: [] } });
		await virtual.start();
		await virtual.run(60);
		expect(virtual.shedderState()?.mode).to.equal('shedding');
	});

	for (const [name, factor] of [
		['half', 0.5],
		['twice', 2],
	] as const) {
		it(`keep the breaker closed where radiators draw ${name} of what is configured`, async () => {
			const house = peakHouse(PEAK);
			const configured = Math.round((house.radiators[0]?.powerW ?? 0) / factor);
			const virtual = open({ house, radiator: () => ({ powerW: configured }) });
			await virtual.start();
			await virtual.run(3_600);
			for (const energyWh of virtual.house.radiators.energyWh) expect(energyWh).to.be.above(200);
			for (const changes of virtual.boards.changes) expect(changes).to.be.at.most(60);
		});
	}

	it('keep the breaker closed where every radiator keeps its room from freezing', async () => {
		const house = peakHouse(PEAK);
		const rooms = house.rooms.map((room) => ({ ...room, startC: 6.6 }));
		const virtual = open({ house: { ...house, rooms }, radiator: () => ({ programme: 'frost_protection' }) });
		await virtual.start();
		await virtual.run(PEAK.peakAtS + PEAK.peakForS);
		expect(virtual.events.map(({ kind }) => kind)).to.include('shed');
		expect(await virtual.until(() => virtual.allServed, BACK_S)).to.equal(true);
	});

	it('keep the breaker closed where somebody says once that nobody must wait, for ten minutes', async () => {
		const virtual = open({ house: peakHouse(PEAK) });
		await virtual.start();
		await virtual.run(PEAK.peakAtS - 10);
		const at = new Date(virtual.clock.wallMs()).toISOString();
		const set = { at, session: 'nobody', sequence: 0, leaseS: 600, shed: [], admitted: {} };
		const name = 'pilotwire/home/shedder/shed/state';
		virtual.hub.publish({ name, payload: JSON.stringify(set), qos: 1, retain: true });
		await virtual.run(PEAK.peakForS);
		expect(await virtual.until(() => virtual.allServed, BACK_S)).to.equal(true);
	});

	it('follow a meter whose subscription is lowered while it runs', async () => {
		const house = peakHouse({ ...PEAK, peakAtS: 100_000 });
		const virtual = open({ house: structuredClone(house) });
		await virtual.start();
		await virtual.run(200);
		virtual.house.description.meter.prefKVA = 3;
		await virtual.run(30);
		expect(virtual.shedderState()?.phases[0]).to.include({ limitVA: 3_000 });
		expect(virtual.house.va[0]).to.be.at.most(3_000);
	});

	it('keep the breaker closed where one radiator is satisfied and another ignores its wire', async () => {
		const house = peakHouse(PEAK);
		const rooms = house.rooms.map((room, at) => (at === 0 ? { ...room, startC: 40, comfortC: 12 } : room));
		const radiators = house.radiators.map((radiator, at) => (at === 1 ? { ...radiator, wire: 8 } : radiator));
		const virtual = open({
			house: { ...house, rooms, radiators },
			radiator: (id) => (id.endsWith('2') ? { wire: 2 } : {}),
		});
		await virtual.start();
		await virtual.run(1_800);
		expect(virtual.events.map(({ kind }) => kind)).to.include('shed');
	});
});

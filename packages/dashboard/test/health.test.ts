import type { BoardState, LinkState, TelemetryState } from '@pilotwire/contract';
import { expect } from 'chai';
import { freshness } from '../src/core/freshness.ts';
import { tariffNow, temperatures } from '../src/core/glance.ts';
import { type Check, checks, worst } from '../src/core/health.ts';
import { asOld, forgetUnsaid, type House } from '../src/core/house.ts';
import { roomName, roomsOf } from '../src/core/rooms.ts';
import { at, circuit, heard, load, shedder, T0 } from './messages.ts';

const up = { kind: 'up', sinceMs: T0 - 60_000 } as const;
const line: LinkState = {
	...{ at: at(T0), source: '/dev/ttyS0', connected: true, mode: 'standard' },
	...{ groupsGood: 1_000, groupsBad: 1, implausible: 0, framesPerMinute: 48 },
};
const board: BoardState = {
	...{ at: at(T0), bus: '1', address: 0x20, phase: 1, reachable: true, resets: 0, drifts: 0, failures: 0 },
};
const store = { store: 'sqlite', written: 10, waiting: 0, dropped: 0, refused: 0 };
const telemetry: TelemetryState = { at: at(T0), stores: [store], missedSamples: 0, refused: 0 };
const well = [
	{ topic: 'meter/main/load/state', value: load(T0, [1_000]) },
	{ topic: 'meter/main/link/state', value: line },
	{ topic: 'shedder/state', value: shedder(T0) },
	{ topic: 'boards/1-20/state', value: board },
	{ topic: 'telemetry/state', value: telemetry },
	{ topic: 'services/meter-reader/status', value: 'online' },
];
const judge = (house: House, link: Parameters<typeof checks>[2] = up): Check[] =>
	checks(house, freshness(house, link, T0), link);
const withChange = (topic: string, value: object | string): Check[] => judge(heard([...well, { topic, value }]));
const first = (list: readonly Check[]) => [list[0]?.level, list[0]?.state, list[0]?.advice];

describe('the health of the house', () => {
	it('is good where all is well', () => {
		const list = judge(heard(well));
		expect(list.filter(({ level }) => level !== 'good')).to.deep.equal([]);
		expect(worst(list)).to.equal('good');
	});

	it('says nothing of the rest without a connection', () => {
		const list = judge(heard(well), { kind: 'down', sinceMs: T0 });
		expect(list.map(({ id, level }) => [id, level])).to.deep.equal([['connection', 'bad']]);
	});

	it('names the worst first, what it means and what to do', () => {
		expect(first(withChange('meter/main/link/state', { ...line, connected: false, problem: 'x' }))).to.deep.equal([
			...['bad', 'health.meter.gone', 'health.meter.advice.port'],
		]);
		expect(first(withChange('meter/main/link/state', { ...line, groupsBad: 50 }))).to.deep.equal([
			...['care', 'health.meter.noisy', 'health.meter.advice.noisy'],
		]);
		expect(first(withChange('boards/1-20/state', { ...board, reachable: false }))).to.deep.equal([
			...['bad', 'health.board.away', 'problem.silent'],
		]);
		expect(first(withChange('boards/1-20/state', { ...board, resets: 2 }))).to.deep.equal([
			...['care', 'health.board.resets', 'health.board.advice'],
		]);
		expect(first(withChange('shedder/state', shedder(T0, { mode: 'waiting_for_meter' })))).to.deep.equal([
			...['bad', 'health.shedder.waits', 'health.shedder.advice.waits'],
		]);
		expect(first(withChange('services/meter-reader/status', 'offline'))).to.deep.equal([
			...['bad', 'health.service.away', 'health.service.advice'],
		]);
		const away = { ...telemetry, stores: [{ ...store, waiting: 7, problem: 'no answer' }] };
		expect(first(withChange('telemetry/state', away))).to.deep.equal([
			...['bad', 'health.store.away', 'health.store.advice'],
		]);
	});

	it('leaves out services that show people nothing', () => {
		const list = withChange('services/simulator/status', 'offline');
		expect(worst(list)).to.equal('good');
	});
});

describe('the house at a glance', () => {
	const probe = (temperatureC: number | undefined, room?: string, ms = T0) => ({
		...{ at: at(ms), name: 'x' },
		...(room === undefined ? {} : { room }),
		...(temperatureC === undefined ? {} : { temperatureC }),
	});

	it('is warm inside and cold outside, as far as probes have said so within the hour', () => {
		const house = heard([
			{ topic: 'probes/salon/state', value: probe(19, 'salon') },
			{ topic: 'probes/bureau/state', value: probe(17, 'bureau') },
			{ topic: 'probes/cave/state', value: probe(5, 'cave', T0 - 2 * 3_600_000) },
			{ topic: 'probes/broken/state', value: probe(undefined, 'salon') },
			{ topic: 'probes/outside/state', value: probe(-3) },
		]);
		expect(temperatures(house, T0)).to.deep.equal({ inside: { mean: 18, low: 17, high: 19 }, outside: -3 });
		expect(temperatures(heard([]), T0)).to.deep.equal({ inside: undefined, outside: undefined });
	});

	it("knows the tariff in force and the days' colours", () => {
		const value = {
			...{ at: at(T0), source: 'meter', period: 'peak', colour: 'white', colourToday: 'white', colourTomorrow: 'red' },
			next: { at: at(T0 + 3_600_000), period: 'off_peak' },
		};
		expect(tariffNow(heard([{ topic: 'tariff/state', value }]))).to.deep.equal({
			...{ period: 'peak', label: undefined, today: 'white', tomorrow: 'red', coloured: true },
			next: { atMs: T0 + 3_600_000, period: 'off_peak' },
		});
		expect(tariffNow(heard([]))).to.equal(undefined);
	});

	it('lists rooms with what heats them and how warm they are', () => {
		const house = heard([
			{ topic: 'circuits/a/state', value: circuit({ room: 'salle-de-bain', name: 'Sèche-serviettes' }) },
			{ topic: 'circuits/b/state', value: circuit({ name: 'Chauffe-eau' }) },
			{ topic: 'circuits/c/state', value: circuit({ room: 'grand-salon', name: 'Salon sud' }) },
			{ topic: 'circuits/d/state', value: circuit({ room: 'grand-salon', name: 'Salon nord' }) },
			{ topic: 'probes/p/state', value: probe(20.5, 'grand-salon') },
		]);
		expect(roomsOf(house).map(({ id, circuits, temperatureC }) => [id, circuits.length, temperatureC])).to.deep.equal([
			['grand-salon', 2, 20.5],
			['salle-de-bain', 1, undefined],
			['', 1, undefined],
		]);
		expect(roomName(house, 'grand-salon')).to.equal('Grand salon');
		expect(roomName(house, 'salle-de-bain')).to.equal('Sèche-serviettes');
	});
});

describe('what the bus no longer keeps', () => {
	it('leaves the screen after a new connection; what was said again stays', () => {
		const before = heard([
			{ topic: 'circuits/gone/state', value: circuit() },
			{ topic: 'circuits/salon/state', value: circuit() },
			{ topic: 'probes/gone/state', value: { at: at(T0), name: 'x' } },
		]);
		const again = heard(
			[{ topic: 'circuits/salon/state', value: circuit(), retained: true, heardMs: T0 + 9 }],
			asOld(before),
		);
		const after = forgetUnsaid(again, T0 + 5);
		expect([...after.circuits.keys()]).to.deep.equal(['salon']);
		expect(after.probes.size).to.equal(0);
		expect(forgetUnsaid(after, T0 + 5)).to.equal(after);
	});
});

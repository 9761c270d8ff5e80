import {
	type CostAnswer,
	type EnergyAnswer,
	type ExportPage,
	type ReadingState,
	topicName,
	topics,
} from '@pilotwire/contract';
import { Bus, createContext, instantOf, RpcClient, silentLog, tariffSections } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Telemetry, telemetrySections } from '../src/index.ts';

const HOUR_MS = 3_600_000;

describe('what telemetry answers about energy and money', () => {
	const directory = temporaryDirectory();
	let hub: MemoryHub;
	let clock: VirtualClock;
	let ends: (() => void)[];
	let telemetry: Telemetry;
	let caller: { bus: Bus; rpc: RpcClient };
	let failures: unknown[];
	/** The midnight, local, of the clock's day. */
	let midnightMs: number;

	const context = (name: string) => {
		const made = createContext(name, silentLog, clock, (error) => failures.push(error));
		ends.push(() => made.end());
		return made;
	};
	const begin = async (tariff: unknown = {}): Promise<void> => {
		const own = context('telemetry');
		telemetry = new Telemetry(own, new Bus(own, 'home', hub.transport()), {
			dataDir: directory.path,
			history: telemetrySections.history.parse({}),
			blackBox: telemetrySections.blackBox.parse({ enabled: false }),
			tariff: tariffSections.tariff.parse(tariff),
			timeZone: 'Etc/UTC',
		});
		await telemetry.start();
	};
	const publish = (name: string, payload: unknown): void =>
		hub.publish({ name, payload: JSON.stringify(payload), qos: 1, retain: false });
	const reading = (hour: number, energyWh: Record<string, number>, more: Partial<ReadingState> = {}): void =>
		publish(topicName('home', topics.reading, { meter: 'main' }), {
			...{ at: instantOf(midnightMs + hour * HOUR_MS), mode: 'historic', phases: 1, energyWh, reactiveEnergyVArh: {} },
			...more,
		});
	const tariff = (hour: number, period: string): void =>
		publish(topicName('home', topics.tariff, {}), {
			at: instantOf(midnightMs + hour * HOUR_MS),
			...{ source: 'schedule', period },
		});
	const call = async <Answer>(
		method: string,
		params: Record<string, unknown>,
		service = 'telemetry',
	): Promise<Answer> => {
		let answer: { result?: unknown; error?: unknown } | undefined;
		void caller.rpc.call(service, method, params, 1e9).then(
			(result) => {
				answer = { result };
			},
			(error: unknown) => {
				answer = { error };
			},
		);
		const giveUpMs = Date.now() + 25_000;
		while (answer === undefined) {
			if (Date.now() > giveUpMs) throw new Error(`${method} was never answered`);
			await clock.advanceAsync(10);
		}
		if (answer.error !== undefined) throw answer.error;
		return answer.result as Answer;
	};
	const day = () => ({ from: instantOf(midnightMs), to: instantOf(midnightMs + 24 * HOUR_MS) });
	const exported = async (asked: Record<string, unknown>): Promise<string> => {
		let all = '';
		for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
			const page: ExportPage = await call('history.export', {
				...{ ...day(), format: 'csv', ...asked },
				...(cursor === undefined ? {} : { cursor }),
			});
			all += page.text;
			cursor = page.next;
		}
		return all;
	};

	beforeEach(() => {
		hub = new MemoryHub();
		clock = new VirtualClock();
		midnightMs = clock.wallMs() - (clock.wallMs() % (24 * HOUR_MS)) - 24 * HOUR_MS;
		ends = [];
		failures = [];
		const own = context('caller');
		const bus = new Bus(own, 'home', hub.transport());
		caller = { bus, rpc: new RpcClient(bus, own.clock) };
		bus.start();
	});
	afterEach(async () => {
		await telemetry.stop();
		await caller.bus.stop();
		for (const end of ends) end();
		expect(failures).to.deep.equal([]);
	});

	it("counts energy by the meter's own registers", async () => {
		await begin();
		for (let hour = 0; hour <= 24; hour++) {
			const night = Math.min(hour, 6) + Math.max(0, hour - 22);
			reading(hour, { HCHC: 10_000 + night * 1_000, HCHP: 20_000 + (hour - night) * 2_000 });
		}
		const { periods, meters, zone } = await call<EnergyAnswer>('history.energy', { ...day(), by: 'day' });
		expect({ meters, zone }).to.deep.equal({ meters: ['main'], zone: 'Etc/UTC' });
		expect(periods).to.deep.equal([
			{
				...{ ...day(), energyWh: 40_000, complete: true },
				byTariff: [
					{ period: 'off_peak', energyWh: 8_000 },
					{ period: 'peak', energyWh: 32_000 },
				],
			},
		]);
		const hours = await call<EnergyAnswer>('history.energy', { ...day(), by: 'hour' });
		expect(hours.periods.reduce((sum, { energyWh }) => sum + energyWh, 0)).to.equal(40_000);
	});

	it('cuts one register where the tariff in force changed, to the watt-hour', async () => {
		await begin();
		tariff(0, 'off_peak');
		reading(0, { BASE: 1_000 });
		reading(6.25, { BASE: 9_000 });
		tariff(6.25, 'peak');
		reading(6.99, { BASE: 9_100 });
		reading(8, { BASE: 10_000 });
		const { periods } = await call<EnergyAnswer>('history.energy', { ...day(), by: 'total' });
		expect(periods[0]?.byTariff).to.deep.equal([
			{ period: 'off_peak', energyWh: 8_000 },
			{ period: 'peak', energyWh: 1_000 },
		]);
	});

	it("learns from the meter what its supplier's registers stand for", async () => {
		await begin();
		const white = { name: 'off_peak', text: 'HC BLANC', colour: 'white' } as const;
		reading(0, { EASF03: 500, EAST: 900, EAIT: 40 }, { mode: 'standard', tariffIndex: 3, tariffPeriod: white });
		reading(1, { EASF03: 1_500, EAST: 1_900, EAIT: 90 }, { mode: 'standard', tariffIndex: 3, tariffPeriod: white });
		const { periods } = await call<EnergyAnswer>('history.energy', { ...day(), by: 'day' });
		expect(periods[0]).to.deep.include({
			...{ energyWh: 1_000, exportedWh: 50 },
			byTariff: [{ period: 'off_peak', colour: 'white', energyWh: 1_000 }],
		});
	});

	it('counts money by prices that the file seeds, the bus owns and a restart keeps', async () => {
		const seed = { prices: [{ from: '2000-01-01', energy: [{ period: 'all_hours', perKWh: 0.2 }] }] };
		await begin(seed);
		reading(0, { BASE: 0 });
		reading(10, { BASE: 10_000 });
		const cost = async () => (await call<CostAnswer>('history.cost', { ...day(), by: 'day' })).periods[0]?.cost.total;
		expect(await cost()).to.equal(2);
		publish(topicName('home', topics.tariffPricesSet, {}), {
			prices: [{ from: '2000-01-01', energy: [{ period: 'all_hours', perKWh: 0.25 }] }],
		});
		expect(await cost()).to.equal(2.5);
		const told = () => {
			const { payload } = hub.published.findLast(({ name }) => name.endsWith('tariff/prices/state')) ?? {};
			return topics.tariffPrices.schema.parse(JSON.parse(payload ?? ''));
		};
		while (told().prices[0]?.energy[0]?.perKWh !== 0.25) await clock.advanceAsync(10);
		expect(told()).to.deep.include({
			currency: 'EUR',
			prices: [{ from: '2000-01-01', energy: [{ period: 'all_hours', perKWh: 0.25 }] }],
		});
		await telemetry.stop();
		await begin(seed);
		expect(told().prices[0]?.energy[0]?.perKWh).to.equal(0.25);
		expect(await cost()).to.equal(2.5);
	});

	it('exports every point of a range, page after page, each once', async () => {
		await begin();
		const samples = Array.from({ length: 4_000 }, (_, index) => ({
			at: instantOf(midnightMs + index * 2_000),
			...{ phase: 1, apparentPowerVA: index },
		}));
		for (let first = 0; first < samples.length; first += 1_000) {
			publish(topicName('home', topics.loadLog, { meter: 'main' }), {
				...{ at: instantOf(clock.wallMs()), first, samples: samples.slice(first, first + 1_000) },
			});
		}
		const lines = (await exported({ series: ['load.apparentPowerVA'] })).trimEnd().split('\n');
		expect(lines[0]).to.equal('time,series,tags,value,min,max,count,lengthS');
		expect(lines[1]).to.equal(`${instantOf(midnightMs)},load.apparentPowerVA,meter=main;phase=1,0,,,,`);
		expect(lines.slice(1).map((line) => Number(line.split(',')[3]))).to.deep.equal(samples.map((_, index) => index));
		const json = (await exported({ series: ['load.apparentPowerVA'], format: 'jsonl' })).trimEnd().split('\n');
		expect(json.map((line) => JSON.parse(line).value)).to.deep.equal(samples.map((_, index) => index));
	});

	it('exports energy and money by tariff', async () => {
		await begin({
			prices: [
				{
					from: '2000-01-01',
					energy: [
						{ period: 'peak', perKWh: 0.2 },
						{ period: 'off_peak', perKWh: 0.1 },
					],
				},
			],
		});
		reading(0, { HCHC: 0, HCHP: 0 });
		reading(10, { HCHC: 4_000, HCHP: 6_000 });
		expect(await exported({ by: 'tariff', step: 'day' })).to.equal(
			[
				'from,to,period,colour,energyWh,cost,currency',
				`${day().from},${day().to},off_peak,,4000,0.4,EUR`,
				`${day().from},${day().to},peak,,6000,1.2,EUR`,
				'',
			].join('\n'),
		);
	});

	it('takes an import under a name that only administrators may call', async () => {
		await begin();
		const at = midnightMs - 1_000 * 24 * HOUR_MS;
		const points = [0, 1, 2].map((hour) => ({
			...{ series: 'reading.energyWh', tags: { meter: 'main', register: 'IMPORTED' } },
			...{ at: at + hour * HOUR_MS, value: hour * 700 },
		}));
		const refused = await call('history.import', { points }).catch(String);
		expect(refused).to.include('-32601');
		expect(await call('history.import', { points }, 'telemetry-admin')).to.deep.equal({ taken: 3 });
		const old = { from: instantOf(at), to: instantOf(at + 2 * HOUR_MS) };
		const { periods } = await call<EnergyAnswer>('history.energy', { ...old, by: 'total' });
		expect(periods[0]?.byTariff).to.deep.equal([{ period: 'other', energyWh: 1_400 }]);
		const senseless = await call('history.import', { points: [{ ...points[0], at: 5 }] }, 'telemetry-admin').catch(
			String,
		);
		expect(senseless).to.include('HISTORY_POINTS_REFUSED');
	});

	it('says what a copy needs', async () => {
		await begin();
		const refused = await call('history.copy', { to: 'influxdb' }, 'telemetry-admin').catch(String);
		expect(refused).to.include('HISTORY_COPY_IMPOSSIBLE');
	});

	it('counts the seconds of each minute that circuits of a phase had to wait', async () => {
		await begin();
		const wait = (second: number, phases: readonly number[]): void =>
			publish(topicName('home', topics.shedder, {}), {
				...{ at: instantOf(midnightMs + second * 1_000), mode: 'shedding', phases: [] },
				waiting: phases.map((phase) => ({
					...{ circuit: `c${phase}`, phase, since: instantOf(midnightMs), shed: true, why: 'there is no headroom' },
				})),
			});
		for (let second = 50; second < 70; second++) wait(second, [2]);
		for (let second = 70; second < 130; second++) wait(second, []);
		const asked = { series: 'shed.seconds', points: 1, ...day() };
		const { lines } = await call<{ lines: { tags: object; mean: number[]; count: number[] }[] }>(
			'history.query',
			asked,
		);
		expect(lines).to.have.length(1);
		expect(lines[0]?.tags).to.deep.equal({ phase: '2' });
		expect((lines[0]?.mean[0] ?? 0) * (lines[0]?.count[0] ?? 0)).to.equal(20);
	});
});

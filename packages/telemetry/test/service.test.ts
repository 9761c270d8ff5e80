import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { historyAnswer, type LoadLog, type TelemetryState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, instantOf, type PilotwireError, RpcClient, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Telemetry, telemetryFaults, telemetrySections } from '../src/index.ts';

describe('telemetry', () => {
	const directory = temporaryDirectory();
	let hub: MemoryHub;
	let clock: VirtualClock;
	let ends: (() => void)[];
	let telemetry: Telemetry;
	let caller: { bus: Bus; rpc: RpcClient };
	const failures: unknown[] = [];

	const context = (name: string) => {
		const made = createContext(name, silentLog, clock, (error) => failures.push(error));
		ends.push(() => made.end());
		return made;
	};
	const begin = async (section: Record<string, unknown> = {}): Promise<void> => {
		const own = context('telemetry');
		telemetry = new Telemetry(own, new Bus(own, 'home', hub.transport()), {
			dataDir: directory.path,
			history: telemetrySections.history.parse(section),
			blackBox: telemetrySections.blackBox.parse(undefined),
		});
		await telemetry.start();
	};
	const publish = (name: string, payload: unknown): void =>
		hub.publish({
			name,
			payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
			qos: 1,
			retain: false,
		});
	const log = (first: number, samples: LoadLog['samples']): void =>
		publish(topicName('home', topics.loadLog, { meter: 'main' }), { at: instantOf(clock.wallMs()), first, samples });
	const sample = (apparentPowerVA: number, afterMs = 0): LoadLog['samples'][0] => ({
		at: instantOf(clock.wallMs() + afterMs),
		phase: 1,
		apparentPowerVA,
	});
	const states = (): TelemetryState[] =>
		hub.published.filter(({ name }) => name.endsWith('/telemetry/state')).map(({ payload }) => JSON.parse(payload));
	/** Moves the clock until the database's thread has answered, which no clock can hurry. */
	const until = async (holds: () => boolean): Promise<void> => {
		const giveUpMs = Date.now() + 25_000;
		while (!holds()) {
			if (Date.now() > giveUpMs) throw new Error(`it never came: ${JSON.stringify(states().at(-1))}`);
			await clock.advanceAsync(10);
		}
	};
	const call = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
		let answer: { result?: unknown; error?: unknown } | undefined;
		void caller.rpc.call('telemetry', method, params, 1e9).then(
			(result) => {
				answer = { result };
			},
			(error: unknown) => {
				answer = { error };
			},
		);
		await until(() => answer !== undefined);
		if (answer?.error !== undefined) throw answer.error;
		return answer?.result;
	};
	const range = (more: Record<string, unknown> = {}) => ({
		series: 'load.apparentPowerVA',
		from: instantOf(clock.wallMs() - 3_600_000),
		to: instantOf(clock.wallMs() + 3_600_000),
		points: 10,
		...more,
	});

	beforeEach(() => {
		hub = new MemoryHub();
		clock = new VirtualClock();
		ends = [];
		failures.length = 0;
		const own = context('caller');
		const bus = new Bus(own, 'home', hub.transport());
		caller = { bus, rpc: new RpcClient(bus, own.clock) };
		bus.start();
	});
	afterEach(async () => {
		await telemetry.stop();
		await caller.bus.stop();
		for (const end of ends) end();
		expect(clock.pending).to.equal(0);
		expect(failures).to.deep.equal([]);
	});

	it('keeps the load of the bus and answers it by a remote call, in at most so many points', async () => {
		await begin();
		log(0, [sample(500), sample(9_000, 1), sample(700, 2)]);
		log(3, [sample(300, 1_800_000)]);
		await until(() => (states().at(-1)?.stores[0]?.written ?? 0) >= 6);
		const answer = historyAnswer.parse(await call('history.query', range({ points: 4, tags: { phase: '1' } })));
		expect(answer.bucketMs).to.equal(1_800_000);
		expect(answer.lines).to.have.length(1);
		expect(answer.lines[0]).to.deep.include({ tags: { meter: 'main', phase: '1' }, max: [9_000, 300], count: [3, 1] });
		expect(await call('history.series', {})).to.deep.include({
			series: [
				{ series: 'load.apparentPowerVA', tags: { meter: 'main', phase: '1' }, kind: 'number' },
				{ series: 'service.status', tags: { service: 'caller' }, kind: 'text' },
				{ series: 'service.status', tags: { service: 'telemetry' }, kind: 'text' },
			],
		});
	});

	it('saves the black box for whoever calls for it, and says so', async () => {
		await begin();
		log(0, [sample(500)]);
		const { saved } = (await call('blackBox.save', {})) as { saved: string };
		expect(saved).to.match(/^0001-\d{8}T\d{6}Z-asked\.box$/);
		expect(readdirSync(join(directory.path, 'black-box/saved'))).to.deep.equal([saved]);
		await until(() => states().at(-1)?.blackBox?.saved === saved);
		expect(states().at(-1)?.blackBox).to.include({ minutes: 0 });
	});

	it('never answers more points than were asked, whatever the range', async () => {
		await begin();
		const [from, to] = [0, 699 * 997 + 1].map((afterMs) => instantOf(clock.wallMs() + afterMs));
		log(
			0,
			Array.from({ length: 700 }, (_, index) => sample(index, index * 997)),
		);
		await until(() => (states().at(-1)?.stores[0]?.written ?? 0) >= 700);
		for (const points of [1, 7, 333, 699]) {
			const answer = historyAnswer.parse(await call('history.query', range({ points, from, to })));
			expect(answer.lines[0]?.atMs.length).to.be.within(1, points);
			expect(answer.lines[0]?.count.reduce((sum, each) => sum + each, 0)).to.equal(700);
		}
	});

	it('writes everything at its stop, and finds it at its next start', async () => {
		await begin();
		log(0, [sample(1_234)]);
		await telemetry.stop();
		await begin();
		const answer = historyAnswer.parse(await call('history.query', range()));
		expect(answer.lines[0]).to.deep.include({ max: [1_234] });
		expect(readdirSync(directory.path)).to.include('history.db');
	});

	it('says every ten seconds how the history does, retained', async () => {
		await begin();
		log(0, [sample(1)]);
		log(4, [sample(2)]);
		await clock.advanceAsync(20_000, 1_000);
		await until(() => states().at(-1)?.stores[0]?.waiting === 0);
		expect(states().length).to.be.at.least(3);
		const state = states().at(-1);
		expect(state).to.deep.include({ missedSamples: 3, refused: 0 });
		expect(state?.stores[0]).to.deep.include({ store: 'sqlite', dropped: 0, refused: 0 });
		expect([...hub.retained.keys()]).to.include('pilotwire/home/telemetry/state');
	});

	it('lives through whatever is published, and counts a date that no store can keep', async () => {
		await begin();
		const name = topicName('home', topics.loadLog, { meter: 'main' });
		for (const payload of ['', 'x', '{', '{}', '[]', '{"at":1}', '{"samples":[]}', '\u0000', '{"__proto__":{}}']) {
			publish(name, payload);
			publish('pilotwire/home/services/telemetry/rpc/x', payload);
		}
		// What is no date at all the bus refuses.
		log(0, [{ ...sample(1), at: '2026-99-99T99:99:99.999Z' }]);
		log(0, [{ ...sample(1), at: '9999-01-01T00:00:00.000Z' }]);
		log(2, [sample(5)]);
		await until(() => (states().at(-1)?.stores[0]?.written ?? 0) >= 3);
		expect(states().at(-1)?.refused).to.equal(1);
		const answer = historyAnswer.parse(await call('history.query', range({ to: '2100-01-01T00:00:00Z' })));
		expect(answer.lines[0]).to.deep.include({ count: [1] });
	});

	it('dates a point by its payload, whatever the clock does meanwhile', async () => {
		await begin();
		const before = clock.wallMs();
		log(0, [sample(1)]);
		clock.stepWall(-3_600_000);
		log(1, [sample(2)]);
		clock.stepWall(2 * 3_600_000);
		log(2, [sample(3)]);
		await until(() => (states().at(-1)?.stores[0]?.written ?? 0) >= 3);
		const from = instantOf(before - 7_200_000);
		const answer = historyAnswer.parse(
			await call('history.query', range({ from, to: instantOf(before + 7_200_000), points: 4 })),
		);
		expect(answer.lines[0]).to.deep.include({ max: [2, 1, 3] });
	});

	for (const [what, params] of [
		['a range that is none', { to: '2020-01-01T00:00:00Z' }],
		['no number of points', { points: 0 }],
		['too many points', { points: 1e9 }],
		['a date that is none', { from: 'yesterday' }],
		['a name that is none', { series: '"; DROP' }],
		['more than was asked for', { points: 5, more: 1 }],
	] as const) {
		it(`refuses a question with ${what}`, async () => {
			await begin();
			const error = await call('history.query', range(params)).then(
				() => expect.fail('it was answered'),
				(reason: PilotwireError) => reason,
			);
			expect(error.code).to.equal('RPC_REFUSED');
		});
	}

	it('refuses an answer that the bus could not carry, and says what to do', async () => {
		await begin();
		for (let meter = 0; meter < 12; meter += 1) {
			const samples = Array.from({ length: 700 }, (_, index) => sample(Math.PI * 1_000 + index, index * 5_000));
			publish(topicName('home', topics.loadLog, { meter: `m${meter}` }), {
				at: instantOf(clock.wallMs()),
				first: 0,
				samples,
			});
		}
		await until(() => (states().at(-1)?.stores[0]?.written ?? 0) >= 8_400);
		const error = await call('history.query', range({ points: 2_000 })).catch((reason: unknown) => reason);
		expect(String(error)).to.contain('HISTORY_ANSWER_TOO_LONG').and.to.contain('Ask for fewer points');
	});

	it('keeps the same history in InfluxDB, where one is configured, and waits while that is away', async () => {
		// Nothing listens on the port of discard.
		await begin({ influxdb: { url: 'http://127.0.0.1:9' } });
		log(0, [sample(1)]);
		await until(() => states().at(-1)?.stores[1]?.problem !== undefined && states().at(-1)?.stores[0]?.waiting === 0);
		const [sqlite, influxdb] = states().at(-1)?.stores ?? [];
		expect(sqlite).to.not.have.property('problem');
		expect(influxdb).to.include({ store: 'influxdb', written: 0 });
		expect(influxdb?.problem).to.contain('INFLUXDB_FAILED').and.to.contain('Check that it runs');
		expect(influxdb?.waiting).to.be.greaterThan(0);
	});
});

describe('the history section', () => {
	it('keeps the history in SQLite unless something else is said', () => {
		const history = telemetrySections.history.parse(undefined);
		expect(history).to.deep.include({ sqlite: { enabled: true }, keep: { points: 7, minutes: 731 } });
		expect(telemetryFaults({ history })).to.deep.equal([]);
	});

	it('finds fault with a history that is kept nowhere', () => {
		const history = telemetrySections.history.parse({ sqlite: { enabled: false } });
		expect(telemetryFaults({ history }).map(({ path }) => path)).to.deep.equal(['history.sqlite.enabled']);
		const influxdb = { url: 'http://127.0.0.1:8086' };
		const elsewhere = telemetrySections.history.parse({ sqlite: { enabled: false }, influxdb });
		expect(telemetryFaults({ history: elsewhere })).to.deep.equal([]);
		expect(elsewhere.influxdb).to.include({ database: 'pilotwire', org: 'pilotwire' });
	});

	it('finds fault with what is coarser and kept shorter', () => {
		const history = telemetrySections.history.parse({ keep: { points: 30, minutes: 20, hours: 10 } });
		const paths = telemetryFaults({ history }).map(({ path }) => path);
		expect(paths).to.deep.equal(['history.keep.minutes', 'history.keep.hours']);
	});

	it('refuses an address that is none', () => {
		expect(telemetrySections.history.safeParse({ influxdb: { url: 'mqtt://x' } }).success).to.equal(false);
	});
});

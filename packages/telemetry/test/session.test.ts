import { join } from 'node:path';
import { hashSecret } from '@pilotwire/accounts';
import { Broker } from '@pilotwire/broker';
import { type LoadLog, topics } from '@pilotwire/contract';
import { Bus, createContext, instantOf, MqttTransport, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Telemetry, telemetrySections } from '../src/index.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';

describe("telemetry's session at the broker", () => {
	const directory = temporaryDirectory();
	const accounts = ['telemetry', 'meter-reader'].map((name) => ({
		principal: { kind: 'service' as const, name },
		secretHash: hashSecret('secret'),
	}));
	let broker: Broker;
	const failures: unknown[] = [];

	/** A bus of its own to the broker, started; `end` leaves it. */
	const member = (name: string, clientId?: string) => {
		const context = createContext(name, silentLog, systemClock, (error) => failures.push(error));
		const url = `mqtt://127.0.0.1:${broker.addresses()?.tcp?.port}`;
		const session = clientId === undefined ? undefined : ({ session: 'persistent', clientId } as const);
		const address = { url, username: name, password: 'secret' };
		return { context, bus: new Bus(context, 'home', new MqttTransport(address, name, silentLog, session)) };
	};
	const connected = (bus: Bus): Promise<void> =>
		new Promise((resolve) => {
			bus.onConnection((now) => {
				if (now) resolve();
			});
		});

	beforeEach(async () => {
		failures.length = 0;
		broker = new Broker({
			port: 0,
			wsPort: 0,
			accounts,
			stateFile: join(directory.path, 'broker.db'),
			log: silentLog,
			clock: systemClock,
		});
		await broker.start();
	});
	afterEach(() => broker.stop());

	it('keeps the samples that are published while telemetry is away', async () => {
		const reader = member('meter-reader');
		const atMs = Date.now();
		const log = (first: number): LoadLog => ({
			at: instantOf(atMs),
			first,
			samples: [{ at: instantOf(atMs + first), phase: 1, apparentPowerVA: first }],
		});
		const acknowledged = connected(reader.bus);
		reader.bus.start();
		await acknowledged;

		const one = async (act: (arrived: Promise<void>) => Promise<void>): Promise<void> => {
			const { context, bus } = member('telemetry', 'telemetry-home');
			const history = telemetrySections.history.parse(undefined);
			const blackBox = telemetrySections.blackBox.parse(undefined);
			const telemetry = new Telemetry(context, bus, { dataDir: directory.path, history, blackBox });
			const arrived = new Promise<void>((resolve) => {
				bus.on(topics.loadLog, {}, () => resolve());
			});
			await telemetry.start();
			await act(arrived);
			await telemetry.stop();
			context.end();
		};
		const again = setInterval(() => reader.bus.publish(topics.loadLog, { meter: 'main' }, log(0)), 20);
		await one((arrived) => arrived);
		clearInterval(again);
		for (const first of [1, 2, 3]) reader.bus.publish(topics.loadLog, { meter: 'main' }, log(first));
		await reader.bus.stop();
		await one((arrived) => arrived);

		const store = new SqliteStore(join(directory.path, 'history.db'), silentLog, systemClock);
		const range = { series: 'load.apparentPowerVA', tags: {}, fromMs: atMs, toMs: atMs + 10, bucketMs: 1 };
		const [line] = await store.query(range);
		await store.close();
		reader.context.end();
		expect(line).to.deep.include({ max: [0, 1, 2, 3] });
		expect(failures).to.deep.equal([]);
	}).timeout(30_000);
});

// The broker is away for an hour, and the meter-reader is restarted meanwhile: what was measured is in the history all the same.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@pilotwire/contract';
import { type Line, type LineEvents, MeterReader, meterSections } from '@pilotwire/meter-reader';
import {
	Bus,
	createContext,
	MqttTransport,
	type Service,
	type ServiceContext,
	silentLog,
	systemClock,
} from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { encodeFrame } from '@pilotwire/teleinfo';
import { SqliteStore, Telemetry, telemetrySections } from '@pilotwire/telemetry';
import { expect } from 'chai';
import * as z from 'zod';
import { type BrokerProcess, brokerAccount, startBroker } from '../support/broker-process.ts';
import { type Door, openDoor } from '../support/tcp-door.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/until.ts';

/** Between two frames. Milliseconds. */
const FRAME_MS = 2_000;

describe('an hour without a broker', function () {
	this.timeout(120_000);
	const folder = temporaryDirectory();
	const failures: unknown[] = [];
	let clock: VirtualClock;
	let broker: BrokerProcess | undefined;
	let door: Door;
	let running: { readonly service: Service; readonly bus: Bus }[];
	let receive: LineEvents['bytes'];

	const line: Line = {
		name: '/dev/ttyTEST',
		hasSpeed: false,
		open: async (_, events) => {
			receive = (bytes) => events.bytes(bytes);
		},
		setSpeed: async () => undefined,
		close: async () => undefined,
	};
	const startTheBroker = async (): Promise<void> => {
		broker = await startBroker(join(folder.path, 'broker.db'));
		door.leadTo(broker.url);
	};
	const begin = async (
		name: string,
		make: (context: ServiceContext, bus: Bus) => Service,
		clientId?: string,
	): Promise<void> => {
		const context = createContext(name, silentLog, clock, (error) => failures.push(error));
		const session = clientId === undefined ? undefined : ({ session: 'persistent', clientId } as const);
		// The services' own names are kept for their accounts.
		const bus = new Bus(
			context,
			'home',
			new MqttTransport({ url: door.url, ...brokerAccount }, `test-${name}`, silentLog, session),
		);
		const service = make(context, bus);
		await service.start();
		running.push({ service, bus });
	};
	const beginReading = (): Promise<void> =>
		begin('meter-reader', (context, bus) => {
			const config = z.object(meterSections).parse({ meters: [{ id: 'main', source: 'serial:/dev/ttyTEST' }] });
			return new MeterReader(context, bus, { dataDir: join(folder.path, 'reader'), ...config }, () => line);
		});
	const end = async (): Promise<void> => {
		await running.pop()?.service.stop();
	};
	/** Lets virtual time pass until something real has happened. */
	const goOnUntil = async (what: string, holds: () => boolean): Promise<void> => {
		const look = async (): Promise<boolean> => {
			if (holds()) return true;
			await clock.advanceAsync(1_000);
			return false;
		};
		await until(what, look, 60_000);
	};
	const connected = (): Promise<void> =>
		goOnUntil('both are connected', () => running.every(({ bus }) => bus.connected));

	beforeEach(async () => {
		failures.length = 0;
		running = [];
		clock = new VirtualClock();
		door = await openDoor();
		for (const name of ['reader', 'telemetry']) mkdirSync(join(folder.path, name));
		await startTheBroker();
	});
	afterEach(async () => {
		while (running.length > 0) await end();
		await broker?.kill();
		await door.close();
	});

	it('costs no sample, and brings none twice', async () => {
		const measured = new Map<number, number>();
		const measure = async (seconds: number): Promise<void> => {
			for (let left = seconds * 1_000; left > 0; left -= FRAME_MS) {
				const value = 300 + ((measured.size * 7) % 2_000);
				measured.set(clock.wallMs(), value);
				const groups = { ADCO: '012345678912', OPTARIF: 'BASE', ISOUSC: '30', BASE: '073260524', PTEC: 'TH..' };
				const load = { IINST: '007', PAPP: String(value).padStart(5, '0') };
				const frame = Object.entries({ ...groups, ...load }).map(([label, data]) => ({ label, data }));
				receive(encodeFrame('historic', frame));
				await clock.advanceAsync(FRAME_MS);
			}
		};
		const path = join(folder.path, 'telemetry', 'history.db');
		const dataDir = join(folder.path, 'telemetry');
		const history = telemetrySections.history.parse(undefined);
		const blackBox = telemetrySections.blackBox.parse({ enabled: false });
		const heard = new Set<string>();
		const newTelemetry = (context: ServiceContext, bus: Bus): Telemetry => {
			bus.on(topics.loadLog, {}, ({ samples }) => {
				for (const { at } of samples) heard.add(at);
			});
			return new Telemetry(context, bus, { dataDir, history, blackBox });
		};
		await begin('telemetry', newTelemetry, 'history-home');
		await beginReading();
		await connected();
		await measure(60);

		await broker?.kill();
		await measure(1_500);
		await end();
		await beginReading();
		await measure(2_100);
		await startTheBroker();
		await connected();
		await measure(60);
		// The newest ten seconds are still in the reader's hand.
		await goOnUntil('all but the newest were heard', () => heard.size >= measured.size - 5);
		await end();
		await goOnUntil('all were heard', () => heard.size >= measured.size);
		await end();
		const found = new Map<number, number[]>();
		const store = new SqliteStore(path, silentLog, systemClock);
		for await (const { points } of store.points({ series: 'load.apparentPowerVA', fromMs: 0, toMs: clock.wallMs() })) {
			for (const { at, value } of points) found.set(at, [...(found.get(at) ?? []), Number(value)]);
		}
		await store.close();
		expect([...found.keys()]).to.deep.equal([...measured.keys()]);
		expect([...found.values()]).to.deep.equal([...measured.values()].map((value) => [value]));
		expect(failures).to.deep.equal([]);
	});
});

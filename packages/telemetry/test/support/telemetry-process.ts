// Telemetry alone, in a process of its own, for tests that kill it: on a clock that runs faster, with everything that it
// writes in one folder (what a power cut is simulated for). Says what goes wrong.
import { topics } from '@pilotwire/contract';
import { Bus, createContext, type Logger, MqttTransport, silentLog, systemClock } from '@pilotwire/runtime';
import { Telemetry, telemetrySections } from '../../src/index.ts';
import { fasterClock } from './faster-clock.ts';

const [url = '', username = '', password = '', folder = '', speed = '1', history = '{}'] = process.argv.slice(2);
const told = (_: unknown, text: string): void => void process.stderr.write(`${text}\n`);
const log = {
	...silentLog,
	info: () => undefined,
	debug: () => undefined,
	warn: told,
	error: told,
} as unknown as Logger;
const fail = (error: unknown): void => {
	process.stderr.write(`${String(error)}\n`);
	process.exit(70);
};
const context = createContext('telemetry', log, fasterClock(systemClock, Number(speed)), fail);
const session = { session: 'persistent', clientId: 'history-home' } as const;
const bus = new Bus(context, 'home', new MqttTransport({ url, username, password }, 'telemetry', log, session));
const given = { sqlite: { path: `${folder}/spool/history.db` }, ...(JSON.parse(history) as object) };
const telemetry = new Telemetry(context, bus, {
	dataDir: folder,
	history: telemetrySections.history.parse(given),
	...({ blackBox: telemetrySections.blackBox.parse({ enabled: false }) } as object),
} as ConstructorParameters<typeof Telemetry>[2]);
process.once('SIGTERM', () => void telemetry.stop().then(() => process.exit(0), fail));
bus.on(topics.reading, {}, ({ at }) => void process.stdout.write(`reading of ${at}\n`));
bus.onConnection((connected) => process.stdout.write(connected ? 'connected\n' : 'disconnected\n'));
await telemetry.start();
process.stdout.write('started\n');

// The actuator alone in a process, as the real binding needs it: configuration as JSON in the first argument, messages
// for its bus as lines "topic payload" on standard input, what it publishes and logs as lines on standard output.
import { createInterface } from 'node:readline';
import { Bus, createContext, type Logger, messageOf, PilotwireError, systemClock } from '@pilotwire/runtime';
import { MemoryHub } from '@pilotwire/runtime/testing';
import * as z from 'zod';
import { radiatorActuatorSections } from '../src/config.ts';
import { RadiatorActuator } from '../src/service.ts';

const { dataDir, ...sections } = JSON.parse(process.argv[2] ?? '{}') as { dataDir: string };
const config = z.strictObject(radiatorActuatorSections).parse(sections);

const say = (_: object, text: string): void => console.log(`log ${text}`);
const log = { error: say, warn: say, info: say, debug: say } as unknown as Logger;
const context = createContext('radiator-actuator', log, systemClock, (error) => {
	console.log(`failed ${messageOf(error)}`);
	process.exit(70);
});
const hub = new MemoryHub();
const publish = hub.publish.bind(hub);
hub.publish = (message) => {
	console.log(`${message.name.replace('pilotwire/home/', '')} ${message.payload}`);
	publish(message);
};
const bus = new Bus(context, 'home', hub.transport());
const service = new RadiatorActuator(context, bus, { ...config, dataDir, shedderEnabled: false });

process.once('SIGTERM', () => {
	void service.stop().then(() => {
		console.log('stopped');
		process.exit(0);
	});
});

try {
	await service.start();
} catch (error) {
	console.log(messageOf(error));
	process.exit(error instanceof PilotwireError ? (error.exitCode ?? 1) : 1);
}
console.log('started');
createInterface({ input: process.stdin }).on('line', (line) => {
	const [topic = '', payload = ''] = line.split(' ');
	publish({ name: `pilotwire/home/${topic}`, payload, qos: 1, retain: false });
});

// A broker in a process of its own, for tests that kill it or load it: prints its ports, TCP, WebSocket and TLS. At SIGUSR2
// it collects its garbage, where it was started with --expose-gc, and prints what memory it needs then.
import { hashSecret } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { Broker } from '../../src/index.ts';
import { anything } from './clients.ts';

const [stateFile = '', name = '', password = '', more = '{}'] = process.argv.slice(2);
const broker = new Broker({
	port: 0,
	wsPort: 0,
	// A machine's: wrong passwords for a person's account would be slowed down.
	accounts: [{ principal: { kind: 'device', name }, secretHash: hashSecret(password) }],
	rights: anything,
	stateFile,
	log: silentLog,
	clock: systemClock,
	...(JSON.parse(more) as object),
});
await broker.start();
process.on('SIGUSR2', () => {
	for (let count = 0; count < 2; count += 1) globalThis.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	process.stdout.write(`collected ${heapUsed + external}\n`);
});
const { tcp, ws, tls } = broker.addresses() ?? {};
process.stdout.write(`port ${tcp?.port} ${ws?.port} ${tls?.port ?? 0}\n`);

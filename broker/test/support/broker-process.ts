// A broker in a process of its own, for tests that kill it: prints its TCP port.
import { hashSecret } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { Broker } from '../../src/index.ts';
import { anything } from './clients.ts';

const [stateFile = '', name = '', password = ''] = process.argv.slice(2);
const broker = new Broker({
	port: 0,
	wsPort: 0,
	accounts: [{ principal: { kind: 'person', name, role: 'admin' }, secretHash: hashSecret(password) }],
	rights: anything,
	stateFile,
	log: silentLog,
	clock: systemClock,
});
await broker.start();
process.stdout.write(`port ${broker.addresses()?.tcp.port}\n`);

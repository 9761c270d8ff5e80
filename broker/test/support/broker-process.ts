// A broker in a process of its own, for tests that kill it: prints its TCP port, then each commit of its state.
import { hashSecret } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { Broker } from '../../src/index.ts';
import { anything } from './clients.ts';

const [stateFile = '', name = '', password = ''] = process.argv.slice(2);
const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};
const debug = (facts: { topics?: number }): void => say(`saved ${facts.topics}`);
const broker = new Broker({
	port: 0,
	wsPort: 0,
	accounts: [{ principal: { kind: 'person', name, role: 'admin' }, secretHash: hashSecret(password) }],
	rights: anything,
	stateFile,
	log: { ...silentLog, debug } as unknown as typeof silentLog,
	clock: systemClock,
});
await broker.start();
say(`port ${broker.addresses()?.tcp.port}`);

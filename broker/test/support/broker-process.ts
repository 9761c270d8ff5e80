// A broker in a process of its own, for tests that kill it: prints its TCP port, then each commit of its state.
import { silentLog, systemClock } from '@pilotwire/runtime';
import { Broker, hashSecret } from '../../src/index.ts';

const [stateFile = '', name = '', password = ''] = process.argv.slice(2);
const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};
const debug = (facts: { topics?: number }): void => say(`saved ${facts.topics}`);
const broker = new Broker({
	port: 0,
	wsPort: 0,
	accounts: [{ name, secretHash: hashSecret(password) }],
	stateFile,
	log: { ...silentLog, debug } as unknown as typeof silentLog,
	clock: systemClock,
});
await broker.start();
say(`port ${broker.addresses()?.tcp.port}`);

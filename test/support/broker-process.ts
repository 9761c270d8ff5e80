import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Environment } from './native-build.ts';

/** The account of the broker that `startBroker` starts; it may do everything. */
export const brokerAccount = { username: 'tester', password: 'secret-of-the-tester' };

/** A broker in a process of its own. */
export interface BrokerProcess {
	readonly url: string;
	readonly pid: number;
	/** Ends it in the middle of whatever it does. */
	kill(): Promise<void>;
}

const script = fileURLToPath(new URL('../../broker/test/support/broker-process.ts', import.meta.url));

/** Starts the broker alone, from source. `stateFile`: its SQLite file. */
export async function startBroker(stateFile: string, env: Environment = {}): Promise<BrokerProcess> {
	const flags = ['--import', 'ts-blank-space/register', '--conditions=pilotwire:source'];
	const { username, password } = brokerAccount;
	const child = spawn(process.execPath, [...flags, script, stateFile, username, password], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, ...env },
	});
	const port = await new Promise<string>((resolve, reject) => {
		createInterface({ input: child.stdout }).on('line', (line) => {
			const [word, number = ''] = line.split(' ');
			if (word === 'port') resolve(number);
		});
		child.once('exit', (code) => reject(new Error(`the broker ended with code ${code}`)));
	});
	return { url: `mqtt://127.0.0.1:${port}`, pid: child.pid as number, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, 'exit');
	child.kill('SIGKILL');
	await exit;
}

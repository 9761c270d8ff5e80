import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BrokerOptions } from '@pilotwire/broker';
import type { Environment } from './native-build.ts';

/** The account of the broker that `startBroker` starts; it may do everything. */
export const brokerAccount = { username: 'tester', password: 'secret-of-the-tester' };

interface Address {
	readonly host: string;
	readonly port: number;
}

/** A broker in a process of its own. */
export interface BrokerProcess {
	readonly url: string;
	readonly pid: number;
	/** Where it listens, like `Broker`'s. */
	addresses(): { readonly tcp: Address; readonly ws: Address; readonly tls: Address };
	/** What it holds once its garbage is collected, buffers too, bytes; not what the process has of the system for that. */
	memory(): Promise<number>;
	/** Ends it in the middle of whatever it does. */
	kill(): Promise<void>;
}

const script = fileURLToPath(new URL('../../broker/test/support/broker-process.ts', import.meta.url));

/** Starts the broker alone, from source. `stateFile`: its SQLite file. */
export async function startBroker(
	stateFile: string,
	env: Environment = {},
	more: Pick<BrokerOptions, 'limits' | 'tls' | 'cluster'> = {},
): Promise<BrokerProcess> {
	const flags = ['--expose-gc', '--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'];
	const { username, password } = brokerAccount;
	const child = spawn(process.execPath, [...flags, script, stateFile, username, password, JSON.stringify(more)], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, ...env },
	});
	const lines = createInterface({ input: child.stdout });
	const ended = once(child, 'exit').then(([code]) => {
		throw new Error(`the broker ended with code ${code}`);
	});
	ended.catch(() => undefined);
	const said = (word: string): Promise<number[]> => Promise.race([numbersAfter(lines, word), ended]);
	const [tcp, ws, tls] = (await said('port')).map((port) => ({ host: '127.0.0.1', port })) as [
		Address,
		Address,
		Address,
	];
	return {
		url: `mqtt://127.0.0.1:${tcp.port}`,
		pid: child.pid as number,
		addresses: () => ({ tcp, ws, tls }),
		async memory() {
			const collected = said('collected');
			child.kill('SIGUSR2');
			const [bytes = Number.NaN] = await collected;
			return bytes;
		},
		kill: () => kill(child),
	};
}

/** The numbers of the next line that begins with a word. */
function numbersAfter(lines: Interface, word: string): Promise<number[]> {
	return new Promise((resolve) => {
		const look = (line: string): void => {
			const [first, ...numbers] = line.split(' ');
			if (first !== word) return;
			lines.off('line', look);
			resolve(numbers.map(Number));
		};
		lines.on('line', look);
	});
}

async function kill(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, 'exit');
	child.kill('SIGKILL');
	await exit;
}

import { existsSync } from 'node:fs';
import { connect } from 'node:net';

/** What a program might leave behind. */
export interface Leftovers {
	/** Process ids. */
	readonly processes?: readonly number[];
	/** TCP ports of the loopback interface. */
	readonly ports?: readonly number[];
	/** Files, sockets, directories. */
	readonly paths?: readonly string[];
}

function runs(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host: '127.0.0.1', port });
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

/** Fails with a list where a process still runs, a port is still listened on, or a file is still there. */
export async function freeOfLeftovers({ processes = [], ports = [], paths = [] }: Leftovers): Promise<void> {
	const listening = await Promise.all(ports.map(listens));
	const left = [
		...processes.filter(runs).map((pid) => `process ${pid} runs`),
		...ports.filter((_, index) => listening[index]).map((port) => `port ${port} is listened on`),
		...paths.filter((path) => existsSync(path)).map((path) => `${path} exists`),
	];
	if (left.length > 0) throw new Error(`Left behind: ${left.join('; ')}`);
}

// Redis of the distribution, in a directory of its own, on a socket that only this test has.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Process, startProgram } from './processes.ts';
import { createTemporaryDirectory } from './temporary.ts';

/** A running server. */
export interface RedisProcess {
	/** What clients of `broker.cluster` are given. */
	readonly url: string;
	/** Ends it in the middle of whatever it does; its data stay. */
	kill(): Promise<void>;
	/** Starts it again after `kill`, with the same data. */
	restart(): Promise<void>;
	/** Stops it in the middle of whatever it does, and lets it go on after so long, ms; its connections stand. */
	hang(forMs: number): Promise<void>;
	/** Ends it, takes its data away, and starts it again. */
	lose(): Promise<void>;
	/** Ends it and removes its data. */
	remove(): Promise<void>;
}

async function start(directory: string, appendFsync: 'always' | 'everysec'): Promise<Process> {
	const server = startProgram('redis-server', [
		...['--port', '0', '--unixsocket', join(directory, 'redis.sock'), '--dir', directory],
		...['--appendonly', 'yes', '--appendfsync', appendFsync, '--save', '', '--daemonize', 'no'],
	]);
	await server.line('ready to accept connections');
	return server;
}

/**
 * Starts a server that writes all it is told to its disk, at once or every second; whoever starts it removes it. Needs the
 * part `redis`.
 */
export async function startRedis(appendFsync: 'always' | 'everysec' = 'always'): Promise<RedisProcess> {
	const directory = createTemporaryDirectory();
	let server = await start(directory.path, appendFsync);
	const kill = async (): Promise<void> => {
		if (server.alive) await server.kill();
	};
	return {
		url: join(directory.path, 'redis.sock'),
		kill,
		restart: async () => {
			server = await start(directory.path, appendFsync);
		},
		hang: async (forMs) => {
			process.kill(server.pid, 'SIGSTOP');
			await pause(forMs);
			process.kill(server.pid, 'SIGCONT');
		},
		lose: async () => {
			await kill();
			rmSync(join(directory.path, 'appendonlydir'), { recursive: true, force: true });
			server = await start(directory.path, appendFsync);
		},
		remove: async () => {
			await kill();
			directory.remove();
		},
	};
}

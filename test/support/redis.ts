// Redis of the distribution, in a directory of its own, on a socket that only this test has.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
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
	/** Ends it, takes its data away, and starts it again. */
	lose(): Promise<void>;
	/** Ends it and removes its data. */
	remove(): Promise<void>;
}

async function start(directory: string): Promise<Process> {
	const server = startProgram('redis-server', [
		...['--port', '0', '--unixsocket', join(directory, 'redis.sock'), '--dir', directory],
		...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--daemonize', 'no'],
	]);
	await server.line('ready to accept connections');
	return server;
}

/** Starts a server that writes all it is told to its disk; whoever starts it removes it. Needs the part `redis`. */
export async function startRedis(): Promise<RedisProcess> {
	const directory = createTemporaryDirectory();
	let server = await start(directory.path);
	const kill = async (): Promise<void> => {
		if (server.alive) await server.kill();
	};
	return {
		url: join(directory.path, 'redis.sock'),
		kill,
		restart: async () => {
			server = await start(directory.path);
		},
		lose: async () => {
			await kill();
			rmSync(join(directory.path, 'appendonlydir'), { recursive: true, force: true });
			server = await start(directory.path);
		},
		remove: async () => {
			await kill();
			directory.remove();
		},
	};
}

import { createServer, type Server } from 'node:net';
import { lockHeld, systemCodeOf } from '../errors.ts';

/** A lock that this process holds. */
export interface Lock {
	release(): Promise<void>;
}

/**
 * Takes a lock that one process on this machine can hold, such as `i2c-1`. It is a name in Linux's abstract socket
 * namespace: nothing is left on disk, and the kernel frees it however the holder ends, kill -9 included. A stopped
 * (SIGSTOP) holder keeps it. Processes in different network namespaces don't see each other's locks.
 *
 * Throws `LOCK_HELD` where another process has it.
 */
export async function takeLock(name: string, what: string, who: string): Promise<Lock> {
	const server: Server = createServer((socket) => socket.destroy());
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error) => reject(systemCodeOf(error) === 'EADDRINUSE' ? lockHeld(what, who) : error));
		server.listen(`\0pilotwire/${name}`, resolve);
	});
	server.unref();
	return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

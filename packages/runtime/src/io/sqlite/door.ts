import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, open, readdir, rm, unlink } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { messageOf, PilotwireError, systemCodeOf } from '../../errors.ts';

/** Linux takes Unix socket paths of at most 107 bytes. */
const MAX_PATH_BYTES = 107;

/** A process that has a file alone answers here: nobody else can read it meanwhile. */
export interface Door {
	close(): Promise<void>;
}

/**
 * Lets other programs of the same user ask the owner of a database for a whole copy of it, by a Unix socket beside the
 * file. The copy appears beside it too, under a name of its own; who asked for it takes it away. Undefined where the path
 * is too long for a socket or the folder takes none: the file is used all the same.
 */
export async function openDoor(path: string, copyInto: (file: string) => Promise<unknown>): Promise<Door | undefined> {
	const address = doorOf(path);
	if (Buffer.byteLength(address) > MAX_PATH_BYTES) return undefined;
	const visitors = new Set<Socket>();
	const server = createServer((socket) => {
		visitors.add(socket);
		socket.on('error', () => undefined);
		socket.once('close', () => visitors.delete(socket));
		void answer(socket, path, copyInto);
	});
	try {
		await sweep(path);
		// Whoever has the file has the door; what lies there is left of one who is gone.
		await unlink(address).catch(() => undefined);
		server.listen(address);
		await once(server, 'listening');
		await chmod(address, 0o600);
	} catch {
		server.close();
		return undefined;
	}
	server.unref();
	return {
		close: async () => {
			for (const socket of visitors) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

/**
 * A copy of the file, made by the process that has it; undefined where no such process is there. Rejects with
 * `DATABASE_COPY_FAILED`.
 */
export async function askOwner(path: string): Promise<string | undefined> {
	const socket = connect(doorOf(path));
	let said = '';
	socket.setEncoding('utf8').on('data', (text) => {
		said += text;
	});
	try {
		await once(socket, 'connect');
	} catch (error) {
		if (['ENOENT', 'ECONNREFUSED'].includes(systemCodeOf(error))) return undefined;
		throw copyFailed(path, messageOf(error));
	}
	await once(socket, 'close').catch(() => undefined);
	const [, name, problem] = /^(?:copy (\S+)|problem ([\s\S]+))\n$/.exec(said) ?? [];
	if (name === undefined) throw copyFailed(path, problem ?? 'an owner that went away');
	return join(dirname(path), name);
}

/** A file of the owner alone, which `VACUUM INTO` may fill. */
export async function emptyFile(path: string): Promise<void> {
	await (await open(path, 'wx', 0o600)).close();
}

async function answer(socket: Socket, path: string, copyInto: (file: string) => Promise<unknown>): Promise<void> {
	const file = `${path}.copy-${randomBytes(6).toString('hex')}`;
	try {
		await emptyFile(file);
		await copyInto(file);
		if (socket.destroyed) await rm(file, { force: true });
		else socket.end(`copy ${basename(file)}\n`);
	} catch (error) {
		await rm(file, { force: true }).catch(() => undefined);
		socket.end(`problem ${messageOf(error)}\n`);
	}
}

const doorOf = (path: string): string => `${path}.door`;

/** Copies that nobody took away. */
async function sweep(path: string): Promise<void> {
	const begin = `${basename(path)}.copy-`;
	for (const name of await readdir(dirname(path))) {
		if (name.startsWith(begin)) await rm(join(dirname(path), name), { force: true });
	}
}

function copyFailed(path: string, received: string): PilotwireError {
	return new PilotwireError({
		code: 'DATABASE_COPY_FAILED',
		expected: `a copy of ${path} from the service that has it`,
		received,
		action: `Check that there is room for it on that disk (df -h), and run this as the user of that service (sudo -u pilotwire).`,
	});
}

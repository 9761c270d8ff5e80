// The thread that owns database files: the one connection to each, and every wait for a disk.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { Connection } from './connection.ts';
import type { OpenRequest, SqlFault, WorkerReply, WorkerRequest } from './messages.ts';

/** By the number that the main thread gave it. */
const connections = new Map<number, Connection>();

function faultOf(error: unknown): SqlFault {
	const { code, message } = error as { code?: unknown; message?: unknown };
	const text = typeof message === 'string' ? message : String(error);
	// An open that fails before SQLite has a connection carries SQLite's number in its text alone.
	if (text.startsWith('ConnectionFailed')) return { code: 'SQLITE_CANTOPEN', message: text };
	return { code: typeof code === 'string' ? code : '', message: text };
}

function createPrivately(path: string): void {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	closeSync(openSync(path, 'a+', 0o600));
}

function open(database: number, request: OpenRequest): void {
	createPrivately(request.path);
	connections.set(database, new Connection(request));
}

function serve(request: WorkerRequest): WorkerReply {
	const { id, database } = request;
	if (request.kind === 'open') {
		open(database, request.open);
		return { id, result: null };
	}
	const connection = connections.get(database);
	if (connection === undefined) throw new Error(`there is no database ${database}`);
	switch (request.kind) {
		case 'run':
			return { id, result: connection.run(request.statement) };
		case 'all':
			return { id, result: connection.all(request.statement) };
		case 'batch':
			connection.batch(request.statements);
			return { id, result: null };
		case 'close':
			connections.delete(database);
			connection.close();
			return { id, result: null };
	}
}

function main(): void {
	const port = parentPort;
	if (port === null) return;
	port.on('message', (request: WorkerRequest | 'end') => {
		if (request === 'end') {
			port.close();
			return;
		}
		let reply: WorkerReply;
		try {
			reply = serve(request);
		} catch (error) {
			reply = { id: request.id, fault: faultOf(error) };
		}
		port.postMessage(reply);
	});
}

main();

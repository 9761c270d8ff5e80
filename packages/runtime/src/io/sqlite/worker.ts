// The thread that owns one database file: the one connection, and every wait for a disk.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from './connection.ts';
import type { OpenRequest, SqlFault, WorkerReply, WorkerRequest } from './messages.ts';

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

function serve(connection: Connection, request: WorkerRequest): WorkerReply {
	const { id } = request;
	switch (request.kind) {
		case 'run':
			return { id, result: connection.run(request.statement) };
		case 'all':
			return { id, result: connection.all(request.statement) };
		case 'batch':
			connection.batch(request.statements);
			return { id, result: null };
		case 'close':
			connection.close();
			return { id, result: null };
	}
}

function main(): void {
	const port = parentPort;
	if (port === null) return;
	const reply = (message: WorkerReply): void => port.postMessage(message);
	const open = workerData as OpenRequest;
	let connection: Connection;
	try {
		createPrivately(open.path);
		connection = new Connection(open);
	} catch (error) {
		reply({ id: 0, fault: faultOf(error) });
		return;
	}
	port.on('message', (request: WorkerRequest) => {
		try {
			reply(serve(connection, request));
		} catch (error) {
			reply({ id: request.id, fault: faultOf(error) });
		}
		// The native connection, and with it the lock on the file, goes when the thread does.
		if (request.kind === 'close') port.close();
	});
	reply({ id: 0, result: null });
}

main();

// Reads the state file into memory, page by page where it may be large.
import type { Database, SqlRow } from '@pilotwire/runtime';
import type { RetainedMessages } from './retained.ts';
import { IncomingId, Session, SubscriptionRecord } from './session.ts';
import {
	forgetOrphans,
	incomingRow,
	messageOfRow,
	messageRow,
	retainedRow,
	sessionRow,
	subscriptionRow,
	waitingRow,
	willRow,
} from './tables.ts';
import { Body, Waiting, waitingBytes } from './waiting.ts';
import type { StoredWills } from './wills.ts';

const rowsPerPage = 1000;

/** Sessions as they were, and the highest numbers in use. */
interface RestoredSessions {
	readonly sessions: Iterable<Session>;
	readonly lastSession: number;
	readonly lastBody: number;
	readonly queuedBytes: number;
}

/** What was retained. */
export async function restoreRetained(database: Database, retained: RetainedMessages): Promise<void> {
	type Row = SqlRow & { topic: Uint8Array };
	for (let after: Uint8Array | undefined; ; ) {
		const where = after === undefined ? '' : ' WHERE topic > ?';
		const sql = `${retainedRow.all}${where} ORDER BY topic LIMIT ${rowsPerPage}`;
		const rows = await database.all<Row>(sql, after === undefined ? [] : [after]);
		for (const row of rows) retained.restore(messageOfRow(row as never, true));
		after = rows.at(-1)?.topic;
		if (rows.length < rowsPerPage) return;
	}
}

/**
 * The sessions with what waits for them. However long the broker was away, or the wall clock is off: their time begins now.
 * `nowMs`: monotonic clock.
 */
export async function restoreSessions(database: Database, nowMs: number): Promise<RestoredSessions> {
	for (const sql of forgetOrphans) await database.run(sql);
	const sessions = new Map<number, Session>();
	for (const row of await database.all<SqlRow & { client: unknown }>(sessionRow.all)) {
		const clientId = sessionRow.clientOf(row);
		const owner = sessionRow.ownerOf(row['owner']);
		const session = new Session(clientId, Number(row['number']), true, Number(row['expiry_s']), owner);
		session.stored = true;
		session.absentSinceMs = nowMs;
		sessions.set(session.number, session);
	}
	for (const row of await database.all(subscriptionRow.all)) {
		const session = sessions.get(Number(row['session']));
		if (session === undefined) continue;
		const record = new SubscriptionRecord(session, subscriptionRow.read(row as never));
		record.stored = true;
		session.subscriptions.set(record.value.filter, record);
	}
	for (const row of await database.all(incomingRow.all)) {
		const session = sessions.get(Number(row['session']));
		if (session === undefined) continue;
		const id = new IncomingId(session.number, Number(row['packet']));
		id.stored = true;
		session.incoming.set(Number(row['packet']), id);
	}
	const bodies = await restoreBodies(database, nowMs);
	await restoreQueues(database, sessions, bodies);
	return {
		sessions: sessions.values(),
		lastSession: Math.max(0, ...sessions.keys()),
		lastBody: [...bodies.keys()].reduce((most, number) => Math.max(most, number), 0),
		queuedBytes: await forgetUnused(database, bodies),
	};
}

/** Wills of clients that were connected, or whose delay ran. */
export async function restoreWills(database: Database, wills: StoredWills): Promise<void> {
	for (const row of await database.all(willRow.all)) {
		const [clientId, will] = willRow.read(row as never);
		if (will !== undefined) wills.restore(clientId, will);
	}
}

async function restoreBodies(database: Database, nowMs: number): Promise<Map<number, Body>> {
	const bodies = new Map<number, Body>();
	for (let after = 0; ; ) {
		const sql = `${messageRow.all} WHERE number > ? ORDER BY number LIMIT ${rowsPerPage}`;
		const rows = await database.all(sql, [after]);
		for (const row of rows) {
			const body = new Body(Number(row['number']), nowMs, messageOfRow(row as never, false));
			body.stored = true;
			bodies.set(body.number, body);
			after = body.number;
		}
		if (rows.length < rowsPerPage) return bodies;
	}
}

async function restoreQueues(
	database: Database,
	sessions: ReadonlyMap<number, Session>,
	bodies: ReadonlyMap<number, Body>,
): Promise<void> {
	for (let page = 0; ; page += 1) {
		const rows = await database.all(`${waitingRow.all} LIMIT ${rowsPerPage} OFFSET ${page * rowsPerPage}`);
		for (const row of rows) {
			const { session: number, position, message, packet, released, ...how } = waitingRow.read(row);
			const session = sessions.get(number);
			const body = bodies.get(message);
			if (session === undefined || body === undefined) continue;
			const item = new Waiting(number, position, body, how);
			// It may have been sent: what was, is not on the disk.
			Object.assign(item, { stored: true, messageId: packet, released, dup: true });
			body.refs += 1;
			session.queue.restore(item);
			session.nextPosition = position + 1;
		}
		if (rows.length < rowsPerPage) return;
	}
}

/** Drops messages that wait for nobody; what the others take up, in bytes. */
async function forgetUnused(database: Database, bodies: Map<number, Body>): Promise<number> {
	let bytes = 0;
	const unused: number[] = [];
	for (const body of bodies.values()) {
		if (body.gone) unused.push(body.number);
		else bytes += body.weight + body.refs * waitingBytes;
	}
	if (unused.length > 0) {
		await database.run('DELETE FROM message WHERE number NOT IN (SELECT message FROM waiting)');
	}
	return bytes;
}

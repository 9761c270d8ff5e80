import { deserialize, serialize } from 'node:v8';
import type { SqlStatement } from '@pilotwire/runtime';
import type { Message, MessageProperties, Subscription, Will } from './message.ts';

/**
 * The schema of the state file, oldest first. Topics, filters and client ids are kept as bytes: SQLite ends a text at its
 * first NUL. A message that waits for many clients is there once.
 */
export const stateMigrations = [
	'CREATE TABLE retained (topic BLOB PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL) STRICT, WITHOUT ROWID',
	`ALTER TABLE retained ADD COLUMN more BLOB;
	CREATE TABLE session (number INTEGER PRIMARY KEY, client BLOB NOT NULL, expiry_s INTEGER NOT NULL, ended INTEGER) STRICT;
	CREATE TABLE subscription (session INTEGER NOT NULL, filter BLOB NOT NULL, options TEXT NOT NULL,
		PRIMARY KEY (session, filter)) STRICT, WITHOUT ROWID;
	CREATE TABLE message (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, topic BLOB NOT NULL, payload BLOB NOT NULL,
		qos INTEGER NOT NULL, more BLOB) STRICT;
	CREATE TABLE waiting (session INTEGER NOT NULL, position INTEGER NOT NULL, message INTEGER NOT NULL,
		qos INTEGER NOT NULL, retain INTEGER NOT NULL, identifiers TEXT, packet INTEGER NOT NULL, released INTEGER NOT NULL,
		PRIMARY KEY (session, position)) STRICT, WITHOUT ROWID;
	CREATE TABLE incoming (session INTEGER NOT NULL, packet INTEGER NOT NULL, PRIMARY KEY (session, packet)) STRICT, WITHOUT ROWID;
	CREATE TABLE will (client BLOB PRIMARY KEY, will BLOB NOT NULL) STRICT, WITHOUT ROWID`,
	`ALTER TABLE session ADD COLUMN owner BLOB;
	ALTER TABLE session DROP COLUMN ended;
	ALTER TABLE message DROP COLUMN at`,
];

/** Empties the file. */
export const emptyTables = ['retained', 'session', 'subscription', 'message', 'waiting', 'incoming', 'will'].map(
	(table) => `DELETE FROM ${table}`,
);

/** Takes out what belongs to sessions that are not there: a session made later may get their number. */
export const forgetOrphans = ['subscription', 'waiting', 'incoming'].map(
	(table) => `DELETE FROM ${table} WHERE session NOT IN (SELECT number FROM session)`,
);

/** What a message has beyond topic, payload and QoS, as it is kept; nothing for most. */
interface More {
	readonly properties?: MessageProperties;
	readonly expiresAt?: number;
	readonly from?: string;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
/** Aedes lets a program publish text. */
const blob = (payload: Buffer | string): Buffer => (typeof payload === 'string' ? bytes(payload) : payload);
const text = (blob: unknown): string => Buffer.from(blob as Uint8Array).toString('utf8');

function moreOf({ properties, expiresAt, from }: Message): Buffer | null {
	if (properties === undefined && expiresAt === undefined && from === undefined) return null;
	const more: Record<string, unknown> = {};
	if (properties !== undefined) more['properties'] = properties;
	if (expiresAt !== undefined) more['expiresAt'] = expiresAt;
	if (from !== undefined) more['from'] = from;
	return serialize(more);
}

/** What `serialize` wrote; nothing where it cannot be read. */
function readBlob<Value>(blob: unknown): Value | undefined {
	if (!(blob instanceof Uint8Array)) return undefined;
	try {
		return deserialize(blob) as Value;
	} catch {
		return undefined;
	}
}

interface MessageRow {
	readonly topic: unknown;
	readonly payload: unknown;
	readonly qos: unknown;
	readonly more: unknown;
}

/** The message of a row. */
export function messageOfRow(row: MessageRow, retain: boolean): Message {
	return {
		topic: text(row.topic),
		payload: Buffer.from(row.payload as Uint8Array),
		qos: row.qos as 0 | 1 | 2,
		retain,
		...readBlob<More>(row.more),
	};
}

export const retainedRow = {
	all: 'SELECT topic, payload, qos, more FROM retained',
	put: (message: Message): SqlStatement => ({
		sql: 'INSERT OR REPLACE INTO retained (topic, payload, qos, more) VALUES (?, ?, ?, ?)',
		params: [bytes(message.topic), blob(message.payload), message.qos, moreOf(message)],
	}),
	remove: (topic: string): SqlStatement => ({ sql: 'DELETE FROM retained WHERE topic = ?', params: [bytes(topic)] }),
};

/** A session, as a row. */
interface SessionRow {
	readonly number: number;
	readonly clientId: string;
	readonly expiryS: number;
	readonly owner: string | undefined;
}

export const sessionRow = {
	all: 'SELECT number, client, expiry_s, owner FROM session',
	clientOf: (row: { client: unknown }): string => text(row.client),
	ownerOf: (owner: unknown): string | undefined => (owner instanceof Uint8Array ? text(owner) : undefined),
	put: (session: SessionRow): SqlStatement => ({
		sql: 'INSERT OR REPLACE INTO session (number, client, expiry_s, owner) VALUES (?, ?, ?, ?)',
		params: [
			session.number,
			bytes(session.clientId),
			session.expiryS,
			session.owner === undefined ? null : bytes(session.owner),
		],
	}),
	remove: (number: number): SqlStatement[] =>
		['session WHERE number', 'subscription WHERE session', 'waiting WHERE session', 'incoming WHERE session'].map(
			(what) => ({ sql: `DELETE FROM ${what} = ?`, params: [number] }),
		),
};

export const subscriptionRow = {
	all: 'SELECT session, filter, options FROM subscription',
	read: (row: { filter: unknown; options: unknown }): Subscription => ({
		...(JSON.parse(String(row.options)) as Omit<Subscription, 'filter'>),
		filter: text(row.filter),
	}),
	put: (session: number, { filter, ...options }: Subscription): SqlStatement => ({
		sql: 'INSERT OR REPLACE INTO subscription (session, filter, options) VALUES (?, ?, ?)',
		params: [session, bytes(filter), JSON.stringify(options)],
	}),
	remove: (session: number, filter: string): SqlStatement => ({
		sql: 'DELETE FROM subscription WHERE session = ? AND filter = ?',
		params: [session, bytes(filter)],
	}),
};

export const messageRow = {
	all: 'SELECT number, topic, payload, qos, more FROM message',
	put: (number: number, message: Message): SqlStatement => ({
		sql: 'INSERT OR REPLACE INTO message (number, topic, payload, qos, more) VALUES (?, ?, ?, ?, ?)',
		params: [number, bytes(message.topic), blob(message.payload), message.qos, moreOf(message)],
	}),
	remove: (number: number): SqlStatement => ({ sql: 'DELETE FROM message WHERE number = ?', params: [number] }),
};

/** A message that waits for a client, as a row. */
export interface WaitingRow {
	readonly session: number;
	readonly position: number;
	readonly message: number;
	readonly qos: 1 | 2;
	readonly retain: boolean;
	readonly identifiers: readonly number[];
	/** Packet identifier, 0 where it has none yet. */
	readonly packet: number;
	readonly released: boolean;
}

export const waitingRow = {
	all: 'SELECT session, position, message, qos, retain, identifiers, packet, released FROM waiting ORDER BY session, position',
	read: (row: Record<string, unknown>): WaitingRow => ({
		session: Number(row['session']),
		position: Number(row['position']),
		message: Number(row['message']),
		qos: row['qos'] as 1 | 2,
		retain: row['retain'] === 1,
		identifiers: row['identifiers'] === null ? [] : (JSON.parse(String(row['identifiers'])) as number[]),
		packet: Number(row['packet']),
		released: row['released'] === 1,
	}),
	put: (row: WaitingRow): SqlStatement => ({
		sql: `INSERT OR REPLACE INTO waiting (session, position, message, qos, retain, identifiers, packet, released)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		params: [
			row.session,
			row.position,
			row.message,
			row.qos,
			row.retain ? 1 : 0,
			row.identifiers.length === 0 ? null : JSON.stringify(row.identifiers),
			row.packet,
			row.released ? 1 : 0,
		],
	}),
	remove: (session: number, position: number): SqlStatement => ({
		sql: 'DELETE FROM waiting WHERE session = ? AND position = ?',
		params: [session, position],
	}),
};

export const incomingRow = {
	all: 'SELECT session, packet FROM incoming',
	put: (session: number, packet: number): SqlStatement => ({
		sql: 'INSERT OR REPLACE INTO incoming (session, packet) VALUES (?, ?)',
		params: [session, packet],
	}),
	remove: (session: number, packet: number): SqlStatement => ({
		sql: 'DELETE FROM incoming WHERE session = ? AND packet = ?',
		params: [session, packet],
	}),
};

export const willRow = {
	all: 'SELECT client, will FROM will',
	read: (row: { client: unknown; will: unknown }): [client: string, will: Will | undefined] => [
		text(row.client),
		readBlob<Will>(row.will),
	],
	put: (client: string, will: Will): SqlStatement => ({
		sql: 'INSERT OR REPLACE INTO will (client, will) VALUES (?, ?)',
		params: [bytes(client), serialize(will)],
	}),
	remove: (client: string): SqlStatement => ({ sql: 'DELETE FROM will WHERE client = ?', params: [bytes(client)] }),
};

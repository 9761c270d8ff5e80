import type { Clock, Logger } from '@pilotwire/runtime';

/** An account that may sign in, its secret already hashed. */
export interface Account {
	readonly name: string;
	/** SHA-256 of the secret; see `hashSecret`. */
	readonly secretHash: Buffer;
}

/** Says whether a client may come in. A rejection refuses it and is logged. */
export type Authenticate = (name: string, password: Buffer) => boolean | Promise<boolean>;

/** What the broker needs from outside. */
export interface BrokerOptions {
	/** Address to listen at; loopback unless given. */
	readonly host?: string;
	/** TCP port; 1883 unless given, 0 takes a free one. */
	readonly port?: number;
	/** WebSocket port; 9001 unless given, 0 takes a free one. */
	readonly wsPort?: number;
	/** Lets in clients that give neither name nor password. Off unless given. */
	readonly anonymous?: boolean;
	readonly accounts?: readonly Account[];
	/** Asked for names that `accounts` doesn't hold. */
	readonly authenticate?: Authenticate;
	/** SQLite file of the retained state; without it nothing survives a restart. */
	readonly stateFile?: string;
	readonly log: Logger;
	readonly clock: Clock;
	/** Bounds that tests make small. */
	readonly limits?: Partial<Limits>;
}

/** What one client, and all of them together, can take. */
export interface Limits {
	/** From the connection to the CONNECT packet, ms. */
	readonly connectTimeoutMs: number;
	/** Connections per listener. */
	readonly connections: number;
	/** Bytes of a packet before sign-in. */
	readonly packetBytesBeforeSignIn: number;
	/** Bytes of a packet after sign-in. */
	readonly packetBytes: number;
	/** Unsent bytes from which on a client gets no more QoS 0 messages until it reads. */
	readonly slowBytes: number;
	/** Unsent bytes at which a client is disconnected. */
	readonly frozenBytes: number;
	/** Retained topics. */
	readonly retainedTopics: number;
	/** Bytes of retained topics and payloads. */
	readonly retainedBytes: number;
	/** Messages that wait for one absent client. */
	readonly queuedMessages: number;
	/** Bytes of payload that wait for one absent client. */
	readonly queuedBytes: number;
	/** Sessions of absent clients. */
	readonly sessions: number;
}

const MiB = 1024 * 1024;

/** Far above what a house needs, far below what harms a Pi. */
export const defaultLimits: Limits = {
	connectTimeoutMs: 10_000,
	connections: 1000,
	packetBytesBeforeSignIn: 64 * 1024,
	packetBytes: 4 * MiB,
	slowBytes: 4 * MiB,
	frozenBytes: 16 * MiB,
	retainedTopics: 50_000,
	retainedBytes: 64 * MiB,
	queuedMessages: 20_000,
	queuedBytes: 16 * MiB,
	sessions: 1000,
};

import type { AuthenticateResult, KnownAccount, Principal, PrincipalRights, Role } from '@pilotwire/accounts';
import type { Clock, Logger } from '@pilotwire/runtime';

/** People, devices and programs whose accounts may change while the broker runs; `Accounts` is one. */
export interface Directory {
	/** Who signs in so. A rejection refuses the client and is logged. `address`: IP address. */
	authenticate(name: string, secret: string, address: string): Promise<AuthenticateResult>;
	/** Tells whose accounts are gone or others now: their connections are closed. */
	onChange(listener: (names: readonly string[]) => void): void;
	close(): Promise<void>;
}

/** What the broker needs from outside. */
export interface BrokerOptions {
	/** Address to listen at; loopback unless given. */
	readonly host?: string;
	/** TCP port; 1883 unless given, 0 takes a free one. */
	readonly port?: number;
	/** WebSocket port; 9001 unless given, 0 takes a free one. */
	readonly wsPort?: number;
	/** Role of clients that give neither name nor password; unless given, they are refused. */
	readonly anonymous?: Role | undefined;
	/** Accounts that hold as long as the broker runs: the house's services, and those of the configuration. */
	readonly accounts?: readonly KnownAccount[];
	/** Opens the directory that is asked for everybody else; it is closed with the broker. */
	readonly openDirectory?: () => Promise<Directory>;
	/** What each may publish and read; unless given, by the rules of the house `home`. */
	readonly rights?: (principal: Principal) => PrincipalRights;
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

import type { AuthenticateResult, KnownAccount, Principal, PrincipalRights, Role } from '@pilotwire/accounts';
import type { Clock, Logger, Metric } from '@pilotwire/runtime';
import type { ChannelBounds } from './channels/bounds.ts';

/** People, devices and programs whose accounts may change while the broker runs; `Accounts` is one. */
export interface Directory {
	/** Who signs in so. A rejection refuses the client and is logged. `address`: IP address. */
	authenticate(name: string, secret: string, address: string): Promise<AuthenticateResult>;
	/** A mark that changes with an account; undefined where there is none of that name. Rejects with `DATABASE_*`. */
	stampOf(name: string): Promise<string | undefined>;
	/** Tells whose accounts are gone or others now: their connections are closed. */
	onChange(listener: (names: readonly string[]) => void): void;
	close(): Promise<void>;
}

/** Listeners over TLS, beside the others. */
export interface TlsOptions {
	/** PEM file of the certificate, with what it is signed by. */
	readonly certFile: string;
	/** PEM file of its private key. */
	readonly keyFile: string;
	/** Port of MQTT over TLS; 0 takes a free one. */
	readonly port: number;
	/** Port of MQTT over secure WebSocket; 0 takes a free one. */
	readonly wsPort: number;
}

/** The cluster that a broker is part of. */
export interface ClusterOptions {
	/** Its Redis: `redis://`, `rediss://`, or the path of a socket. */
	readonly url: string;
	readonly password?: string | undefined;
	/** Name of this node; the machine's unless given. */
	readonly name?: string | undefined;
	/** How long Redis has to answer before its connection is given up, ms; 5,000 unless given. */
	readonly answerMs?: number;
	/** What a home's log keeps for sessions whose clients are away: messages, bytes, and how long, s. */
	readonly bounds: { readonly messages: number; readonly bytes: number; readonly keptForS: number };
}

/** What the broker needs from outside. */
export interface BrokerOptions {
	/** Address to listen at; loopback unless given. */
	readonly host?: string;
	/** TCP port; 1883 unless given, 0 takes a free one. */
	readonly port?: number;
	/** WebSocket port; 9001 unless given, 0 takes a free one. */
	readonly wsPort?: number;
	/** Serves TLS as well. */
	readonly tls?: TlsOptions | undefined;
	/** Addresses of proxies, whose word on where a connection to the plain ports comes from is believed; none unless given. */
	readonly trustProxy?: readonly string[];
	/** Whether there is TLS alone, and no port that anybody can listen in on. */
	readonly onlyTls?: boolean;
	/** Role of clients that give neither name nor password, a guest has channels alone; unless given, they are refused. */
	readonly anonymous?: Role | 'guest' | undefined;
	/** Lets clients join channels, within these bounds; unless given, there are none. */
	readonly channels?: ChannelBounds | undefined;
	/** Accounts that hold as long as the broker runs: the house's services, and those of the configuration. */
	readonly accounts?: readonly KnownAccount[];
	/** Opens the directory that is asked for everybody else; it is closed with the broker. */
	readonly openDirectory?: () => Promise<Directory>;
	/** What each may publish and read; unless given, by the rules of the house `home`. */
	readonly rights?: (principal: Principal) => PrincipalRights;
	/** Makes it one of several brokers that share messages, retained state and sessions; no state file is used then. */
	readonly cluster?: ClusterOptions | undefined;
	/** SQLite file of the retained state; without it nothing survives a restart. */
	readonly stateFile?: string;
	/** Version of the program, for `$SYS`. */
	readonly version?: string;
	/** Between two messages to the `$SYS` topics, s; 10 unless given, 0: never. */
	readonly sysIntervalS?: number;
	/** Takes the figures for Prometheus. */
	readonly measure?: (metrics: readonly Metric[]) => void;
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
	/** Connections of one address; this machine's own are not counted. */
	readonly connectionsPerAddress: number;
	/** New connections of one address in ten seconds; this machine's own are not counted. */
	readonly arrivalsPerAddress: number;
	/** Connections that have not signed in; the oldest of them goes when another comes. */
	readonly strangers: number;
	/** Packets of one connection that are handled before the others have their turn. */
	readonly packetsPerTurn: number;
	/** Longest keep-alive of a version 5 client, s; a longer one, or none, is set to it. */
	readonly keepAliveS: number;
	/** Messages of QoS 1 and 2 that a client may send without being answered (receive maximum). */
	readonly receiveMaximum: number;
	/** Topic aliases that a client may set, and that one is given. */
	readonly topicAliases: number;
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
	/** Bytes that retained messages take up in memory, properties and all. */
	readonly retainedBytes: number;
	/** In a cluster, retained topics of one home; the two above are of all homes then. */
	readonly retainedTopicsOfHome: number;
	/** The same in bytes. */
	readonly retainedBytesOfHome: number;
	/** Messages that wait for one absent client. */
	readonly queuedMessages: number;
	/** Bytes that messages for one absent client take up in memory. */
	readonly queuedBytes: number;
	/** Bytes that wait for all clients with a session together; a message for several counts once, with a bit for each. */
	readonly queuedBytesInAll: number;
	/** How long a message waits for an absent client, s. */
	readonly queuedForS: number;
	/** Subscriptions of one session. */
	readonly subscriptions: number;
	/** Subscriptions of all sessions together. */
	readonly subscriptionsInAll: number;
	/** Sessions that outlive their connections; 0: none does, whatever its client asks for. */
	readonly sessions: number;
	/** How long the session of an absent client is kept, s, also where it asked for more. */
	readonly sessionForS: number;
}

const MiB = 1024 * 1024;

/** Far above what a house needs, far below what harms a Pi. */
export const defaultLimits: Limits = {
	connectTimeoutMs: 10_000,
	connections: 1000,
	connectionsPerAddress: 256,
	arrivalsPerAddress: 300,
	strangers: 256,
	packetsPerTurn: 256,
	keepAliveS: 60,
	receiveMaximum: 1000,
	topicAliases: 32,
	packetBytesBeforeSignIn: 64 * 1024,
	packetBytes: 4 * MiB,
	slowBytes: 4 * MiB,
	frozenBytes: 16 * MiB,
	retainedTopics: 100_000,
	retainedBytes: 64 * MiB,
	retainedTopicsOfHome: 20_000,
	retainedBytesOfHome: 16 * MiB,
	queuedMessages: 20_000,
	queuedBytes: 16 * MiB,
	queuedBytesInAll: 32 * MiB,
	queuedForS: 7 * 86_400,
	subscriptions: 10_000,
	subscriptionsInAll: 100_000,
	sessions: 1000,
	sessionForS: 30 * 86_400,
};

/** What differs at a node of a cluster: it serves many homes. */
export const clusterLimits: Partial<Limits> = {
	connections: 20_000,
	strangers: 2000,
	retainedTopics: 1_000_000,
	retainedBytes: 512 * MiB,
	queuedBytesInAll: 128 * MiB,
	subscriptionsInAll: 1_000_000,
	sessions: 20_000,
};

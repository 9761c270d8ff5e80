import type { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf, openDatabase } from '@pilotwire/runtime';
import type { Client } from 'aedes';
import { Core } from './core.ts';
import { ClientStream } from './edge/client-stream.ts';
import { authenticateError, Gate, topicFault } from './gate.ts';
import { type Address, listen, stopListening, tcpListener, wsListener } from './io/listeners.ts';
import { type BrokerOptions, type Directory, defaultLimits, type Limits } from './options.ts';
import type { Pass } from './pass.ts';
import { RetainedJournal, stateMigrations } from './persistence/journal.ts';
import { BrokerPersistence } from './persistence/persistence.ts';
import { RetainedMessages } from './persistence/retained.ts';

/** Where the broker listens. */
export interface Addresses {
	readonly tcp: Address;
	readonly ws: Address;
}

/** What is known of a connection beyond what the core keeps. */
interface Connection {
	readonly stream: ClientStream;
	/** Address and port of the other end. */
	readonly from: string;
	/** The name it gave, shortened. */
	account: string | null;
	/** Topic of its last will. */
	will: string | undefined;
	/** What it may do, once it has signed in. */
	pass: Pass | undefined;
	/** QoS 0 messages it was too slow for. */
	dropped: number;
	/** Publishes and subscriptions that were refused. */
	refused: number;
}

/** Lines of the log for one connection's refusals; the others are counted. */
const mostRefusalLines = 20;
/** Characters of a name or topic that a client gave, in the log. */
const mostLogged = 200;

/**
 * The embedded MQTT broker: MQTT 3.1 and 3.1.1 over TCP and WebSocket. The constructor does nothing, `start` is called
 * once, `stop` always.
 */
export class Broker {
	readonly #options: BrokerOptions;
	readonly #limits: Limits;
	readonly #gate: Gate;
	readonly #connections = new WeakMap<object, Connection>();
	readonly #live = new Set<Connection>();
	#aedes: Core | undefined;
	#directory: Directory | undefined;
	#journal: RetainedJournal | undefined;
	#servers: Server[] = [];
	#addresses: Addresses | undefined;

	constructor(options: BrokerOptions) {
		this.#options = options;
		this.#limits = { ...defaultLimits, ...options.limits };
		this.#gate = new Gate(options);
	}

	/**
	 * Restores the retained state, opens the directory, then listens. Throws `BROKER_*`, `DATABASE_*` or `LOCK_HELD`; then
	 * all is closed again.
	 */
	async start(): Promise<void> {
		try {
			const retained = await this.#restore();
			this.#aedes = await this.#core(retained);
			await this.#openDirectory();
			this.#addresses = await this.#listen();
		} catch (error) {
			await this.stop();
			throw error;
		}
		const { tcp, ws } = this.#addresses;
		this.#options.log.info({ tcp, ws }, `Broker listens on ${tcp.host}, TCP ${tcp.port}, WebSocket ${ws.port}`);
	}

	/** Disconnects all clients and saves the retained state. */
	async stop(): Promise<void> {
		const closing = this.#servers.map(stopListening);
		const aedes = this.#aedes;
		if (aedes !== undefined) await new Promise<void>((resolve) => aedes.close(() => resolve()));
		for (const server of this.#servers)
			if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
		await Promise.all(closing);
		await this.#journal?.close();
		await this.#directory?.close();
		this.#directory = undefined;
		this.#servers = [];
		this.#aedes = undefined;
		this.#journal = undefined;
		this.#addresses = undefined;
	}

	/** The real addresses, once started. */
	addresses(): Addresses | undefined {
		return this.#addresses;
	}

	async #restore(): Promise<RetainedMessages> {
		const { stateFile, clock, log } = this.#options;
		const retained = new RetainedMessages(this.#limits);
		if (stateFile === undefined) return retained;
		const open = () =>
			openDatabase({
				path: stateFile,
				migrations: stateMigrations,
				synchronous: 'full',
				integrityCheck: true,
				replaceCorrupt: true,
				clock,
				log,
			});
		this.#journal = new RetainedJournal(retained, open, clock, log);
		await this.#journal.load();
		log.info({ topics: retained.size }, `Retained messages restored: ${retained.size}`);
		return retained;
	}

	async #openDirectory(): Promise<void> {
		const directory = await this.#options.openDirectory?.();
		if (directory === undefined) return;
		this.#directory = directory;
		this.#gate.ask(directory);
		directory.onChange((names) => this.#revoke(names));
	}

	/** Closes what people and devices have open whose accounts are gone or others now. */
	#revoke(names: readonly string[]): void {
		for (const { stream, pass, from } of this.#live) {
			if (pass?.revocable !== true || !names.includes(pass.principal.name)) continue;
			pass.revoke();
			this.#options.log.info({ account: pass.principal.name, from }, 'Client disconnected: its account has changed');
			stream.destroy();
		}
	}

	async #core(retained: RetainedMessages): Promise<Core> {
		const { log } = this.#options;
		const persistence = new BrokerPersistence(retained, this.#limits, log, (topic, qos) =>
			this.#journal?.note(topic, qos),
		);
		const aedes = new Core({
			persistence,
			// No bound on messages under way: with one, a slow client would hold up everybody's.
			concurrency: 0,
			connectTimeout: this.#limits.connectTimeoutMs,
			preConnect: (client, packet, done) => {
				const will = packet.will?.topic;
				const fault = will === undefined ? undefined : topicFault(will);
				const connection = this.#connectionOf(client);
				if (connection !== undefined) {
					connection.account = packet.username?.slice(0, mostLogged) ?? null;
					connection.will = will;
				}
				done(fault === undefined ? null : new Error(`last will: ${fault}`), fault === undefined);
			},
			authenticate: (client, name, secret, done) => {
				const connection = this.#connectionOf(client);
				const address = connection?.from.replace(/:\d+$/, '') ?? '';
				const caller = { id: client.id, name, secret, address, will: connection?.will };
				void this.#gate.decide(caller).then((decision) => {
					if (!decision.accepted) return done(authenticateError(decision.returnCode, decision.why), null);
					if (connection !== undefined) connection.pass = decision.pass;
					connection?.stream.signedIn();
					return done(null, true);
				});
			},
			authorizePublish: (client, packet, done) => {
				const fault = topicFault(packet.topic);
				if (fault !== undefined) return done(new Error(`publish: ${fault}`));
				if (!this.#mayPublish(client, packet.topic)) aedes.drop(packet);
				return done(null);
			},
			authorizeSubscribe: (client, subscription, done) => {
				const { topic } = subscription;
				if (this.#connectionOf(client)?.pass?.maySubscribe(topic) === true) return done(null, subscription);
				this.#refuse(client, { filter: topic.slice(0, mostLogged) }, 'Subscription refused');
				return done(null, null);
			},
			authorizeForward: (client, packet) => {
				if (packet.qos === 0 && this.#isSlow(client)) return null;
				return this.#connectionOf(client)?.pass?.mayRead(packet.topic) === true ? packet : null;
			},
		});
		this.#report(aedes);
		await aedes.listen();
		return aedes;
	}

	async #listen(): Promise<Addresses> {
		const { host = '127.0.0.1', port = 1883, wsPort = 9001, log } = this.#options;
		const onConnection = (conn: Duplex, from: string): void => this.#accept(conn, from);
		const tcp = tcpListener(onConnection, this.#limits);
		const ws = wsListener(onConnection, this.#limits);
		this.#servers = [tcp, ws];
		const addresses = { tcp: await listen(tcp, host, port, 'port'), ws: await listen(ws, host, wsPort, 'wsPort') };
		for (const server of this.#servers) {
			server.on('error', (error) => log.error({ err: error }, `Broker listener: ${messageOf(error)}`));
		}
		return addresses;
	}

	#accept(conn: Duplex, from: string): void {
		const aedes = this.#aedes;
		if (aedes === undefined || aedes.closed) {
			conn.destroy();
			return;
		}
		const stream = new ClientStream(conn, this.#limits);
		const unknown = { account: null, will: undefined, pass: undefined };
		const connection: Connection = { stream, from, ...unknown, dropped: 0, refused: 0 };
		this.#connections.set(stream, connection);
		this.#live.add(connection);
		stream.once('close', () => this.#live.delete(connection));
		aedes.handle(stream);
	}

	#connectionOf(client: Client): Connection | undefined {
		return this.#connections.get(client.conn);
	}

	/** A client as people read it: its account and where it comes from. */
	#who(client: Client): string {
		const { account = undefined, from = 'somewhere' } = this.#connectionOf(client) ?? {};
		return account === undefined || account === null ? `A client from ${from}` : `${account} from ${from}`;
	}

	#facts(client: Client): object {
		const connection = this.#connectionOf(client);
		return { client: client.id, account: connection?.account ?? null, from: connection?.from };
	}

	/** For messages and wills; without a client (a will left by another broker) nobody answers for it. */
	#mayPublish(client: Client | null, topic: string): boolean {
		const connection = client === null ? undefined : this.#connectionOf(client);
		if (connection?.pass?.mayPublish(topic) === true) return true;
		if (client !== null) this.#refuse(client, { topic: topic.slice(0, mostLogged) }, 'Publish refused');
		return false;
	}

	/** An audit line for what somebody tried that they may not. */
	#refuse(client: Client, facts: object, what: string): void {
		const connection = this.#connectionOf(client);
		if (connection === undefined) return;
		connection.refused += 1;
		if (connection.refused > mostRefusalLines) return;
		const last = connection.refused === mostRefusalLines ? ' (more of this connection are only counted)' : '';
		const { principal } = connection.pass ?? {};
		this.#options.log.warn({ ...this.#facts(client), ...facts, principal }, `${what}${last}`);
	}

	#isSlow(client: Client): boolean {
		const connection = this.#connectionOf(client);
		if (connection === undefined || connection.stream.backlogBytes < this.#limits.slowBytes) return false;
		if (connection.dropped === 0)
			this.#options.log.warn(this.#facts(client), `${this.#who(client)} is slow: it misses QoS 0 messages`);
		connection.dropped += 1;
		return true;
	}

	/** The audit lines, and a listener for every error the core can report. */
	#report(aedes: Core): void {
		const { log } = this.#options;
		// Not in its types: what its store or its timers report.
		(aedes as EventEmitter).on('error', (error) => log.error({ err: error }, `Broker: ${messageOf(error)}`));
		aedes.on('client', (client) => log.info(this.#facts(client), `${this.#who(client)} signed in`));
		aedes.on('clientDisconnect', (client) => {
			const { dropped = 0, refused = 0 } = this.#connectionOf(client) ?? {};
			log.info({ ...this.#facts(client), dropped, refused }, `${this.#who(client)} is gone`);
		});
		aedes.on('clientError', (client, error) =>
			log.warn(this.#facts(client), `${this.#who(client)} was disconnected: ${messageOf(error)}`),
		);
		aedes.on('connectionError', (client, error) =>
			log.warn(this.#facts(client), `${this.#who(client)} was refused: ${messageOf(error)}`),
		);
	}
}

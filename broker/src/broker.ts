import type { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf, openDatabase } from '@pilotwire/runtime';
import { Aedes, type Client } from 'aedes';
import { ClientStream } from './edge/client-stream.ts';
import { authenticateError, Gate, maySubscribe, topicFault } from './gate.ts';
import { type Address, listen, stopListening, tcpListener, wsListener } from './io/listeners.ts';
import { type BrokerOptions, defaultLimits, type Limits } from './options.ts';
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
	account: string | null;
	/** QoS 0 messages it was too slow for. */
	dropped: number;
}

/**
 * The embedded MQTT broker: MQTT 3.1 and 3.1.1 over TCP and WebSocket. The constructor does nothing, `start` is called
 * once, `stop` always.
 */
export class Broker {
	readonly #options: BrokerOptions;
	readonly #limits: Limits;
	readonly #gate: Gate;
	readonly #connections = new WeakMap<object, Connection>();
	#aedes: Aedes | undefined;
	#journal: RetainedJournal | undefined;
	#servers: Server[] = [];
	#addresses: Addresses | undefined;

	constructor(options: BrokerOptions) {
		this.#options = options;
		this.#limits = { ...defaultLimits, ...options.limits };
		this.#gate = new Gate(options, options.log);
	}

	/** Restores the retained state, then listens. Throws `BROKER_*`, `DATABASE_*` or `LOCK_HELD`; then all is closed again. */
	async start(): Promise<void> {
		try {
			const retained = await this.#restore();
			this.#aedes = await this.#core(retained);
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

	async #core(retained: RetainedMessages): Promise<Aedes> {
		const { log } = this.#options;
		const persistence = new BrokerPersistence(retained, this.#limits, log, (topic, qos) =>
			this.#journal?.note(topic, qos),
		);
		const aedes = new Aedes({
			persistence,
			// No bound on messages under way: with one, a slow client would hold up everybody's.
			concurrency: 0,
			connectTimeout: this.#limits.connectTimeoutMs,
			preConnect: (client, packet, done) => {
				const fault = packet.will === undefined ? undefined : topicFault(packet.will.topic);
				const connection = this.#connectionOf(client);
				if (connection !== undefined) connection.account = packet.username ?? null;
				done(fault === undefined ? null : new Error(`last will: ${fault}`), fault === undefined);
			},
			authenticate: (client, name, secret, done) => {
				void this.#gate.decide(name, secret).then((decision) => {
					if (!decision.accepted) return done(authenticateError(decision.returnCode, decision.why), null);
					this.#connectionOf(client)?.stream.signedIn();
					return done(null, true);
				});
			},
			authorizePublish: (_client, packet, done) => {
				const fault = topicFault(packet.topic);
				done(fault === undefined ? null : new Error(`publish: ${fault}`));
			},
			authorizeSubscribe: (client, subscription, done) => {
				if (maySubscribe(subscription.topic)) return done(null, subscription);
				log.warn({ ...this.#facts(client), filter: subscription.topic }, 'Subscription refused');
				return done(null, null);
			},
			authorizeForward: (client, packet) => (packet.qos === 0 && this.#isSlow(client) ? null : packet),
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
		this.#connections.set(stream, { stream, from, account: null, dropped: 0 });
		aedes.handle(stream);
	}

	#connectionOf(client: Client): Connection | undefined {
		return this.#connections.get(client.conn);
	}

	#facts(client: Client): object {
		const connection = this.#connectionOf(client);
		return { client: client.id, account: connection?.account ?? null, from: connection?.from };
	}

	#isSlow(client: Client): boolean {
		const connection = this.#connectionOf(client);
		if (connection === undefined || connection.stream.backlogBytes < this.#limits.slowBytes) return false;
		if (connection.dropped === 0)
			this.#options.log.warn(this.#facts(client), 'Client is slow: it misses QoS 0 messages');
		connection.dropped += 1;
		return true;
	}

	/** The audit lines, and a listener for every error the core can report. */
	#report(aedes: Aedes): void {
		const { log } = this.#options;
		// Not in its types: what its store or its timers report.
		(aedes as EventEmitter).on('error', (error) => log.error({ err: error }, `Broker: ${messageOf(error)}`));
		aedes.on('client', (client) => log.info(this.#facts(client), 'Client signed in'));
		aedes.on('clientDisconnect', (client) => {
			log.info({ ...this.#facts(client), dropped: this.#connectionOf(client)?.dropped ?? 0 }, 'Client gone');
		});
		aedes.on('clientError', (client, error) =>
			log.warn(this.#facts(client), `Client disconnected: ${messageOf(error)}`),
		);
		aedes.on('connectionError', (client, error) =>
			log.warn(this.#facts(client), `Client refused: ${messageOf(error)}`),
		);
	}
}

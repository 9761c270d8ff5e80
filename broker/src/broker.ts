import { Channels } from './channels/channels.ts';
import type { Cluster } from './cluster/cluster.ts';
import { type OpenDelivery, openDelivery, type Router } from './delivery/index.ts';
import { Edge } from './edge/edge.ts';
import { Traffic } from './edge/traffic.ts';
import { type Figures, figuresOf } from './figures.ts';
import { Gate } from './gate.ts';
import { type Addresses, Listening } from './listening.ts';
import { brokerMetrics } from './metrics.ts';
import { type BrokerOptions, clusterLimits, type Directory, defaultLimits, type Limits } from './options.ts';
import { SysTopics } from './sys-topics.ts';

/**
 * The embedded MQTT broker: MQTT 3.1, 3.1.1 and 5 over TCP, TLS, WebSocket and secure WebSocket. The constructor does
 * nothing, `start` is called once, `stop` always.
 */
export class Broker {
	readonly #options: BrokerOptions;
	readonly #limits: Limits;
	readonly #gate: Gate;
	readonly #listening = new Listening();
	#cluster: Cluster | undefined;
	#delivery: OpenDelivery | undefined;
	#edge: Edge | undefined;
	#sysTopics: SysTopics | undefined;
	#directory: Directory | undefined;
	#addresses: Addresses | undefined;

	constructor(options: BrokerOptions) {
		this.#options = options;
		const ofCluster = options.cluster === undefined ? {} : clusterLimits;
		this.#limits = { ...defaultLimits, ...ofCluster, ...options.limits };
		this.#gate = new Gate(options);
	}

	/**
	 * Restores what was kept, opens the directory, then listens. Throws `BROKER_*`, `DATABASE_*` or `LOCK_HELD`; then all
	 * is closed again.
	 */
	async start(): Promise<void> {
		const { log, clock, stateFile } = this.#options;
		const limits = this.#limits;
		try {
			const cluster = await this.#openCluster();
			this.#delivery = await openDelivery({ limits, clock, log, stateFile, cluster });
			const { router } = this.#delivery;
			await this.#openDirectory();
			const traffic = new Traffic();
			const bounds = this.#options.channels;
			const channels = bounds === undefined ? undefined : new Channels(bounds, router, clock);
			const edge = new Edge({ gate: this.#gate, router, channels, claims: cluster, limits, traffic, log, clock });
			this.#edge = edge;
			cluster?.serve(edge);
			await edge.recallWills();
			this.#tell(router, () => figuresOf({ edge, router, traffic, channels, cluster }));
			this.#addresses = await this.#listening.start(this.#options, limits, (conn, origin) => edge.accept(conn, origin));
		} catch (error) {
			await this.stop();
			throw error;
		}
		const names = { tcp: 'TCP', ws: 'WebSocket', tls: 'TLS', wss: 'secure WebSocket' } as const;
		const ports = Object.entries(this.#addresses).map(
			([name, { port }]) => `${names[name as keyof Addresses]} ${port}`,
		);
		log.info(this.#addresses, `Broker listens on ${this.#options.host ?? '127.0.0.1'}, ${ports.join(', ')}`);
	}

	/** Disconnects all clients and saves what is kept. */
	async stop(): Promise<void> {
		this.#sysTopics?.stop();
		this.#edge?.close();
		await this.#listening.stop();
		await this.#delivery?.close();
		await this.#cluster?.close();
		await this.#directory?.close();
		this.#edge = undefined;
		this.#delivery = undefined;
		this.#cluster = undefined;
		this.#directory = undefined;
		this.#addresses = undefined;
	}

	/** The real addresses, once started. */
	addresses(): Addresses | undefined {
		return this.#addresses;
	}

	/** What the broker says of itself. */
	#tell(router: Router, figures: () => Figures): void {
		const { version = 'unknown', sysIntervalS: intervalS = 10, clock, measure } = this.#options;
		const publish = (topic: string, text: string): void => {
			router.publish({ topic, payload: Buffer.from(text), qos: 0, retain: true });
		};
		this.#sysTopics = new SysTopics({ version, intervalS, clock, figures, publish });
		this.#sysTopics.start();
		measure?.(brokerMetrics(figures));
	}

	/** What a cluster needs is loaded where there is one alone. */
	async #openCluster(): Promise<Cluster | undefined> {
		const { cluster, version = 'unknown', clock, log } = this.#options;
		if (cluster === undefined) return undefined;
		const { Cluster } = await import('./cluster/cluster.ts');
		this.#cluster = await Cluster.open({ cluster, limits: this.#limits, version, clock, log });
		return this.#cluster;
	}

	async #openDirectory(): Promise<void> {
		const directory = await this.#options.openDirectory?.();
		if (directory === undefined) return;
		this.#directory = directory;
		this.#gate.ask(directory);
		directory.onChange((names) => this.#edge?.revoke(names));
	}
}

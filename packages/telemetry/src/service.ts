import { topics } from '@pilotwire/contract';
import { type Bus, instantOf, type Service, type ServiceContext, serveRpc } from '@pilotwire/runtime';
import { historyFile, type TelemetryConfig } from './config.ts';
import { recordedTopics } from './core/points.ts';
import { SampleGaps } from './core/sample-gaps.ts';
import type { HistoryStore } from './core/store.ts';
import { StoreWriter } from './core/store-writer.ts';
import { Thinning } from './core/thinning.ts';
import { InfluxdbStore } from './io/influxdb-store.ts';
import { SqliteStore } from './io/sqlite-store.ts';
import { historyMethods } from './methods.ts';

/** How often `telemetry/state` is published. Milliseconds. */
const STATE_MS = 10_000;

/**
 * Every figure on the bus into the history, in each store that is configured; questions are answered from the first.
 * Its bus should keep its session at the broker, so that events and samples wait there while it is away.
 */
export class Telemetry implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: TelemetryConfig;
	readonly #thinning = new Thinning();
	readonly #gaps = new SampleGaps();
	#writers: StoreWriter[] = [];

	constructor(context: ServiceContext, bus: Bus, config: TelemetryConfig) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
	}

	async start(): Promise<void> {
		const { clock, log } = this.#context;
		const stores = this.#stores();
		for (const store of stores) {
			const writer = new StoreWriter(store, clock, log);
			this.#writers.push(writer);
			await writer.start();
		}
		for (const { topic, points } of recordedTopics) {
			this.#bus.on(topic, {}, (payload, parameters) => this.#add(points(payload, parameters, clock.wallMs())));
		}
		this.#bus.on(topics.loadLog, {}, ({ first, samples }, { meter }) => this.#number(meter, first, samples.length));
		const [first] = stores;
		if (first !== undefined) serveRpc(this.#bus, historyMethods(first));
		clock.every(STATE_MS, () => this.#publishState());
		this.#bus.start();
		this.#publishState();
	}

	/** The bus first: what it acknowledged until its end is written, and nothing comes after. */
	async stop(): Promise<void> {
		await this.#bus.stop();
		await Promise.all(this.#writers.map((writer) => writer.stop()));
		this.#writers = [];
	}

	#stores(): HistoryStore[] {
		const { history } = this.#config;
		const { clock, log } = this.#context;
		const stores: HistoryStore[] = [];
		if (history.sqlite.enabled) stores.push(new SqliteStore(historyFile(this.#config), log, clock));
		if (history.influxdb !== undefined) stores.push(new InfluxdbStore(history.influxdb, clock));
		return stores;
	}

	#add(recorded: Parameters<Thinning['pass']>[0]): void {
		const points = this.#thinning.pass(recorded);
		for (const writer of this.#writers) writer.add(points);
	}

	#number(meter: string, first: number, samples: number): void {
		const missed = this.#gaps.hear(meter, first, samples);
		if (missed > 0) this.#context.log.warn({ meter, missed }, `${missed} load samples of meter ${meter} never arrived`);
	}

	#publishState(): void {
		const state = {
			at: instantOf(this.#context.clock.wallMs()),
			stores: this.#writers.map((writer) => writer.state),
			missedSamples: this.#gaps.missed,
			refused: this.#thinning.refused,
		};
		this.#bus.publish(topics.telemetry, {}, state);
	}
}

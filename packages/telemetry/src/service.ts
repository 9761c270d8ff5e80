import { topics } from '@pilotwire/contract';
import { type Bus, instantOf, type Service, type ServiceContext, serveRpc } from '@pilotwire/runtime';
import { BlackBox } from './black-box/black-box.ts';
import { blackBoxPath, historyFile, type TelemetryConfig } from './config.ts';
import { recordedTopics } from './core/points.ts';
import { SampleGaps } from './core/sample-gaps.ts';
import type { HistoryStore } from './core/store.ts';
import { StoreWriter } from './core/store-writer.ts';
import { Thinning } from './core/thinning.ts';
import { bootId } from './io/boot-id.ts';
import { type BoxFolder, DiskBoxFolder } from './io/box-folder.ts';
import { InfluxdbStore } from './io/influxdb-store.ts';
import { SqliteStore } from './io/sqlite-store.ts';
import { blackBoxMethods, historyMethods } from './methods.ts';

/** How often `telemetry/state` is published. Milliseconds. */
const STATE_MS = 10_000;

/** What the black box reaches through. */
interface Outside {
	/** Says which life of the machine this is; undefined where the system doesn't. */
	boot(): Promise<string | undefined>;
	boxFolder(path: string): BoxFolder;
}

const machine: Outside = { boot: bootId, boxFolder: (path) => new DiskBoxFolder(path) };

/**
 * Every figure on the bus into the history, in each store that is configured; questions are answered from the first. The
 * last hour is kept in full besides: the black box.
 * Its bus should keep its session at the broker, so that events and samples wait there while it is away.
 */
export class Telemetry implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: TelemetryConfig;
	readonly #outside: Outside;
	readonly #thinning = new Thinning();
	readonly #gaps = new SampleGaps();
	#writers: StoreWriter[] = [];
	#blackBox: BlackBox | undefined;

	/** @param outside the machine and its disk unless given */
	constructor(context: ServiceContext, bus: Bus, config: TelemetryConfig, outside = machine) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#outside = outside;
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
		this.#blackBox = await this.#openBlackBox();
		const [first] = stores;
		serveRpc(this.#bus, {
			...(first === undefined ? {} : historyMethods(first)),
			...(this.#blackBox === undefined ? {} : blackBoxMethods(this.#blackBox)),
		});
		clock.every(STATE_MS, () => this.#publishState());
		this.#bus.start();
		this.#publishState();
	}

	/** The bus first: what it acknowledged until its end is written, and nothing comes after. */
	async stop(): Promise<void> {
		await this.#bus.stop();
		await Promise.all([this.#blackBox?.stop(), ...this.#writers.map((writer) => writer.stop())]);
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

	async #openBlackBox(): Promise<BlackBox | undefined> {
		const { enabled, minutes, maxMB, saves } = this.#config.blackBox;
		if (!enabled) return undefined;
		const { clock, log } = this.#context;
		const folder = this.#outside.boxFolder(blackBoxPath(this.#config));
		const bounds = { minutes, mostBytes: maxMB * 1_000_000, saves };
		const blackBox = new BlackBox({ folder, clock, log, boot: await this.#outside.boot(), ...bounds });
		await blackBox.start(this.#bus);
		return blackBox;
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
			...(this.#blackBox === undefined ? {} : { blackBox: this.#blackBox.state }),
		};
		this.#bus.publish(topics.telemetry, {}, state);
	}
}

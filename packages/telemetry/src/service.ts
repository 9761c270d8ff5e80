import { topics } from '@pilotwire/contract';
import { type Arrival, type Bus, instantOf, type Service, type ServiceContext } from '@pilotwire/runtime';
import { Answers } from './answers.ts';
import { BlackBox } from './black-box/black-box.ts';
import { blackBoxPath, type TelemetryConfig } from './config.ts';
import { DerivedPoints } from './core/derived.ts';
import { recordedTopics } from './core/points.ts';
import { SampleGaps } from './core/sample-gaps.ts';
import { Thinning } from './core/thinning.ts';
import { historyMetrics } from './history-metrics.ts';
import { bootId } from './io/boot-id.ts';
import { type BoxFolder, DiskBoxFolder } from './io/box-folder.ts';
import { blackBoxMethods } from './methods.ts';
import { Pipeline } from './pipeline.ts';

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
	#pipeline: Pipeline | undefined;
	#blackBox: BlackBox | undefined;
	#answers: Answers | undefined;
	readonly #derived = new DerivedPoints();

	/** @param outside the machine and its disk unless given */
	constructor(context: ServiceContext, bus: Bus, config: TelemetryConfig, outside = machine) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#outside = outside;
	}

	async start(): Promise<void> {
		const { clock, log } = this.#context;
		const pipeline = new Pipeline(this.#config, clock, log);
		this.#pipeline = pipeline;
		await pipeline.start();
		for (const { topic, points } of recordedTopics) {
			this.#bus.on(topic, {}, (payload, parameters, { hold }) =>
				this.#add(points(payload, parameters, clock.wallMs()), hold),
			);
		}
		this.#bus.on(topics.loadLog, {}, ({ first, samples }, { meter }) => this.#number(meter, first, samples.length));
		this.#blackBox = await this.#openBlackBox();
		this.#answers = new Answers(this.#context, pipeline, this.#config);
		const box = this.#blackBox;
		await this.#answers.start(this.#bus, box === undefined ? {} : blackBoxMethods(box, this.#config.storyteller));
		this.#hearDerived();
		this.#context.measure(historyMetrics(() => pipeline.state));
		clock.every(STATE_MS, () => this.#publishState());
		this.#bus.start();
		this.#publishState();
	}

	/** What came is on the disk, and acknowledged, before the bus goes; what came meanwhile is written too. */
	async stop(): Promise<void> {
		await this.#answers?.stop();
		await this.#pipeline?.commit();
		await this.#bus.stop();
		await Promise.all([this.#blackBox?.stop(), this.#pipeline?.stop()]);
		this.#pipeline = undefined;
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

	/** What follows from several messages together. */
	#hearDerived(): void {
		const derived = this.#derived;
		this.#bus.on(topics.reading, {}, (reading, { meter }) => derived.reading(meter, reading));
		this.#bus.on(topics.tariff, {}, (state, _, { hold }) => this.#add(derived.tariff(state), hold));
		this.#bus.on(topics.shedder, {}, (state, _, { hold }) => this.#add(derived.shedder(state), hold));
	}

	#add(recorded: Parameters<Thinning['pass']>[0], hold: Arrival['hold']): void {
		const points = this.#thinning.pass(recorded);
		if (points.length > 0) this.#pipeline?.add(points, hold?.());
	}

	#number(meter: string, first: number, samples: number): void {
		const missed = this.#gaps.hear(meter, first, samples);
		if (missed > 0) this.#context.log.warn({ meter, missed }, `${missed} load samples of meter ${meter} never arrived`);
	}

	#publishState(): void {
		const state = {
			at: instantOf(this.#context.clock.wallMs()),
			...(this.#pipeline?.state ?? { stores: [] }),
			missedSamples: this.#gaps.missed,
			refused: this.#thinning.refused,
			...(this.#blackBox === undefined ? {} : { blackBox: this.#blackBox.state }),
		};
		this.#bus.publish(topics.telemetry, {}, state);
	}
}

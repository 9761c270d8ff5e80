import { type ReadingState, topics } from '@pilotwire/contract';
import { type Bus, instantOf, type JsonFile, messageOf, type ServiceContext, type Timer } from '@pilotwire/runtime';
import { TicDecoder, type TicEvent, type TicGroup } from '@pilotwire/teleinfo';
import { type MeterSettings, ownLimitVA } from './config.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { identityOf, newSecret } from './identity.ts';
import type { Line } from './line.ts';
import { LineKeeper } from './line-keeper.ts';
import { LinkMonitor } from './link-monitor.ts';
import { LinkReporter } from './link-reporter.ts';
import { LoadReporter } from './load/load-reporter.ts';
import { LoadTracker, type PhaseLoad, type Taken } from './load/load-tracker.ts';
import { readMemory } from './memory.ts';
import { Outbox, type OutboxDisk } from './outbox/outbox.ts';
import { RawLine } from './raw-line.ts';
import { ReadingKeeper } from './reading.ts';
import { ReadingReporter } from './reading-reporter.ts';
import { type Fall, Registers } from './registers.ts';
import { BAUD, SpeedSearch } from './speed-search.ts';

/** How often the samples and the state of the link are published. Milliseconds. */
const LOG_MS = 10_000;
/** How often the line's bytes are published: what a power cut takes from the black box. Milliseconds. */
const RAW_MS = 2_000;
/** How often it is looked whether the line fell silent. Milliseconds. */
const LOOK_MS = 1_000;
const SUMMARY_MS = 60_000;

/** What a channel reaches the outside through. */
export interface ChannelParts {
	readonly line: Line;
	/** What is remembered of the meter. */
	readonly file: JsonFile;
	/** Where samples wait while the broker is away for long. */
	readonly disk: OutboxDisk;
	/** Hears each reading that is published. */
	readonly onReading?: (reading: ReadingState) => void;
}

/** What metrics say of a meter's line. */
export interface ChannelFigures {
	readonly connected: boolean;
	/** Since the service started. */
	readonly groupsGood: number;
	readonly groupsBad: number;
	readonly samplesLost: number;
	/** Empty while nothing fresh is known. */
	readonly loads: readonly Pick<PhaseLoad, 'phase' | 'apparentPowerVA'>[];
}

/** One meter: its line, and what it says on the bus. */
export class MeterChannel {
	readonly id: string;
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #settings: MeterSettings;
	readonly #line: Line;
	readonly #file: JsonFile;
	readonly #decoder: TicDecoder;
	readonly #recorder = new FrameRecorder();
	readonly #reading: ReadingReporter;
	readonly #outbox: Outbox;
	readonly #load: LoadReporter;
	#secret = newSecret();
	readonly #raw: RawLine;
	readonly #monitor: LinkMonitor;
	readonly #speeds: readonly number[];
	#search: SpeedSearch;
	#keeper: LineKeeper | undefined;
	#tracker: LoadTracker;
	readonly #timers: Timer[] = [];
	#remembered = '';
	/** Settles once what is remembered is written, or could not be. */
	#writing: Promise<void> = Promise.resolve();
	readonly #link: LinkReporter;

	constructor(context: ServiceContext, bus: Bus, settings: MeterSettings, parts: ChannelParts) {
		const { line, file, disk, onReading = () => undefined } = parts;
		this.id = settings.id;
		this.#context = context;
		this.#bus = bus;
		this.#settings = settings;
		this.#line = line;
		this.#file = file;
		const spoken = { meter: settings.id, bus, clock: context.clock };
		const registers = new Registers((fall) => this.#reportFall(fall));
		const keeper = new ReadingKeeper(registers, (address) => identityOf(address, this.#secret));
		this.#reading = new ReadingReporter({ ...spoken, keeper, onReading });
		this.#outbox = new Outbox(disk, context.log, (log, taken) =>
			bus.publish(topics.loadLog, { meter: settings.id }, log, taken),
		);
		bus.onConnection((connected) => {
			if (!connected) this.#outbox.lost();
		});
		this.#load = new LoadReporter({ ...spoken, outbox: this.#outbox });
		this.#raw = new RawLine(bus, context.clock, settings.id);
		const { mode } = settings;
		this.#speeds = !line.hasSpeed ? [] : mode === 'auto' ? [BAUD.historic, BAUD.standard] : [BAUD[mode]];
		this.#search = new SpeedSearch(this.#speeds, undefined);
		this.#decoder = new TicDecoder({ mode, onEvent: (event) => this.#take(event) });
		this.#tracker = new LoadTracker({ nominalV: settings.nominalV, limitVA: ownLimitVA(settings) });
		this.#monitor = new LinkMonitor(settings.silenceS * 1_000, context.clock.monotonicMs());
		this.#link = new LinkReporter(context, bus, settings, this.#monitor, () => ({
			name: line.name,
			speeds: this.#speeds,
			connected: this.#keeper?.connected ?? false,
			problem: this.#keeper?.problem,
			mode: this.#decoder.mode ?? 'unknown',
			baud: line.hasSpeed ? this.#search.baud : undefined,
			samplesLost: this.#outbox.samplesLost,
		}));
	}

	/** Begins to read. Rejects where another reader has the port. */
	async start(): Promise<void> {
		const { clock } = this.#context;
		const remembered = readMemory(await this.#file.read());
		this.#remembered = JSON.stringify(remembered);
		this.#secret = remembered.secret ?? this.#secret;
		this.#search = new SpeedSearch(this.#speeds, remembered.baud);
		const { nominalV } = this.#settings;
		this.#tracker = new LoadTracker({ nominalV, limitVA: ownLimitVA(this.#settings) }, remembered.subscription);
		this.#keeper = new LineKeeper(this.#context, this.#line, this.#search, {
			bytes: (chunk) => this.#receive(chunk),
			afresh: () => this.#beginAfresh(),
			changed: () => this.#link.publish(false),
		});
		await this.#keeper.start();
		this.#timers.push(
			clock.every(LOG_MS, () => this.#tenSeconds()),
			clock.every(RAW_MS, () => this.#raw.publish()),
			clock.every(LOOK_MS, () => this.#look()),
			clock.every(SUMMARY_MS, () => this.#link.summarise()),
		);
		this.#link.publish(true);
	}

	/** Publishes what is left, and frees the port. */
	async stop(): Promise<void> {
		for (const timer of this.#timers) timer.cancel();
		this.#load.publishLog();
		this.#raw.publish();
		await this.#keeper?.stop();
		await this.#writing;
	}

	/** Keeps what the broker has not acknowledged, once the bus has stopped. */
	async keep(): Promise<void> {
		await this.#outbox.close();
	}

	/** How the line does, for metrics. */
	get figures(): ChannelFigures {
		return {
			connected: this.#keeper?.connected ?? false,
			groupsGood: this.#monitor.groupsGood,
			groupsBad: this.#monitor.groupsBad,
			samplesLost: this.#outbox.samplesLost,
			loads: this.#tracker.snapshot(this.#context.clock.monotonicMs(), this.#settings.silenceS * 1_000) ?? [],
		};
	}

	/** The text of the last frame, as it stood on the line. */
	lastFrame(identifiers: boolean): string | undefined {
		return this.#recorder.text(identifiers);
	}

	#receive(chunk: Uint8Array): void {
		this.#monitor.bytes(chunk.length);
		this.#decoder.push(chunk);
		this.#recorder.push(chunk);
		this.#raw.push(chunk);
	}

	/** What follows does not continue what came: to all that hold a part of a frame it is broken off. */
	#beginAfresh(): void {
		this.#decoder.reset();
		this.#take({ type: 'interruption' });
	}

	#take(event: TicEvent): void {
		const nowMs = this.#context.clock.monotonicMs();
		const taken = this.#tracker.take(event, nowMs);
		if (taken.publish) this.#reportLoad(taken, nowMs);
		this.#doubt(taken);
		switch (event.type) {
			case 'group':
				this.#takeGroup(event.group, nowMs);
				break;
			case 'error':
				this.#takeError(event);
				break;
			case 'frame':
				this.#monitor.frame(nowMs);
				this.#reading.end(event, nowMs);
				this.#remember();
				break;
			case 'interruption':
				this.#reading.end(undefined, nowMs);
				break;
			case 'mode':
				this.#context.log.info({ meter: this.id }, `meter ${this.id} speaks ${event.mode} mode`);
				this.#reading.forget();
				this.#link.publish(false);
		}
	}

	#reportLoad({ figures }: Taken, nowMs: number): void {
		const { clock } = this.#context;
		const phases = this.#tracker.snapshot(nowMs, this.#settings.silenceS * 1_000);
		this.#load.report(phases, figures, instantOf(clock.wallMs() - (clock.monotonicMs() - nowMs)));
	}

	#takeGroup(group: TicGroup, nowMs: number): void {
		this.#monitor.group(nowMs);
		this.#reading.group(group, nowMs);
		if (this.#search.rightGroup(nowMs)) this.#remember();
	}

	#takeError({ code, expected, received }: Extract<TicEvent, { type: 'error' }>): void {
		// At a speed that is only tried, noise is what is to be expected.
		if (this.#speeds.length === 0 || this.#search.settled) this.#monitor.refused(code);
		this.#context.log.debug({ meter: this.id, code }, `expected ${expected}, got ${received}`);
	}

	#doubt({ implausible }: Taken): void {
		this.#monitor.implausible += implausible.length;
		for (const { label, expected, received } of implausible) {
			this.#reading.refuse(label);
			this.#context.log.warn({ meter: this.id }, `${label} is not believed: expected ${expected}, got ${received}`);
		}
	}

	#reportFall({ label, from, to }: Fall): void {
		const what = `register ${label} of meter ${this.id} fell from ${from} to ${to}: ${from} is kept`;
		this.#context.log.warn({ meter: this.id }, `${what}. If the meter was set back, restart the meter-reader.`);
	}

	#look(): void {
		const nowMs = this.#context.clock.monotonicMs();
		// A second without a group is longer than any gap within a frame: its end was lost.
		if (this.#reading.isUnderWay && this.#monitor.quietMs(nowMs) > LOOK_MS) this.#reading.end(undefined, nowMs);
		if (this.#bus.connected) this.#outbox.drain();
		this.#link.publish(false);
	}

	#tenSeconds(): void {
		this.#load.publishLog();
		this.#link.publish(true);
	}

	/** Writes down what changed; a subscription changes once in years. */
	#remember(): void {
		const subscription = this.#tracker.subscription;
		const baud = this.#line.hasSpeed && this.#search.settled ? { baud: this.#search.baud } : {};
		const learned = { ...baud, ...(subscription === undefined ? {} : { subscription }) };
		const memory = { ...learned, secret: this.#secret };
		const text = JSON.stringify(memory);
		if (text === this.#remembered) return;
		this.#remembered = text;
		this.#writing = this.#file.write(memory).catch((error: unknown) => {
			const what = `what was learned of meter ${this.id} could not be written: ${messageOf(error)}`;
			this.#context.log.warn({ err: error }, what);
		});
	}
}

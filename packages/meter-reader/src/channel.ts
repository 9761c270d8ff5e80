import { type LoadLog, type LoadState, type ReadingState, topics } from '@pilotwire/contract';
import { type Bus, instantOf, type JsonFile, messageOf, type ServiceContext, type Timer } from '@pilotwire/runtime';
import { TicDecoder, type TicEvent, type TicGroup, toReading } from '@pilotwire/teleinfo';
import { type MeterSettings, ownLimitVA } from './config.ts';
import { FrameRecorder } from './frame-recorder.ts';
import { identityOf, newSecret } from './identity.ts';
import type { Line } from './line.ts';
import { LineKeeper } from './line-keeper.ts';
import { LinkMonitor } from './link-monitor.ts';
import { LinkReporter } from './link-reporter.ts';
import { LoadTracker, type PhaseLoad, type Taken } from './load/load-tracker.ts';
import { readMemory } from './memory.ts';
import { Outbox, type OutboxDisk } from './outbox/outbox.ts';
import { RawLine } from './raw-line.ts';
import { type EndedFrame, ReadingKeeper } from './reading.ts';
import { type Fall, Registers } from './registers.ts';
import { BAUD, SpeedSearch } from './speed-search.ts';

/** How often the samples and the state of the link are published. Milliseconds. */
const LOG_MS = 10_000;
/** How often the line's bytes are published: what a power cut takes from the black box. Milliseconds. */
const RAW_MS = 2_000;
/** How often it is looked whether the line fell silent. Milliseconds. */
const LOOK_MS = 1_000;
const SUMMARY_MS = 60_000;
/** An unchanged reading is published no more often. Milliseconds. */
const READING_MS = 1_000;
/** A log that is full goes out before its time: ten seconds at line speed hold fewer than a hundred. */
const MOST_SAMPLES = 1_000;
/** More than the longest frame has (75): what comes beyond was never one frame. */
const MOST_GROUPS = 128;

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
	readonly #readings: ReadingKeeper;
	readonly #onReading: (reading: ReadingState) => void;
	readonly #outbox: Outbox;
	#secret = newSecret();
	readonly #raw: RawLine;
	readonly #monitor: LinkMonitor;
	readonly #speeds: readonly number[];
	#search: SpeedSearch;
	#keeper: LineKeeper | undefined;
	#tracker: LoadTracker;
	readonly #timers: Timer[] = [];
	#samples: LoadLog['samples'] = [];
	#nextSample = 0;
	#remembered = '';
	/** Settles once what is remembered is written, or could not be. */
	#writing: Promise<void> = Promise.resolve();
	/** Right groups of the running frame. */
	#groups: TicGroup[] = [];
	/** When the newest figure of each phase arrived, on both clocks. */
	readonly #arrivals = new Map<number, { readonly atMs: number; readonly at: string }>();
	readonly #link: LinkReporter;
	/** Labels of the running frame that were not believed. */
	readonly #refused = new Set<string>();
	#reading = { text: '', atMs: -READING_MS };

	constructor(context: ServiceContext, bus: Bus, settings: MeterSettings, parts: ChannelParts) {
		const { line, file, disk, onReading = () => undefined } = parts;
		this.id = settings.id;
		this.#context = context;
		this.#bus = bus;
		this.#settings = settings;
		this.#line = line;
		this.#file = file;
		this.#onReading = onReading;
		const registers = new Registers((fall) => this.#reportFall(fall));
		this.#readings = new ReadingKeeper(registers, (address) => identityOf(address, this.#secret));
		this.#outbox = new Outbox(disk, context.log, (log) => bus.publish(topics.loadLog, { meter: settings.id }, log));
		bus.onConnection((connected) => {
			if (!connected) this.#outbox.lost();
		});
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
		this.#publishLog();
		this.#raw.publish();
		await this.#outbox.close();
		await this.#keeper?.stop();
		await this.#writing;
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
		if (taken.publish) this.#publishLoad(nowMs, taken);
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
				this.#endFrame(event, nowMs);
				this.#remember();
				break;
			case 'interruption':
				this.#endFrame(undefined, nowMs);
				break;
			case 'mode':
				this.#context.log.info({ meter: this.id }, `meter ${this.id} speaks ${event.mode} mode`);
				this.#groups = [];
				this.#link.publish(false);
		}
	}

	#takeGroup(group: TicGroup, nowMs: number): void {
		this.#monitor.group(nowMs);
		this.#groups.push(group);
		if (this.#groups.length >= MOST_GROUPS) this.#endFrame(undefined, nowMs);
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
			this.#refused.add(label);
			this.#context.log.warn({ meter: this.id }, `${label} is not believed: expected ${expected}, got ${received}`);
		}
	}

	#wall(atMs: number): string {
		const { clock } = this.#context;
		return instantOf(clock.wallMs() - (clock.monotonicMs() - atMs));
	}

	/**
	 * When a phase's figure arrived. Said once, it stays: a figure that is said again under another date, because the
	 * wall clock was set meanwhile, would pass for a new one.
	 */
	#arrival(phase: number, atMs: number): string {
		const known = this.#arrivals.get(phase);
		if (known?.atMs === atMs) return known.at;
		const at = this.#wall(atMs);
		this.#arrivals.set(phase, { atMs, at });
		return at;
	}

	#publishLoad(nowMs: number, { figures }: Taken): void {
		const phases = this.#tracker.snapshot(nowMs, this.#settings.silenceS * 1_000);
		if (phases !== undefined) {
			const over = phases.some((phase) => phase.over);
			this.#bus.publish(topics.load, { meter: this.id }, { at: this.#wall(nowMs), over, phases: this.#phases(phases) });
		}
		for (const { phase, apparentPowerVA, currentA } of figures) {
			const current = currentA === undefined ? {} : { currentA };
			this.#samples.push({ at: this.#wall(nowMs), phase, apparentPowerVA, ...current });
		}
		if (this.#samples.length >= MOST_SAMPLES) this.#publishLog();
	}

	#phases(phases: readonly PhaseLoad[]): LoadState['phases'] {
		return phases.map(({ atMs, missing, ...load }) => ({
			...load,
			at: this.#arrival(load.phase, atMs),
			...(missing ? { missing } : {}),
		}));
	}

	/** A frame ended, or nothing follows of one whose end was lost (`undefined`): what was right in it is published. */
	#endFrame(frame: Pick<EndedFrame, 'reading' | 'form' | 'complete'> | undefined, nowMs: number): void {
		const groups = this.#groups;
		const refused = new Set(this.#refused);
		this.#groups = [];
		this.#refused.clear();
		if (groups.length === 0 && frame === undefined) return;
		const ended = frame ?? { reading: toReading(groups), form: 'long', complete: false };
		const state = this.#readings.take({ ...ended, refused }, this.#wall(nowMs), nowMs);
		const text = JSON.stringify({ ...state, at: '' });
		if (text === this.#reading.text && nowMs - this.#reading.atMs < READING_MS) return;
		this.#reading = { text, atMs: nowMs };
		this.#bus.publish(topics.reading, { meter: this.id }, state);
		this.#onReading(state);
	}

	#reportFall({ label, from, to }: Fall): void {
		const what = `register ${label} of meter ${this.id} fell from ${from} to ${to}: ${from} is kept`;
		this.#context.log.warn({ meter: this.id }, `${what}. If the meter was set back, restart the meter-reader.`);
	}

	#look(): void {
		const nowMs = this.#context.clock.monotonicMs();
		// A second without a group is longer than any gap within a frame: its end was lost.
		if (this.#groups.length > 0 && this.#monitor.quietMs(nowMs) > LOOK_MS) this.#endFrame(undefined, nowMs);
		if (this.#bus.connected) this.#outbox.drain();
		this.#link.publish(false);
	}

	#tenSeconds(): void {
		this.#publishLog();
		this.#link.publish(true);
	}

	#publishLog(): void {
		const samples = this.#samples;
		if (samples.length === 0) return;
		this.#samples = [];
		const first = this.#nextSample;
		this.#nextSample += samples.length;
		const at = instantOf(this.#context.clock.wallMs());
		this.#outbox.take({ at, first, samples }, this.#bus.connected);
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

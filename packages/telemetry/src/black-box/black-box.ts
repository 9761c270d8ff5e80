import { randomBytes } from 'node:crypto';
import { type LineLog, type TelemetryState, topics } from '@pilotwire/contract';
import { type Bus, type Clock, instantOf, type Logger, type Timer } from '@pilotwire/runtime';
import { boxNotSaved } from '../errors.ts';
import type { BoxFolder } from '../io/box-folder.ts';
import { Appender } from './appender.ts';
import { type BoxEntry, encodeEntry, type OpeningCause, type SaveCause } from './entry.ts';
import { Heard, type KeptTopic, keptTopics, placeOf } from './keeping.ts';
import { OpeningWatch } from './opening-watch.ts';
import type { SegmentFacts } from './read.ts';
import { Ring } from './ring.ts';
import { saveBox } from './saved-boxes.ts';
import { Urgency } from './urgency.ts';

const TICK_MS = 1_000;
/** What a power cut may take: the disk is written to no more often, but while a phase is over its limit. Milliseconds. */
const APPEND_MS = 5_000;
/** A box is saved so long after an opening, to hold what came of it. Milliseconds. */
const AFTERMATH_MS = 10_000;
/** Somebody who asks again within this gets the box that was saved. Milliseconds. */
const ASKED_MS = 60_000;
/** Between two attempts to save. Milliseconds. */
const RETRY_MS = 60_000;
/** A life shorter than this had no story: a machine that starts over and over must not push the older boxes out. */
const SHORTEST_LIFE_MS = 20_000;
/** A wall clock that moved by less was not set. Milliseconds. */
const STEP_MS = 100;

/** What a black box is given. */
export interface BlackBoxOptions {
	readonly folder: BoxFolder;
	readonly clock: Clock;
	readonly log: Logger;
	/** This life of the machine; undefined where the system doesn't say. */
	readonly boot: string | undefined;
	/** What the ring keeps: minutes, and bytes at most. */
	readonly minutes: number;
	readonly mostBytes: number;
	/** Saved boxes of openings that are kept. */
	readonly saves: number;
}

/**
 * Keeps the last hour of the bus and of the meters' lines on the disk, and saves it aside once a breaker opened. Nothing of
 * it ever stops the service: what the disk doesn't take waits in memory within a bound.
 */
export class BlackBox {
	readonly #options: BlackBoxOptions;
	readonly #life = randomBytes(8).toString('hex');
	readonly #ring: Ring;
	readonly #appender: Appender;
	readonly #heard = new Heard();
	readonly #watch = new OpeningWatch();
	readonly #urgency = new Urgency();
	readonly #timers: Timer[] = [];
	/** The disk is used by one thing after the other. */
	#work: Promise<unknown> = Promise.resolve();
	#busy = false;
	#isOpen = false;
	#offsetMs: number;
	#appendedMs = 0;
	#pending: { readonly cause: SaveCause; readonly dueMs: number } | undefined;
	#saved: { readonly name: string; readonly atMs: number } | undefined;
	#opening: NonNullable<TelemetryState['blackBox']>['opening'];

	constructor(options: BlackBoxOptions) {
		const { folder, clock, log, minutes, mostBytes } = options;
		this.#options = options;
		this.#ring = new Ring(folder, { keepMs: minutes * 60_000, mostBytes });
		this.#appender = new Appender(this.#ring, clock, log, (m, except) => this.#preamble(m, except));
		this.#offsetMs = clock.wallMs() - clock.monotonicMs();
	}

	/** Reads what earlier lives left, saves it where the power went, and begins to hear the bus. */
	async start(bus: Bus): Promise<void> {
		this.#listen(bus);
		await this.#do(() => this.#open());
		this.#timers.push(this.#options.clock.every(TICK_MS, () => this.#tick()));
	}

	/** Writes what is left, with the mark of an end that was meant. */
	async stop(): Promise<void> {
		for (const timer of this.#timers) timer.cancel();
		const pending = this.#pending;
		this.#note({ k: 'end', m: this.#nowMs() });
		await this.#do(async () => {
			await this.#appender.write();
			if (pending !== undefined) await this.#save(pending.cause);
			await this.#ring.close();
		});
	}

	/** Saves the ring aside and gives the file's name. Rejects with `BLACK_BOX_NOT_SAVED`. */
	async save(): Promise<string> {
		let name = this.#justAsked;
		if (name !== undefined) return name;
		await this.#do(async () => {
			// Many may ask while the first is served.
			name = this.#justAsked;
			if (name !== undefined) return;
			await this.#appender.write();
			name = await this.#save('asked');
		});
		if (name === undefined) throw boxNotSaved(this.#appender.problem ?? 'nothing recorded yet');
		return name;
	}

	/** The last box, where somebody asked for it within the minute. */
	get #justAsked(): string | undefined {
		const saved = this.#saved;
		if (saved === undefined || !saved.name.endsWith('-asked.box')) return undefined;
		return this.#nowMs() - saved.atMs < ASKED_MS ? saved.name : undefined;
	}

	get state(): NonNullable<TelemetryState['blackBox']> {
		const { ms, bytes } = this.#ring.holds;
		const { appends, bytes: appendedBytes, problem } = this.#appender;
		return {
			...{ minutes: Math.floor(ms / 60_000), bytes, appends, appendedBytes },
			...(this.#saved === undefined ? {} : { saved: this.#saved.name }),
			...(this.#opening === undefined ? {} : { opening: this.#opening }),
			...(problem === undefined ? {} : { problem }),
		};
	}

	#listen(bus: Bus): void {
		for (const kept of keptTopics) {
			bus.on(
				kept.topic,
				{},
				(payload, parameters, { retained }) => this.#hear(kept, payload, parameters, retained),
				(parameters) => this.#heard.forget(placeOf(kept.topic, parameters)),
			);
		}
		bus.on(topics.line, {}, ({ first, bytes }, { meter }) => this.#noteLine(meter, first, bytes));
	}

	#hear(kept: KeptTopic, payload: unknown, parameters: Readonly<Record<string, string>>, retained: boolean): void {
		const place = placeOf(kept.topic, parameters);
		const m = this.#nowMs();
		if (this.#heard.hear(kept, place, payload, m)) {
			const standing = retained ? ({ standing: true } as const) : {};
			this.#note({ k: 'message', m, topic: place, payload, ...standing }, kept.topic.retain ? place : undefined);
		}
		if (retained || kept.look === undefined) return;
		const seen = kept.look(this.#watch, payload, parameters.meter ?? '', m);
		if (this.#watch.isOver) this.#urgency.raise();
		if (seen === undefined) return;
		this.#note({ k: 'opening', m, ...seen });
		this.#sawOpening(seen.cause, parameters);
		this.#urgency.raise();
		this.#pending ??= { cause: seen.cause, dueMs: m + AFTERMATH_MS };
	}

	#sawOpening(cause: OpeningCause | 'power_lost', { meter }: Readonly<Record<string, string>> = {}): void {
		const at = instantOf(this.#options.clock.wallMs());
		this.#opening = { at, cause, ...(meter === undefined ? {} : { meter }) };
	}

	#noteLine(meter: string, first: number, bytes: LineLog['bytes']): void {
		const text = Buffer.from(bytes, 'base64').toString('latin1');
		this.#note({ k: 'line', m: this.#nowMs(), meter, first, text });
	}

	#note(entry: BoxEntry, place?: string): void {
		const { clock } = this.#options;
		const m = clock.monotonicMs();
		const wall = clock.wallMs();
		if (Math.abs(wall - m - this.#offsetMs) > STEP_MS) {
			this.#offsetMs = wall - m;
			this.#appender.add(m, encodeEntry({ k: 'clock', m, wall }));
		}
		this.#appender.add(m, encodeEntry(entry), place);
	}

	#preamble(m: number, except: ReadonlySet<string>): string {
		const { boot } = this.#options;
		const begin = { k: 'begin', m, wall: m + this.#offsetMs, life: this.#life } as const;
		const standing = [...this.#heard.standing()].filter(([place]) => !except.has(place));
		const entries: BoxEntry[] = [
			{ ...begin, ...(boot === undefined ? {} : { boot }) },
			...standing.map(([topic, payload]) => ({ k: 'message', m, topic, payload, standing: true }) as const),
		];
		return entries.map(encodeEntry).join('');
	}

	#tick(): void {
		if (this.#busy) return;
		const nowMs = this.#nowMs();
		const pending = this.#pending !== undefined && nowMs >= this.#pending.dueMs ? this.#pending : undefined;
		const due = this.#appender.isReady && (nowMs - this.#appendedMs >= APPEND_MS || this.#urgency.take(nowMs));
		if (!due && pending === undefined) return;
		this.#appendedMs = nowMs;
		void this.#do(async () => {
			if (!this.#isOpen) await this.#open();
			if (!this.#isOpen) return;
			await this.#appender.write();
			if (pending !== undefined) await this.#save(pending.cause);
		});
	}

	/** One thing after the other; what goes wrong is told, and never ends the service. */
	#do(work: () => Promise<void>): Promise<void> {
		this.#busy = true;
		const done = this.#work.then(work).catch((error: unknown) => this.#appender.failed(error));
		this.#work = done;
		return done.then(() => {
			if (this.#work === done) this.#busy = false;
		});
	}

	async #open(): Promise<void> {
		const last = await this.#ring.open();
		this.#isOpen = true;
		if (last === undefined || !this.#lostPower(last)) return;
		this.#sawOpening('power_lost');
		await this.#save('power_lost');
	}

	/** Its last life ended without its mark, and the machine started anew since. */
	#lostPower({ ended, boot, lastedMs }: SegmentFacts): boolean {
		const { boot: now } = this.#options;
		return !ended && boot !== undefined && now !== undefined && boot !== now && lastedMs >= SHORTEST_LIFE_MS;
	}

	async #save(cause: SaveCause): Promise<string | undefined> {
		const { folder, clock, minutes, saves, log } = this.#options;
		const numbers = this.#ring.newest(minutes * 60_000);
		if (numbers.length === 0) return undefined;
		// Nobody waits for one that was asked for; an opening that is still to be saved must be.
		if (cause !== 'asked') this.#pending = { cause, dueMs: this.#nowMs() + RETRY_MS };
		try {
			const name = await saveBox(folder, numbers, cause, { wallMs: clock.wallMs(), most: saves });
			this.#saved = { name, atMs: this.#nowMs() };
			if (cause !== 'asked') this.#pending = undefined;
			log[cause === 'asked' ? 'info' : 'warn']({ cause, file: name }, `black box saved (${cause}): see pilotwire why`);
			return name;
		} catch (error) {
			this.#appender.failed(error);
			return undefined;
		}
	}

	#nowMs(): number {
		return this.#options.clock.monotonicMs();
	}
}

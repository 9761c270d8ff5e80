import { type Clock, type Logger, messageOf } from '@pilotwire/runtime';
import type { Point } from '../core/point.ts';
import type { HistoryStore, Selection } from '../core/store.ts';

const DAY_MS = 86_400_000;
/** What is copied between two notes of how far it came. Milliseconds. */
const SLICE_MS = 7 * DAY_MS;
/** Points or cells of one write. */
const BATCH = 20_000;
/** Clocks that are ahead date what came before the copy began a little later. Milliseconds. */
const AHEAD_MS = 3_600_000;
/** A store that is away is tried again after this. Milliseconds. */
const RETRY_MS = 30_000;

/** How far a copy has come. Moments: ISO 8601 UTC. */
export interface CopyState {
	readonly to: string;
	readonly from: string;
	/** All before this moment is copied. */
	readonly doneUntil: string;
	/** What was there when it began: all until then is to be copied. */
	readonly until: string;
	readonly isDone: boolean;
	readonly points: number;
	/** What keeps it waiting, in a sentence. */
	readonly problem?: string;
}

/** Where it is noted how far a copy has come. */
export interface CopyNote {
	read(): Promise<unknown>;
	write(value: unknown): Promise<void>;
}

/** What a copy works on. */
export interface CopyParts {
	readonly source: HistoryStore;
	readonly target: HistoryStore;
	/** Runs a write to the target while nothing else is written to it. */
	readonly alone: (write: () => Promise<unknown>) => Promise<unknown>;
	readonly note: CopyNote;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Notes as they lie on the disk. Moments: ms since 1970 UTC. */
interface Noted {
	readonly to: string;
	readonly firstMs: number;
	readonly doneMs: number;
	readonly untilMs: number;
	readonly points: number;
}

/**
 * Copies a history from one store to another, week by week, while both are written to. What was copied twice is there once,
 * so that a copy that was killed goes on from the last week it noted.
 */
export class Copier {
	readonly #parts: CopyParts;
	#noted: Noted;
	#problem: string | undefined;
	#stopped = false;
	#wake: (() => void) | undefined;
	#working: Promise<void> = Promise.resolve();

	private constructor(parts: CopyParts, noted: Noted) {
		this.#parts = parts;
		this.#noted = noted;
	}

	/** Begins a copy, or goes on with the one to the same store that was noted. */
	static async begin(parts: CopyParts, afresh: boolean): Promise<Copier> {
		const { target, clock, note } = parts;
		const noted = notedOf(await note.read());
		const goesOn = !afresh && noted?.to === target.name && noted.doneMs < noted.untilMs;
		const nowMs = clock.wallMs();
		const firstMs = goesOn ? noted.firstMs : await firstMoment(parts.source, nowMs);
		const fresh = { to: target.name, firstMs, doneMs: firstMs, untilMs: nowMs + AHEAD_MS, points: 0 };
		const copier = new Copier(parts, goesOn ? noted : fresh);
		copier.#working = copier.#run();
		return copier;
	}

	/** Whether a copy to this store was noted and is not done. */
	static async wasBegun(note: CopyNote): Promise<string | undefined> {
		const noted = notedOf(await note.read());
		return noted !== undefined && noted.doneMs < noted.untilMs ? noted.to : undefined;
	}

	get state(): CopyState {
		const { to, firstMs, doneMs, untilMs, points } = this.#noted;
		const iso = (atMs: number): string => new Date(atMs).toISOString();
		return {
			...{ to, from: iso(firstMs), doneUntil: iso(Math.min(doneMs, untilMs)), until: iso(untilMs), points },
			isDone: doneMs >= untilMs,
			...(this.#problem === undefined ? {} : { problem: this.#problem }),
		};
	}

	/** Ends after the batch under way; what was not noted is copied again the next time. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#wake?.();
		await this.#working;
	}

	async #run(): Promise<void> {
		while (!this.#stopped && this.#noted.doneMs < this.#noted.untilMs) {
			try {
				await this.#slice();
				this.#problem = undefined;
			} catch (error) {
				this.#problem = messageOf(error);
				this.#parts.log.warn({ err: error }, `the copy of the history waits: ${this.#problem}`);
				await this.#pause(RETRY_MS);
			}
		}
		if (!this.#stopped) this.#parts.log.info({}, `The history is copied to ${this.#noted.to}`);
	}

	async #slice(): Promise<void> {
		const { doneMs, untilMs } = this.#noted;
		const toMs = Math.min(doneMs + SLICE_MS, untilMs);
		const selection = { fromMs: doneMs, toMs };
		const points = (await this.#copyCells(selection)) + (await this.#copyPoints(selection));
		if (this.#stopped) return;
		const noted = { ...this.#noted, doneMs: toMs, points: this.#noted.points + points };
		await this.#parts.note.write(noted);
		this.#noted = noted;
	}

	/** First the cells: where points are kept too, those have the last word. */
	async #copyCells(selection: Selection): Promise<number> {
		const { source, target, alone } = this.#parts;
		let copied = 0;
		for (const resolution of ['hour', 'minute'] as const) {
			for await (const part of source.cells(selection, resolution)) {
				if (this.#stopped) break;
				// Hours are in their own turn.
				const cells = part.cells.filter(({ lengthMs }) => lengthMs === (resolution === 'hour' ? 3_600_000 : 60_000));
				for (let from = 0; from < cells.length; from += BATCH) {
					await alone(() => target.putCells([{ ...part, cells: cells.slice(from, from + BATCH) }]));
				}
				copied += cells.length;
			}
		}
		return copied;
	}

	async #copyPoints(selection: Selection): Promise<number> {
		let copied = 0;
		let batch: Point[] = [];
		const flush = async (): Promise<void> => {
			const points = batch;
			batch = [];
			if (points.length > 0) await this.#parts.alone(() => this.#parts.target.write(points));
			copied += points.length;
		};
		for await (const { series, tags, points } of this.#parts.source.points(selection)) {
			if (this.#stopped) break;
			for (const { at, value } of points) batch.push({ series, tags, at, value });
			if (batch.length >= BATCH) await flush();
		}
		await flush();
		return copied;
	}

	#pause(delayMs: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = this.#parts.clock.after(delayMs, resolve);
			this.#wake = () => {
				timer.cancel();
				resolve();
			};
		});
	}
}

/** The year in which a history begins: what lies before it need not be gone through week by week. */
async function firstMoment(source: HistoryStore, nowMs: number): Promise<number> {
	for (let year = 2000; Date.UTC(year, 0) < nowMs; year += 1) {
		const selection = { fromMs: Date.UTC(year, 0), toMs: Date.UTC(year + 1, 0) };
		for await (const part of source.cells(selection, 'hour')) if (part.cells.length > 0) return selection.fromMs;
		for await (const part of source.points(selection)) if (part.points.length > 0) return selection.fromMs;
	}
	return nowMs;
}

function notedOf(value: unknown): Noted | undefined {
	const noted = value as Partial<Noted> | null | undefined;
	const numbers = [noted?.firstMs, noted?.doneMs, noted?.untilMs, noted?.points];
	return typeof noted?.to === 'string' && numbers.every(Number.isFinite) ? (noted as Noted) : undefined;
}

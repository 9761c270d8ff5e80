import { type ReadingState, topics } from '@pilotwire/contract';
import { type Bus, type Clock, instantOf } from '@pilotwire/runtime';
import { type TicGroup, toReading } from '@pilotwire/teleinfo';
import type { EndedFrame, ReadingKeeper } from './reading.ts';

/** An unchanged reading is published no more often. Milliseconds. */
const READING_MS = 1_000;
/** More than the longest frame has (75): what comes beyond was never one frame. */
const MOST_GROUPS = 128;

/** What a meter's readings are said through. */
interface ReadingParts {
	readonly meter: string;
	readonly bus: Bus;
	readonly clock: Clock;
	readonly keeper: ReadingKeeper;
	/** Hears each reading that is published. */
	readonly onReading: (reading: ReadingState) => void;
}

/**
 * Gathers the right groups of the running frame and says on the bus what it read when that ends, also where its end was
 * lost. Monotonic milliseconds are passed in.
 */
export class ReadingReporter {
	readonly #parts: ReadingParts;
	#groups: TicGroup[] = [];
	/** Labels of the running frame that were not believed. */
	readonly #refused = new Set<string>();
	#said = { text: '', atMs: -READING_MS };

	constructor(parts: ReadingParts) {
		this.#parts = parts;
	}

	/** Whether a frame has begun and not ended. */
	get isUnderWay(): boolean {
		return this.#groups.length > 0;
	}

	/** A right group came. */
	group(group: TicGroup, nowMs: number): void {
		this.#groups.push(group);
		if (this.#groups.length >= MOST_GROUPS) this.end(undefined, nowMs);
	}

	/** What this label said is not believed. */
	refuse(label: string): void {
		this.#refused.add(label);
	}

	/** The meter speaks another mode: what came is part of no frame of it. */
	forget(): void {
		this.#groups = [];
	}

	/** A frame ended, or nothing follows of one whose end was lost (undefined): what was right in it is published. */
	end(frame: Pick<EndedFrame, 'reading' | 'form' | 'complete'> | undefined, nowMs: number): void {
		const groups = this.#groups;
		const refused = new Set(this.#refused);
		this.#groups = [];
		this.#refused.clear();
		if (groups.length === 0 && frame === undefined) return;
		const { meter, bus, clock, keeper, onReading } = this.#parts;
		const ended = frame ?? { reading: toReading(groups), form: 'long', complete: false };
		const at = instantOf(clock.wallMs() - (clock.monotonicMs() - nowMs));
		const state = keeper.take({ ...ended, refused }, at, nowMs);
		const text = JSON.stringify({ ...state, at: '' });
		if (text === this.#said.text && nowMs - this.#said.atMs < READING_MS) return;
		this.#said = { text, atMs: nowMs };
		bus.publish(topics.reading, { meter }, state);
		onReading(state);
	}
}

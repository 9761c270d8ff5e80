import type { TicGroup, TicMode } from './group.ts';
import type { Reading } from './reading.ts';
import { toReading } from './to-reading.ts';

/** A three-phase frame of a producing Linky has 75 groups at most; what comes beyond was never one frame. */
const MOST_GROUPS = 128;

/** Historic three-phase meters send frames of these labels alone while the subscription is exceeded. */
const shortLabels: ReadonlySet<string> = new Set(['ADIR1', 'ADIR2', 'ADIR3', 'ADCO', 'IINST1', 'IINST2', 'IINST3']);

/** Labels that open a frame: a frame that starts otherwise, where the end of the last one was not seen, is a rest. */
const firstLabels: ReadonlySet<string> = new Set(['ADCO', 'ADSC', 'ADIR1', 'ADIR2', 'ADIR3']);

/** A frame as it ended. */
export interface TicFrame {
	readonly mode: TicMode;
	/** `short`: only which phases are over, the address and the currents (historic, three phases, while overloaded). */
	readonly form: 'long' | 'short';
	readonly groups: readonly TicGroup[];
	readonly reading: Reading;
	/** Seen from STX to ETX with no group refused: only then does a label's absence say something. */
	readonly complete: boolean;
	/** Groups refused in it. */
	readonly errors: number;
}

/** Gathers the groups of the frame being received. */
export class FrameBuilder {
	#groups: TicGroup[] = [];
	#errors = 0;
	#whole = false;
	#afterCut = false;

	/** An STX has come. The frame before it, if its end was lost, is to be taken with `end` first. */
	begin(afterCut: boolean): void {
		this.#afterCut ||= afterCut;
		this.drop();
		this.#whole = true;
	}

	add(group: TicGroup): void {
		if (this.#groups[0] !== undefined && this.#groups[0].mode !== group.mode) this.drop();
		if (this.#groups.length === 0 && this.#afterCut) {
			this.#whole &&= firstLabels.has(group.label);
			this.#afterCut = false;
		}
		if (this.#groups.length < MOST_GROUPS) this.#groups.push(group);
		else this.#whole = false;
	}

	refuse(): void {
		this.#errors++;
	}

	/** The frame up to here, or nothing where no group of it was right. */
	end(sawEnd: boolean): TicFrame | undefined {
		const groups = this.#groups;
		const errors = this.#errors;
		const complete = this.#whole && sawEnd && errors === 0;
		this.drop();
		const mode = groups[0]?.mode;
		if (mode === undefined) return undefined;
		return { mode, form: formOf(groups), groups, reading: toReading(groups), complete, errors };
	}

	/** Forgets everything, for another line. */
	reset(): void {
		this.drop();
		this.#afterCut = false;
	}

	/** Forgets the frame: it was interrupted, or the meter changed mode within it. */
	drop(): void {
		this.#groups = [];
		this.#errors = 0;
		this.#whole = false;
	}
}

function formOf(groups: readonly TicGroup[]): 'long' | 'short' {
	const short = groups.length > 1 && groups.every(({ label }) => shortLabels.has(label));
	return short && groups.some(({ label }) => label !== 'ADCO') ? 'short' : 'long';
}

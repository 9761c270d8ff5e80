/** What a register holds once it is believed. */
interface Known {
	value: number;
	atMs: number;
}

/** A value that contradicts what is known, and how often it came in a row. */
interface Contradiction {
	value: number;
	atMs: number;
	times: number;
}

/** The most that any meter can count: three phases of 90 A at 253 V. Wh (or VArh) per millisecond. */
const FASTEST_PER_MS = 68_310 / 3_600_000;
/** What a register may be ahead by at once: a doubt smaller than this heals itself as the register counts on. Wh. */
const SLACK_WH = 2_000;
/** Frames in a row that must say so before a leap is believed, and before a fall is reported. */
const TIMES_BELIEVED = 2;
const TIMES_REPORTED = 3;

/** A register that says less than it did, frame after frame. */
export interface Fall {
	readonly label: string;
	readonly from: number;
	readonly to: number;
}

/**
 * Registers never fall and never leap: a right checksum is no proof (two flipped bits can cancel out), and whoever reads
 * a false register once shows a false consumption for good. What contradicts the past is answered with the last right
 * value. A leap that the next frame confirms is believed; a fall never is, but one that lasts is reported. Another
 * meter, by its address, has its own registers.
 */
export class Registers {
	readonly #onFall: (fall: Fall) => void;
	#address: string | undefined;
	readonly #known = new Map<string, Known>();
	readonly #doubts = new Map<string, Contradiction>();

	/** @param onFall called once for each register that goes on saying less than it did */
	constructor(onFall: (fall: Fall) => void) {
		this.#onFall = onFall;
	}

	/** The meter's address, of a complete frame. Another one is another meter: its registers are its own. */
	meter(address: string | undefined): void {
		if (address === undefined || address === this.#address) return;
		if (this.#address !== undefined) {
			this.#known.clear();
			this.#doubts.clear();
		}
		this.#address = address;
	}

	/** The values to publish for the registers of one frame. `nowMs` is on the monotonic clock. */
	take(registers: Readonly<Record<string, number | undefined>>, nowMs: number): Record<string, number> {
		const right: Record<string, number> = {};
		for (const [label, value] of Object.entries(registers)) {
			if (value !== undefined) right[label] = this.#one(label, value, nowMs);
		}
		return right;
	}

	#one(label: string, value: number, atMs: number): number {
		const known = this.#known.get(label);
		if (known === undefined || follows(known, value, atMs)) return this.#believe(label, value, atMs);
		const doubt = this.#doubts.get(label);
		const times = doubt !== undefined && follows(doubt, value, atMs) ? doubt.times + 1 : 1;
		this.#doubts.set(label, { value, atMs, times });
		if (value > known.value) return times >= TIMES_BELIEVED ? this.#believe(label, value, atMs) : known.value;
		if (times === TIMES_REPORTED) this.#onFall({ label, from: known.value, to: value });
		return known.value;
	}

	#believe(label: string, value: number, atMs: number): number {
		this.#known.set(label, { value, atMs });
		this.#doubts.delete(label);
		return value;
	}
}

function follows(before: Known, value: number, atMs: number): boolean {
	const ahead = value - before.value;
	return ahead >= 0 && ahead <= SLACK_WH + (atMs - before.atMs) * FASTEST_PER_MS;
}

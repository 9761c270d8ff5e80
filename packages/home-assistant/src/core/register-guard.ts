import * as z from 'zod';

/** The most that any meter can count: three phases of 90 A at 253 V. Wh per millisecond. */
const FASTEST_PER_MS = 68_310 / 3_600_000;
/** What a register may be ahead by at once, Wh. */
const SLACK_WH = 2_000;
/** Readings in a row that must agree on a first value or on another meter. */
const TIMES_BELIEVED = 3;
/** How long a leap must stand before it is believed, ms: nobody takes a spike out of Home Assistant's history. */
const LEAP_STANDS_MS = 300_000;
/** A register of which nothing came for so long is no part of the contract any more, ms. */
const FORGOTTEN_MS = 30 * 86_400_000;

const known = z.object({
	/** What was last published, Wh. */
	value: z.int().positive(),
	/** What is added to what the meter says, Wh: where its registers stand for those of the meter before it. */
	offset: z.int(),
	/** When it last came, wall clock, ms. */
	atMs: z.number(),
});
type Known = z.output<typeof known>;

/** What is remembered of a meter's registers. */
export const registerMemory = z.object({
	identity: z.string().optional(),
	registers: z.record(z.string(), known),
});
export type RegisterMemory = z.output<typeof registerMemory>;

interface Doubt {
	value: number;
	atMs: number;
	sinceMs: number;
	times: number;
}

/** What a guard noticed, once for each. */
export type Notice =
	| { readonly kind: 'exchanged' }
	| { readonly kind: 'fall' | 'leap'; readonly register: string; readonly from: number; readonly to: number };

/**
 * The registers of one meter as Home Assistant gets them: never 0, never falling, never ahead of what can have been drawn.
 * It keeps each step for good, so that what contradicts the past is answered with the last right value. Another meter in
 * the place of the first counts on from where that one stood. Pure: wall-clock milliseconds are passed in.
 */
export class RegisterGuard {
	readonly #known: Map<string, Known>;
	readonly #doubts = new Map<string, Doubt>();
	readonly #told = new Set<string>();
	readonly #notice: (notice: Notice) => void;
	#identity: string | undefined;
	#strange = 0;

	constructor(notice: (notice: Notice) => void, memory: RegisterMemory = { registers: {} }) {
		this.#notice = notice;
		this.#identity = memory.identity;
		this.#known = new Map(Object.entries(memory.registers));
	}

	/** Takes what was last published: what is remembered may be older. */
	recall(published: Readonly<Record<string, number>>): void {
		for (const [register, value] of Object.entries(published)) {
			const before = this.#known.get(register);
			if (before !== undefined && value > before.value) before.value = value;
		}
	}

	/** The registers that count, oldest first. */
	get registers(): readonly string[] {
		return [...this.#known.keys()];
	}

	/** What is published now. */
	get values(): Record<string, number> {
		return Object.fromEntries([...this.#known].map(([register, { value }]) => [register, value]));
	}

	/** Takes the registers of one reading, Wh. `identity`: which meter says it. */
	take(registers: Readonly<Record<string, number>>, identity: string | undefined, nowMs: number): void {
		if (!this.#isFrom(identity, registers, nowMs)) return;
		for (const [register, value] of Object.entries(registers)) this.#one(register, value, nowMs);
		for (const [register, { atMs }] of this.#known) {
			if (nowMs - atMs > FORGOTTEN_MS) this.#known.delete(register);
		}
	}

	memory(): RegisterMemory {
		return {
			...(this.#identity === undefined ? {} : { identity: this.#identity }),
			registers: Object.fromEntries([...this.#known].map(([register, one]) => [register, { ...one }])),
		};
	}

	/** Whether a reading is of the meter that is known; another one is believed once it has said so often enough. */
	#isFrom(identity: string | undefined, registers: Readonly<Record<string, number>>, nowMs: number): boolean {
		if (identity === undefined || identity === this.#identity) {
			this.#strange = 0;
			return true;
		}
		if (this.#identity === undefined) {
			this.#identity = identity;
			return true;
		}
		this.#strange += 1;
		if (this.#strange < TIMES_BELIEVED) return false;
		this.#strange = 0;
		this.#identity = identity;
		this.#doubts.clear();
		for (const [register, one] of this.#known) {
			const value = registers[register];
			if (value === undefined) continue;
			one.offset = one.value - value;
			one.atMs = nowMs;
		}
		this.#notice({ kind: 'exchanged' });
		return true;
	}

	#one(register: string, said: number, nowMs: number): void {
		const before = this.#known.get(register);
		const value = said + (before?.offset ?? 0);
		if (before === undefined ? said === 0 : follows(before, value, nowMs)) {
			if (before !== undefined) this.#believe(register, { value, offset: before.offset, atMs: nowMs });
			return;
		}
		const doubt = this.#doubt(register, value, nowMs);
		if (before === undefined) {
			if (doubt.times >= TIMES_BELIEVED) this.#believe(register, { value, offset: 0, atMs: nowMs });
			return;
		}
		// It is still there, whatever it says.
		before.atMs = value > before.value ? before.atMs : nowMs;
		if (value > before.value && nowMs - doubt.sinceMs >= LEAP_STANDS_MS) {
			this.#tell({ kind: 'leap', register, from: before.value, to: value });
			this.#believe(register, { value, offset: before.offset, atMs: nowMs });
		} else if (value < before.value && doubt.times >= TIMES_BELIEVED) {
			this.#tell({ kind: 'fall', register, from: before.value, to: value });
		}
	}

	#doubt(register: string, value: number, nowMs: number): Doubt {
		const before = this.#doubts.get(register);
		const agrees = before !== undefined && follows(before, value, nowMs);
		const doubt = agrees
			? { ...before, value, atMs: nowMs, times: before.times + 1 }
			: { value, atMs: nowMs, sinceMs: nowMs, times: 1 };
		this.#doubts.set(register, doubt);
		return doubt;
	}

	#believe(register: string, one: Known): void {
		this.#known.set(register, one);
		this.#doubts.delete(register);
		this.#told.delete(`fall ${register}`);
		this.#told.delete(`leap ${register}`);
	}

	#tell(notice: Exclude<Notice, { kind: 'exchanged' }>): void {
		const key = `${notice.kind} ${notice.register}`;
		if (this.#told.has(key)) return;
		this.#told.add(key);
		this.#notice(notice);
	}
}

function follows(before: { readonly value: number; readonly atMs: number }, value: number, nowMs: number): boolean {
	const ahead = value - before.value;
	return ahead >= 0 && ahead <= SLACK_WH + Math.max(0, nowMs - before.atMs) * FASTEST_PER_MS;
}

/** The day in parts of this length: tariff periods begin and end on them. Minutes. */
const PART_MIN = 10;
const DAY_MIN = 1440;
const PARTS = DAY_MIN / PART_MIN;
/** The meter's word holds for so long. Milliseconds. */
const FRESH_MS = 600_000;
/** When the day ends where all hours are alike, or none is cheap. Minutes after midnight. */
const USUAL_END_MIN = 360;

/** From one local time to another, over midnight where `to` comes before `from`. */
export interface Period {
	readonly from: string;
	readonly to: string;
}

/**
 * When electricity is cheap: what the meter says now, and for the hours to come what it said at that time of day before,
 * or the configured periods where it has not. All times of day are local, minutes after midnight.
 */
export class CheapHours {
	readonly #parts: boolean[];
	#said: { readonly isCheap: boolean; readonly atMs: number } | undefined;

	constructor(periods: readonly Period[]) {
		this.#parts = Array.from({ length: PARTS }, (_, part) => isWithin(periods, part * PART_MIN));
	}

	/** Takes the meter's word at `nowMs`, monotonic. */
	hear(isCheap: boolean, minuteOfDay: number, nowMs: number): void {
		this.#said = { isCheap, atMs: nowMs };
		this.#parts[partOf(minuteOfDay)] = isCheap;
	}

	/** Whether it is cheap now. */
	isCheap(minuteOfDay: number, nowMs: number): boolean {
		const said = this.#said;
		if (said !== undefined && nowMs - said.atMs <= FRESH_MS) return said.isCheap;
		return this.#parts[partOf(minuteOfDay)] ?? false;
	}

	/** Cheap time in a whole day, minutes. */
	get dayMin(): number {
		return this.#parts.filter((isCheap) => isCheap).length * PART_MIN;
	}

	/** When the day ends: the end of the longest run of cheap hours. Minutes after midnight. */
	get dayEndMin(): number {
		let longest = 0;
		let endMin = USUAL_END_MIN;
		for (let end = 0; end < PARTS; end++) {
			if (this.#at(end)) continue;
			let length = 0;
			while (length < PARTS && this.#at(end - 1 - length)) length += 1;
			if (length <= longest) continue;
			longest = length;
			endMin = end * PART_MIN;
		}
		return endMin;
	}

	/** Time until the day ends, minutes; at the very end of a day, all of the next one. */
	untilEndMin(minuteOfDay: number): number {
		return (this.dayEndMin - minuteOfDay + DAY_MIN) % DAY_MIN || DAY_MIN;
	}

	/** Cheap time left until the day ends, minutes; at the very end of a day, all of the next one. */
	leftMin(minuteOfDay: number): number {
		const untilEnd = this.untilEndMin(minuteOfDay);
		let left = 0;
		for (let passed = 0; passed < untilEnd; ) {
			const at = (minuteOfDay + passed) % DAY_MIN;
			const step = Math.min(PART_MIN - (at % PART_MIN), untilEnd - passed);
			if (this.#at(partOf(at))) left += step;
			passed += step;
		}
		return left;
	}

	/** For a file: one letter for each part of the day. */
	memory(): string {
		return this.#parts.map((isCheap) => (isCheap ? 'c' : '-')).join('');
	}

	/** Takes back what `memory` gave; anything else is left out. */
	recall(memory: unknown): void {
		if (typeof memory !== 'string' || !/^[c-]+$/.test(memory) || memory.length !== PARTS) return;
		for (const [part, letter] of [...memory].entries()) this.#parts[part] = letter === 'c';
	}

	#at(part: number): boolean {
		return this.#parts[(part + PARTS) % PARTS] ?? false;
	}
}

function partOf(minuteOfDay: number): number {
	return Math.floor(minuteOfDay / PART_MIN) % PARTS;
}

function isWithin(periods: readonly Period[], minuteOfDay: number): boolean {
	return periods.some(({ from, to }) => {
		const [begin, end] = [minutesOf(from), minutesOf(to)];
		return begin <= end ? minuteOfDay >= begin && minuteOfDay < end : minuteOfDay >= begin || minuteOfDay < end;
	});
}

function minutesOf(time: string): number {
	return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

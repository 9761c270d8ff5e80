import type { Order } from '@pilotwire/contract';
import { CheapHours } from './cheap-hours.ts';
import type { Switched } from './switched.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Energy is counted for no longer than this at once: what lay between two looks is not known. Milliseconds. */
const LONGEST_STEP_MS = 60_000;
/** Begun this much earlier than the last moment: a contactor and a tariff don't switch to the second. Minutes. */
const MARGIN_MIN = 10;
/** On for this long and drawing next to nothing, the tank is hot. Milliseconds. */
const HOT_AFTER_MS = 180_000;
/** Next to nothing, as a share of the rating. */
const NOTHING_SHARE = 0.05;

/** A night that goes on beyond its usual end belongs to its day for this long. Milliseconds. */
const LATE_MS = 3_600_000;
/** A day that has begun stays begun although its end moves, or the clock is put back, by up to this. Milliseconds. */
const MOVED_MS = 7_200_000;

/** The house's local time minus UTC, by ms since 1970. */
interface LocalClock {
	offsetMs(atMs: number): number;
}

/** A water heater at one moment. */
export interface TankMoment {
	/** Monotonic clock, milliseconds. */
	readonly nowMs: number;
	/** Milliseconds since 1970. */
	readonly wallMs: number;
	/** Whether it is on, as far as is known. */
	readonly isOn: boolean;
	/** What it says it draws, W; undefined where it doesn't say: then it counts with its rating while it is on. */
	readonly powerW: number | undefined;
}

/**
 * A water heater's day: it heats in the cheap hours only, its energy is counted, and when the cheap hours left are just
 * enough for what is missing of its minimum it is short. A tank that is hot misses nothing. The day ends with the longest
 * run of cheap hours, so that a night belongs to one day.
 */
export class HotWater {
	readonly hours: CheapHours;
	readonly #circuit: Switched;
	readonly #clock: LocalClock;
	readonly #minimumWh: number;
	#day: number | undefined;
	#energyWh = 0;
	#lastMs: number | undefined;
	#onSinceMs: number | undefined;
	#isHot = false;
	#isShort = false;
	#isCheap = false;

	constructor(circuit: Switched, clock: LocalClock) {
		const { minimumKWh = 0, cheapHours = [] } = circuit.config.hotWater ?? {};
		this.#circuit = circuit;
		this.#clock = clock;
		this.#minimumWh = minimumKWh * 1000;
		this.hours = new CheapHours(cheapHours);
	}

	/** Its order while nobody else has said one: its programme in the cheap hours, off outside them. */
	get standing(): Order {
		return this.#isCheap ? this.#circuit.programme : 'off';
	}

	/** Whether the cheap hours left are just enough for what is missing. */
	get isShort(): boolean {
		return this.#isShort;
	}

	/** Energy since the day began, Wh. */
	get dayWh(): number {
		return this.#energyWh;
	}

	/** What it shall have had by the end of the day, Wh. */
	get minimumWh(): number {
		return this.#minimumWh;
	}

	/** Counts what it drew since the last call and looks how the day stands. */
	follow(moment: TankMoment): void {
		const { nowMs, wallMs } = moment;
		const localMs = wallMs + this.#clock.offsetMs(wallMs);
		const minuteOfDay = (((localMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
		this.#isCheap = this.hours.isCheap(minuteOfDay, nowMs);
		this.#beginDay(localMs);
		this.#count(moment);
		const missingWh = this.#isHot ? 0 : Math.max(0, this.#minimumWh - this.#energyWh);
		const needsMin = (missingWh / this.#circuit.powerW) * 60;
		const isLate = this.#leftMin(wallMs, minuteOfDay) <= needsMin + MARGIN_MIN;
		this.#isShort = this.#isCheap && missingWh > 0 && (this.#isShort || isLate);
	}

	/** For a file. */
	memory(): { readonly day: number | undefined; readonly energyWh: number; readonly hours: string } {
		return { day: this.#day, energyWh: Math.round(this.#energyWh), hours: this.hours.memory() };
	}

	/** Takes back what `memory` gave; anything else is left out. */
	recall(memory: unknown): void {
		const { day, energyWh, hours } = (memory ?? {}) as Record<string, unknown>;
		this.hours.recall(hours);
		if (!Number.isInteger(day) || typeof energyWh !== 'number' || !(energyWh >= 0)) return;
		this.#day = day as number;
		this.#energyWh = energyWh;
	}

	/**
	 * A day ends where the cheap hours end, as far as these are known beforehand: a night that goes on stays in its day, and
	 * one whose end is found to be later, or whose clock goes back, doesn't end twice.
	 */
	#beginDay(localMs: number): void {
		const endMs = this.hours.dayEndMin * MINUTE_MS;
		const dayAt = (atMs: number): number => Math.floor((atMs - endMs) / DAY_MS);
		const day = dayAt(localMs);
		if (this.#day === day) return;
		if (this.#isCheap && dayAt(localMs - LATE_MS) === this.#day) return;
		if (dayAt(localMs + MOVED_MS) === this.#day) return;
		this.#day = day;
		this.#energyWh = 0;
		this.#isHot = false;
		this.#isShort = false;
	}

	/** Cheap time left of the day, minutes; an hour that the clocks leave out in spring isn't counted on. */
	#leftMin(wallMs: number, minuteOfDay: number): number {
		const endMs = wallMs + this.hours.untilEndMin(minuteOfDay) * MINUTE_MS;
		const leftOutMs = Math.max(0, this.#clock.offsetMs(endMs) - this.#clock.offsetMs(wallMs));
		return this.hours.leftMin(minuteOfDay) - leftOutMs / MINUTE_MS;
	}

	#count({ nowMs, isOn, powerW }: TankMoment): void {
		const passedMs = Math.min(LONGEST_STEP_MS, Math.max(0, nowMs - (this.#lastMs ?? nowMs)));
		this.#lastMs = nowMs;
		const ratedW = this.#circuit.powerW;
		this.#energyWh += ((isOn ? (powerW ?? ratedW) : 0) * passedMs) / 3_600_000;
		this.#onSinceMs = isOn ? (this.#onSinceMs ?? nowMs) : undefined;
		if (this.#onSinceMs === undefined || powerW === undefined) return;
		const isIdle = powerW < NOTHING_SHARE * ratedW;
		this.#isHot = isIdle && nowMs - this.#onSinceMs >= HOT_AFTER_MS;
	}
}

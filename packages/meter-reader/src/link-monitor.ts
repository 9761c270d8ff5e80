import type { TicErrorCode } from '@pilotwire/teleinfo';

/** Frames are counted over this time. Milliseconds. */
const MINUTE_MS = 60_000;
/** A line is bad where more than one group in so many is refused. */
const BAD_SHARE = 1 / 20;
/** Fewer refused groups in a minute are not worth a line in the log. */
const BAD_LEAST = 5;
/** Bytes without a right group that are noise and not a frame that was cut: more than a frame of each mode. */
const NOISE_BYTES = 64;

/** What is known of the port when a problem is to be named. */
export interface PortState {
	readonly name: string;
	readonly connected: boolean;
	readonly problem: string | undefined;
	/** Speeds listened at, bauds; none where the line has no speed. */
	readonly speeds: readonly number[];
}

/** Counts what a line brings, and says in a sentence what is wrong with it. Pure: monotonic milliseconds are passed in. */
export class LinkMonitor {
	groupsGood = 0;
	groupsBad = 0;
	implausible = 0;
	readonly #silenceMs: number;
	#frames: number[] = [];
	#lastGroupMs: number;
	#bytesSince = 0;
	#minuteGood = 0;
	readonly #minuteBad = new Map<TicErrorCode, number>();

	constructor(silenceMs: number, nowMs: number) {
		this.#silenceMs = silenceMs;
		this.#lastGroupMs = nowMs;
	}

	bytes(count: number): void {
		this.#bytesSince += count;
	}

	group(nowMs: number): void {
		this.groupsGood += 1;
		this.#minuteGood += 1;
		this.#lastGroupMs = nowMs;
		this.#bytesSince = 0;
	}

	frame(nowMs: number): void {
		this.#frames.push(nowMs);
		this.#forget(nowMs);
	}

	refused(code: TicErrorCode): void {
		this.groupsBad += 1;
		this.#minuteBad.set(code, (this.#minuteBad.get(code) ?? 0) + 1);
	}

	/** Frames that ended within the last minute. */
	framesPerMinute(nowMs: number): number {
		this.#forget(nowMs);
		return this.#frames.length;
	}

	/** How long ago the last right group came. Milliseconds. */
	quietMs(nowMs: number): number {
		return nowMs - this.#lastGroupMs;
	}

	/** When the last right group came (or the watch began), where that is longer ago than a load is worth anything. */
	silentSinceMs(nowMs: number): number | undefined {
		return nowMs - this.#lastGroupMs > this.#silenceMs ? this.#lastGroupMs : undefined;
	}

	/** What is wrong, and what to do; undefined where all is well. */
	problem(nowMs: number, port: PortState): string | undefined {
		if (!port.connected) return port.problem;
		if (this.silentSinceMs(nowMs) === undefined) return undefined;
		const since = `${Math.round((nowMs - this.#lastGroupMs) / 1000)} s`;
		if (this.#bytesSince < NOISE_BYTES) {
			return `Nothing came on ${port.name} for ${since}: check the wires to the meter's I1 and I2 and the adapter.`;
		}
		const only = `Only noise on ${port.name} for ${since}`;
		const [speed] = port.speeds;
		if (port.speeds.length === 1) {
			return `${only} at ${speed} bd: the meter may speak the other mode; set mode: auto, and check the wires.`;
		}
		const speeds = port.speeds.length === 0 ? '' : ` at ${port.speeds.join(' and ')} bd`;
		return `${only}${speeds}: check the wires, the adapter's resistor, and that this is a meter's line.`;
	}

	/** To be called once a minute: a summary where many groups were refused since the last call. */
	summary(): string | undefined {
		const refused = [...this.#minuteBad].sort(([, a], [, b]) => b - a);
		const bad = refused.reduce((sum, [, count]) => sum + count, 0);
		const all = bad + this.#minuteGood;
		this.#minuteGood = 0;
		this.#minuteBad.clear();
		if (bad < BAD_LEAST || bad < all * BAD_SHARE) return undefined;
		const kinds = refused.map(([code, count]) => `${code} ${count}`).join(', ');
		return `${bad} of ${all} groups were refused in the last minute (${kinds}): check the wires and the adapter's resistor`;
	}

	#forget(nowMs: number): void {
		this.#frames = this.#frames.filter((endedMs) => nowMs - endedMs < MINUTE_MS);
	}
}

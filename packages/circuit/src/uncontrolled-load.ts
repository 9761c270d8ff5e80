/**
 * How much of a phase's load is not the circuits': learned over days, in a small histogram, so that the fallback knows
 * how much it may use while it is blind.
 */

/** Buckets grow by 4 %: a percentile is at most that much too high, and never too low. */
const GROWTH = 1.04;
/** Everything below this shares the first bucket, VA. */
const SMALLEST_VA = 50;
/** The last bucket ends at 56 kVA, above any house. */
const BUCKETS = 180;
/** A sample stands for the time since the one before, but for no longer than this: silence teaches nothing. */
const LONGEST_S = 10;
/** One whole day: the evening peak must be in it. */
const LEARNED_S = 86_400;
/** From four weeks on the past is halved, so that it fades as seasons change. */
const MEMORY_S = 28 * 86_400;

/** A serialised histogram: pairs of bucket number and seconds, empty buckets left out. */
export interface UncontrolledLoadJson {
	readonly version: 1;
	readonly seconds: readonly (readonly [number, number])[];
}

/** The load of one phase that no circuit of ours explains, weighted by time. */
export class UncontrolledLoad {
	readonly #seconds = new Float64Array(BUCKETS);
	#observedS = 0;
	#lastMs: number | undefined;

	/**
	 * Takes a sample: the phase's load, VA, and what the circuits on it are estimated to draw, VA, at `nowMs` (monotonic).
	 * A load below the estimate counts as 0; a sample that is no number, or older than the last, is left out.
	 */
	add(loadVA: number, circuitsVA: number, nowMs: number): void {
		const restVA = loadVA - circuitsVA;
		if (!Number.isFinite(restVA) || !Number.isFinite(nowMs)) return;
		const lastMs = this.#lastMs ?? nowMs;
		if (nowMs < lastMs) return;
		this.#lastMs = nowMs;
		this.#count(bucketOf(restVA), Math.min(LONGEST_S, (nowMs - lastMs) / 1000));
		if (this.#observedS <= MEMORY_S) return;
		for (const [bucket, s] of this.#seconds.entries()) this.#seconds[bucket] = s / 2;
		this.#observedS /= 2;
	}

	/** The seconds that the samples stand for. */
	get observedS(): number {
		return this.#observedS;
	}

	/** Whether it has seen a whole day of samples (silence not counted). */
	get learned(): boolean {
		return this.#observedS >= LEARNED_S;
	}

	/** The load, VA, that is not exceeded during `share` (0 to 1) of the time; 0 while nothing was seen. */
	percentileVA(share: number): number {
		if (this.#observedS === 0) return 0;
		let sum = 0;
		let last = 0;
		for (const [bucket, s] of this.#seconds.entries()) {
			if (s === 0) continue;
			sum += s;
			last = bucket;
			if (sum >= share * this.#observedS) break;
		}
		return SMALLEST_VA * GROWTH ** last;
	}

	/** For a file: at most 180 pairs. */
	toJSON(): UncontrolledLoadJson {
		const seconds: [number, number][] = [];
		for (const [bucket, s] of this.#seconds.entries()) if (s > 0) seconds.push([bucket, s]);
		return { version: 1, seconds };
	}

	/** From a file; anything that is not what `toJSON` wrote is left out, so that a damaged file means learning again. */
	static fromJSON(json: unknown): UncontrolledLoad {
		const load = new UncontrolledLoad();
		if (!isJson(json)) return load;
		for (const pair of json.seconds) {
			if (!Array.isArray(pair)) continue;
			const [bucket, s] = pair as unknown[];
			if (!Number.isInteger(bucket) || typeof s !== 'number' || !(s > 0) || s > MEMORY_S) continue;
			if (Number(bucket) >= 0 && Number(bucket) < BUCKETS) load.#count(Number(bucket), s);
		}
		return load;
	}

	#count(bucket: number, s: number): void {
		this.#seconds[bucket] = (this.#seconds[bucket] ?? 0) + s;
		this.#observedS += s;
	}
}

function bucketOf(loadVA: number): number {
	if (loadVA <= SMALLEST_VA) return 0;
	return Math.min(BUCKETS - 1, Math.ceil(Math.log(loadVA / SMALLEST_VA) / Math.log(GROWTH)));
}

function isJson(json: unknown): json is { seconds: unknown[] } {
	if (typeof json !== 'object' || json === null) return false;
	return 'version' in json && json.version === 1 && 'seconds' in json && Array.isArray(json.seconds);
}

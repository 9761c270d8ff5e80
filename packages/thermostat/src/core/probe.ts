import type { ProbeState } from '@pilotwire/contract';
import type { ProbeConfig } from '../config.ts';
import type { Look } from './one-wire.ts';
import { Judge } from './plausible.ts';
import { problemOf } from './problem.ts';
import type { Spoken } from './spoken.ts';

/** A probe that is read here is silent after this, or after three readings; one that speaks by itself after that. Seconds. */
const SILENT_READ_S = 120;
const SILENT_READINGS = 3;
const SILENT_TOPIC_S = 7_200;

type State = Omit<ProbeState, 'at' | 'measuredAt'>;

/** One probe, and what is known of it. Moments: monotonic clock, milliseconds. */
export class Probe {
	readonly config: ProbeConfig;
	readonly #judge: Judge;
	#everyS: number;
	#aside: Pick<Spoken, 'batteryPercent' | 'linkQuality'> = {};

	constructor(config: ProbeConfig, nowMs: number) {
		const { offsetC, jumpC, everyS } = config;
		this.config = config;
		this.#everyS = everyS;
		this.#judge = new Judge({ offsetC, jumpC, silentS: this.#silentS }, nowMs);
	}

	/** How often it is read, s. */
	get everyS(): number {
		return this.#everyS;
	}

	/** It is read at another rhythm. */
	pace(everyS: number): void {
		this.#everyS = everyS;
		this.#judge.silentAfter(this.#silentS);
	}

	get #silentS(): number {
		const { source, silentS } = this.config;
		if (silentS !== undefined) return silentS;
		return 'topic' in source ? SILENT_TOPIC_S : Math.max(SILENT_READ_S, SILENT_READINGS * this.#everyS);
	}

	/** Takes a look at it. */
	take(look: Look, nowMs: number): void {
		this.#judge.take(look, nowMs);
	}

	/** Takes what it said by itself; what was measured too long ago says nothing any more. */
	hear({ look, atMs, ...aside }: Spoken, now: { readonly monotonicMs: number; readonly wallMs: number }): void {
		this.#aside = { ...this.#aside, ...aside };
		// A clock that is ahead of ours is one that is not set; what it sends is still new.
		const ageMs = Math.max(now.wallMs - (atMs ?? now.wallMs), 0);
		if (look !== undefined && ageMs <= this.#silentS * 1_000) this.#judge.take(look, now.monotonicMs - ageMs);
	}

	/** °C that may be gone by now; undefined while anything is wrong with it. */
	temperatureC(nowMs: number): number | undefined {
		return this.#judge.trouble(nowMs) === undefined ? this.#judge.believed?.temperatureC : undefined;
	}

	/** When it was last right. */
	get measuredMs(): number | undefined {
		return this.#judge.believed?.atMs;
	}

	/** What the bus shows of it, but for the moments. */
	state(nowMs: number): State {
		const { id, name = id, room, source } = this.config;
		const trouble = this.#judge.trouble(nowMs);
		const shown = {
			...{ owner: 'thermostat', name },
			...(room === undefined ? {} : { room }),
			...('topic' in source ? {} : { everyS: this.#everyS }),
			...this.#aside,
		};
		if (trouble !== undefined) {
			const { fault, received } = trouble;
			return { ...shown, fault, problem: problemOf(this.config, fault, received) };
		}
		const { atMs: _, ...figures } = this.#judge.believed ?? { atMs: 0 };
		return { ...shown, ...figures };
	}
}

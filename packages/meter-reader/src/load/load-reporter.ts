import { type LoadLog, type LoadState, topics } from '@pilotwire/contract';
import { type Bus, type Clock, instantOf } from '@pilotwire/runtime';
import type { Outbox } from '../outbox/outbox.ts';
import type { PhaseLoad, Taken } from './load-tracker.ts';

/** A log that is full goes out before its time: ten seconds at line speed hold fewer than a hundred. */
const MOST_SAMPLES = 1_000;

/** What a meter's load is said through. */
interface LoadParts {
	readonly meter: string;
	readonly bus: Bus;
	readonly clock: Clock;
	readonly outbox: Outbox;
}

/** Says a meter's load on the bus: how it stands at once, and every figure in numbered logs, of which none is left out. */
export class LoadReporter {
	readonly #parts: LoadParts;
	#samples: LoadLog['samples'] = [];
	#nextSample = 0;
	/** When the newest figure of each phase arrived, on both clocks. */
	readonly #arrivals = new Map<number, { readonly atMs: number; readonly at: string }>();

	constructor(parts: LoadParts) {
		this.#parts = parts;
	}

	/**
	 * Publishes how the load stands (undefined: nothing is known of it), and notes figures that arrived. `at`: the wall
	 * clock's time of their arrival.
	 */
	report(phases: readonly PhaseLoad[] | undefined, figures: Taken['figures'], at: string): void {
		if (phases !== undefined) {
			const over = phases.some((phase) => phase.over);
			const { bus, meter } = this.#parts;
			bus.publish(topics.load, { meter }, { at, over, phases: this.#dated(phases) });
		}
		for (const { phase, apparentPowerVA, currentA } of figures) {
			const current = currentA === undefined ? {} : { currentA };
			this.#samples.push({ at, phase, apparentPowerVA, ...current });
		}
		if (this.#samples.length >= MOST_SAMPLES) this.publishLog();
	}

	/** Publishes the figures since the last log, where there are any. */
	publishLog(): void {
		const samples = this.#samples;
		if (samples.length === 0) return;
		this.#samples = [];
		const first = this.#nextSample;
		this.#nextSample += samples.length;
		const { clock, bus, outbox } = this.#parts;
		outbox.take({ at: instantOf(clock.wallMs()), first, samples }, bus.connected);
	}

	#dated(phases: readonly PhaseLoad[]): LoadState['phases'] {
		return phases.map(({ atMs, missing, ...load }) => ({
			...load,
			at: this.#arrival(load.phase, atMs),
			...(missing ? { missing } : {}),
		}));
	}

	/**
	 * When a phase's figure arrived. Said once, it stays: a figure that is said again under another date, because the
	 * wall clock was set meanwhile, would pass for a new one.
	 */
	#arrival(phase: number, atMs: number): string {
		const known = this.#arrivals.get(phase);
		if (known?.atMs === atMs) return known.at;
		const { clock } = this.#parts;
		const at = instantOf(clock.wallMs() - (clock.monotonicMs() - atMs));
		this.#arrivals.set(phase, { atMs, at });
		return at;
	}
}

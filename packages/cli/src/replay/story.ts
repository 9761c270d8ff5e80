// What happened in a replay, heard on its bus.
import { type LinkyFilter, linkyMargin, linkyOpens, phaseReferenceVA, stepLinkyFilter } from '@pilotwire/breaker';
import { type CircuitState, type LoadState, type ShedderEvent, topics } from '@pilotwire/contract';
import type { Bus } from '@pilotwire/runtime';

/** A stretch of time, ms since 1970 UTC of the replayed clock. */
export interface Stretch {
	readonly fromMs: number;
	toMs: number;
}

/** A phase above its limit. */
export interface Over extends Stretch {
	readonly phase: number;
	mostVA: number;
	readonly limitVA: number;
}

/** A circuit that did not get the order that was wanted for it. */
export interface Wait extends Stretch {
	readonly circuit: string;
	readonly phase: number;
	readonly reason: CircuitState['reason'];
}

/** The breaker would have opened. */
export interface Opening {
	readonly atMs: number;
	readonly phase: number;
	readonly cause: 'linky' | 'branch';
}

interface Watched {
	filter: LinkyFilter;
	ratio: number;
	atMs: number;
}

/** The share of its way that a phase's breaker had gone at the worst moment: 1 opens it. */
export interface Nearest {
	readonly phase: number;
	readonly share: number;
	readonly atMs: number;
}

/** A meter may measure so much too high, and its breaker opens by what it measures: the unfavourable edge. */
const MEASURED_AT_MOST = 1.02;
/** Two stretches above the limit with less than this between them are one. Milliseconds. */
const SAME_PEAK_MS = 5_000;
/** A load is taken to last no longer than this without being said again. Milliseconds. */
const LOAD_LASTS_MS = 10_000;
/** Reasons for which a circuit waits although nothing is wrong with it. */
const WAITS: readonly CircuitState['reason'][] = ['shed', 'waits_for_admission', 'fallback'];

/** Gathers, message by message, what a person wants to know afterwards. */
export class Story {
	readonly overs: Over[] = [];
	readonly waits: Wait[] = [];
	readonly actions: ShedderEvent[] = [];
	/** Openings that the breaker's model sees in the load as the meter said it, from a cold start. */
	readonly openings: Opening[] = [];
	/** How near it came, on the phase where it came nearest. */
	nearest: Nearest | undefined;
	/** Names that people read, by circuit. */
	readonly names = new Map<string, string>();
	/** The newest load. */
	load: LoadState | undefined;
	/** Told of each action of the shedder. */
	onAction: (action: ShedderEvent) => void = () => undefined;
	readonly #wallMs: () => number;
	readonly #over = new Map<number, Over>();
	readonly #waiting = new Map<string, Wait>();
	readonly #watched = new Map<number, Watched>();
	#subscribedKVA: { readonly kva: number; readonly phases: 1 | 3 } | undefined;

	/** @param wallMs the replayed clock, ms since 1970 UTC */
	constructor(wallMs: () => number) {
		this.#wallMs = wallMs;
	}

	/** Hears what one meter and all circuits say. */
	listen(bus: Bus, meter: string): void {
		bus.on(topics.load, { meter }, (load) => this.#hearLoad(load));
		bus.on(topics.reading, { meter }, ({ breakingPowerKVA, referencePowerKVA, phases }) => {
			const kva = breakingPowerKVA ?? referencePowerKVA;
			if (kva !== undefined) this.#subscribedKVA = { kva, phases };
		});
		bus.on(topics.circuit, {}, (state, { circuit }) => this.#hearCircuit(circuit, state));
		bus.on(topics.shedderEvent, {}, (action) => {
			this.actions.push(action);
			this.onAction(action);
		});
	}

	/** How many circuits wait now. */
	get waitingNow(): number {
		return this.#waiting.size;
	}

	/** Ends what still goes on. */
	end(): void {
		for (const circuit of [...this.#waiting.keys()]) this.#endWait(circuit);
	}

	#hearLoad(load: LoadState): void {
		this.load = load;
		const nowMs = this.#wallMs();
		for (const { phase, apparentPowerVA, limitVA, over } of load.phases) {
			if (limitVA > 0) this.#watch(phase, apparentPowerVA, limitVA, nowMs);
			const known = this.#over.get(phase);
			const goesOn = known !== undefined && nowMs - known.toMs <= SAME_PEAK_MS;
			if (!over) continue;
			if (goesOn) {
				known.toMs = nowMs;
				known.mostVA = Math.max(known.mostVA, apparentPowerVA);
				continue;
			}
			const begun = { phase, fromMs: nowMs, toMs: nowMs, mostVA: apparentPowerVA, limitVA };
			this.#over.set(phase, begun);
			this.overs.push(begun);
		}
	}

	/** The filter of a phase, run on what the meter said until now. */
	#watch(phase: number, va: number, limitVA: number, nowMs: number): void {
		const subscribed = this.#subscribedKVA;
		const referenceVA = subscribed === undefined ? limitVA : phaseReferenceVA(subscribed.kva, subscribed.phases);
		const known = this.#watched.get(phase) ?? { filter: { y: 0 }, ratio: 0, atMs: nowMs };
		const lastedS = Math.min(nowMs - known.atMs, LOAD_LASTS_MS) / 1_000;
		const filter = stepLinkyFilter(known.filter, known.ratio, lastedS);
		const opens = linkyOpens(filter);
		if (opens) this.openings.push({ atMs: nowMs, phase, cause: 'linky' });
		const share = 1 - linkyMargin(filter);
		if (share > (this.nearest?.share ?? 0)) this.nearest = { phase, share, atMs: nowMs };
		this.#watched.set(phase, {
			filter: opens ? { y: 0 } : filter,
			ratio: (va * MEASURED_AT_MOST) / referenceVA,
			atMs: nowMs,
		});
	}

	#hearCircuit(circuit: string, { name, phase, wanted, inForce, reason }: CircuitState): void {
		this.names.set(circuit, name);
		const waits = wanted !== inForce && WAITS.includes(reason);
		const known = this.#waiting.get(circuit);
		// From one reason to another it goes on waiting: one wait, called by its first reason.
		if (known !== undefined && waits) return;
		if (known !== undefined) this.#endWait(circuit);
		if (!waits) return;
		const nowMs = this.#wallMs();
		this.#waiting.set(circuit, { circuit, phase, reason, fromMs: nowMs, toMs: nowMs });
	}

	#endWait(circuit: string): void {
		const wait = this.#waiting.get(circuit);
		this.#waiting.delete(circuit);
		if (wait === undefined) return;
		wait.toMs = this.#wallMs();
		this.waits.push(wait);
	}
}

import type { Circuit } from './circuit.ts';

/** A load older than this says nothing about the moment before a change. Milliseconds. */
const FRESH_MS = 5_000;
/** A circuit has obeyed after this time, and the meter shows it. Milliseconds. */
const SETTLED_MS = 12_000;
/** Later than this, too much else may have happened. Milliseconds. */
const TOO_LATE_MS = 20_000;
/** A step that its own phase shows at least this much of, of its rating, is none on another. */
const OWN_SHARE = 0.25;
/** A step within these shares of its rating is its own. */
const LEAST_SHARE = 0.6;
const MOST_SHARE = 1.25;
/** So often in a row it must have been seen elsewhere, and never where it belongs. */
const SURE_TIMES = 3;

interface Watch {
	readonly circuit: Circuit;
	readonly startMs: number;
	/** +1 where it begins to draw, -1 where it ends. */
	readonly sign: 1 | -1;
	/** By phase, VA. */
	readonly before: ReadonlyMap<number, number>;
}

/** Where a circuit's steps were seen, and how often in a row. */
interface Doubt {
	readonly phase: number;
	readonly times: number;
}

/**
 * Notices a circuit that draws on another phase than the configured one, from the steps that the meter shows when its
 * order changes. Only a change that is alone in the house counts; whether one is sure follows from repetition.
 */
export class PhaseDoubts {
	readonly #loads = new Map<number, { readonly loadVA: number; readonly atMs: number }>();
	readonly #doubts = new Map<string, Doubt>();
	#watch: Watch | undefined;
	#changedMs = Number.NEGATIVE_INFINITY;

	/** A live load of a phase, VA, at `nowMs`, monotonic. */
	load(phase: number, loadVA: number, nowMs: number): void {
		this.#loads.set(phase, { loadVA, atMs: nowMs });
		const watch = this.#watch;
		if (watch === undefined) return;
		const settledMs = watch.startMs + SETTLED_MS;
		if (nowMs > watch.startMs + TOO_LATE_MS) this.#watch = undefined;
		else if ([...watch.before.keys()].every((known) => (this.#loads.get(known)?.atMs ?? 0) >= settledMs)) {
			this.#watch = undefined;
			this.#judge(watch);
		}
	}

	/** A circuit begins (`draws`) or ends (`drew`) to be allowed to draw. */
	changed(circuit: Circuit, drew: boolean, draws: boolean, nowMs: number): void {
		const quiet = nowMs - this.#changedMs > SETTLED_MS;
		this.#watch = undefined;
		this.#changedMs = nowMs;
		const fresh = [...this.#loads.values()].every(({ atMs }) => nowMs - atMs <= FRESH_MS);
		if (drew === draws || !quiet || !fresh || this.#loads.size < 2) return;
		const before = new Map([...this.#loads].map(([phase, { loadVA }]) => [phase, loadVA]));
		this.#watch = { circuit, startMs: nowMs, sign: draws ? 1 : -1, before };
	}

	/** The phase on which a circuit surely draws although another one is configured; undefined where it doesn't. */
	phaseOf(id: string): number | undefined {
		const doubt = this.#doubts.get(id);
		return doubt !== undefined && doubt.times >= SURE_TIMES ? doubt.phase : undefined;
	}

	/** For a file: by circuit, where its steps were seen. */
	memory(): Record<string, Doubt> {
		return Object.fromEntries(this.#doubts);
	}

	/** Takes back what `memory` gave; anything else is left out. */
	recall(memory: unknown, circuits: readonly Circuit[]): void {
		if (typeof memory !== 'object' || memory === null) return;
		for (const { id, phase: own } of circuits) {
			const { phase, times } = ((memory as Record<string, unknown>)[id] ?? {}) as Partial<Doubt>;
			if (phase === own || ![1, 2, 3].includes(phase as number) || !Number.isInteger(times)) continue;
			this.#doubts.set(id, { phase: phase as number, times: times as number });
		}
	}

	#judge({ circuit: { id, phase: own, powerW }, sign, before }: Watch): void {
		const steps = [...before].map(([phase, beforeVA]) => {
			return { phase, stepVA: sign * ((this.#loads.get(phase)?.loadVA ?? beforeVA) - beforeVA) };
		});
		const isOwn = ({ phase, stepVA }: { phase: number; stepVA: number }): boolean =>
			phase === own && stepVA >= OWN_SHARE * powerW;
		if (steps.some(isOwn)) {
			this.#doubts.delete(id);
			return;
		}
		const explained = steps.filter(
			({ phase, stepVA }) => phase !== own && stepVA >= LEAST_SHARE * powerW && stepVA <= MOST_SHARE * powerW,
		);
		const [seen] = explained;
		if (seen === undefined || explained.length > 1) return;
		const known = this.#doubts.get(id);
		const times = known?.phase === seen.phase ? Math.min(known.times + 1, SURE_TIMES) : 1;
		this.#doubts.set(id, { phase: seen.phase, times });
	}
}

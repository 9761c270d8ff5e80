import type { Circuit } from './circuit.ts';

/** A load older than this says nothing about the moment before a change. Milliseconds. */
const FRESH_MS = 5_000;
/** A circuit has obeyed after this time, and the meter shows it. Milliseconds. */
const SETTLED_MS = 12_000;
/** Later than this, too much else may have happened. Milliseconds. */
const TOO_LATE_MS = 20_000;
/** A step outside this share of the rating is something else: a thermostat that was open, an oven. */
const LEAST_SHARE = 0.5;
const MOST_SHARE = 1.2;
/** Steps remembered: of a few, one in which a thermostat or an oven took part is outvoted. */
const STEPS = 5;
/** Learned powers are said to this, W. */
const STEP_W = 10;

interface Watch {
	readonly circuit: Circuit;
	readonly beforeVA: number;
	readonly startMs: number;
	/** +1 where it begins to draw, -1 where it ends. */
	readonly sign: 1 | -1;
}

/**
 * Learns what a circuit draws from the step that the meter shows when its order changes. Only a change that is alone on
 * its phase counts, and only a step that the rating explains.
 */
export class PowerLearning {
	readonly #circuits: ReadonlyMap<string, Circuit>;
	readonly #stepsW = new Map<string, readonly number[]>();
	/** What its own output says it draws; better than any step. */
	readonly #measuredW = new Map<string, number>();
	readonly #loads = new Map<number, { readonly loadVA: number; readonly atMs: number }>();
	readonly #watches = new Map<number, Watch>();
	readonly #changedMs = new Map<number, number>();

	constructor(circuits: readonly Circuit[]) {
		this.#circuits = new Map(circuits.map((circuit) => [circuit.id, circuit]));
	}

	/** A live load of a phase, VA, at `nowMs`, monotonic. */
	load(phase: number, loadVA: number, nowMs: number): void {
		this.#loads.set(phase, { loadVA, atMs: nowMs });
		const watch = this.#watches.get(phase);
		if (watch === undefined || nowMs - watch.startMs < SETTLED_MS) return;
		this.#watches.delete(phase);
		if (nowMs - watch.startMs > TOO_LATE_MS) return;
		this.#learn(watch.circuit, watch.sign * (loadVA - watch.beforeVA));
	}

	/** A circuit begins (`draws`) or ends (`drew`) to be allowed to draw. */
	changed(circuit: Circuit, drew: boolean, draws: boolean, nowMs: number): void {
		const { phase } = circuit;
		const before = this.#loads.get(phase);
		const quiet = nowMs - (this.#changedMs.get(phase) ?? Number.NEGATIVE_INFINITY) > SETTLED_MS;
		this.#watches.delete(phase);
		this.#changedMs.set(phase, nowMs);
		if (drew === draws || !quiet || before === undefined || nowMs - before.atMs > FRESH_MS) return;
		this.#watches.set(phase, { circuit, beforeVA: before.loadVA, startMs: nowMs, sign: draws ? 1 : -1 });
	}

	/** What its own output says it draws, W; what isn't its full power says nothing of that. */
	measured(circuit: Circuit, powerW: number): void {
		if (explains(circuit, powerW)) this.#measuredW.set(circuit.id, powerW);
	}

	powerW(id: string): number | undefined {
		const power = this.#known(id);
		return power === undefined ? undefined : Math.round(power / STEP_W) * STEP_W;
	}

	memory(): Record<string, number> {
		const powers = [...this.#circuits.keys()].map((id): [string, number | undefined] => [id, this.#known(id)]);
		return Object.fromEntries(powers.filter((power): power is [string, number] => power[1] !== undefined));
	}

	recall(powersW: Readonly<Record<string, number>>): void {
		for (const [id, power] of Object.entries(powersW)) {
			const circuit = this.#circuits.get(id);
			if (circuit !== undefined && explains(circuit, power)) this.#stepsW.set(id, [power]);
		}
	}

	#learn(circuit: Circuit, stepW: number): void {
		if (!explains(circuit, stepW)) return;
		this.#stepsW.set(circuit.id, [stepW, ...(this.#stepsW.get(circuit.id) ?? [])].slice(0, STEPS));
	}

	/** The middle one, or the higher of two: what is taken for too little may open the breaker. */
	#known(id: string): number | undefined {
		const steps = (this.#stepsW.get(id) ?? []).toSorted((a, b) => a - b);
		return this.#measuredW.get(id) ?? steps[Math.floor(steps.length / 2)];
	}
}

function explains({ powerW }: Circuit, stepW: number): boolean {
	return stepW >= LEAST_SHARE * powerW && stepW <= MOST_SHARE * powerW;
}

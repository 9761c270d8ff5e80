/** What the meter teaches an actuator: each phase's limit and the load that nobody controls, each circuit's true power. */
import { blindBudgetVA } from './blind-budget.ts';
import type { Circuit } from './circuit.ts';
import { type Order, orderLevel } from './order.ts';
import { PhaseDoubts } from './phase-doubts.ts';
import { PowerLearning } from './power-learning.ts';
import type { Trouble } from './trouble.ts';
import { UncontrolledLoad } from './uncontrolled-load.ts';

/** The limit of a phase that no meter has told and no configuration names: 9 kVA on three phases, VA. */
const UNKNOWN_LIMIT_VA = 3_000;
/**
 * Thermostats chop, so at one moment the circuits draw anything up to their ratings. Over this time all draw together
 * at least once, and what is left then is the rest of the house. Milliseconds.
 */
const WINDOW_MS = 300_000;
const SLICES = 5;
/** What has changed by this share is worth writing before its time. */
const MOVED_SHARE = 0.1;
/** A phase counts as over its limit for this long after a load that was: loads swing about a limit. Milliseconds. */
const OVER_HOLDS_MS = 60_000;

/** What a meter says of each phase; powers in VA. */
export interface PhaseLoads {
	readonly phases: readonly {
		readonly phase: number;
		readonly apparentPowerVA: number;
		readonly limitVA: number;
		/** The meter's own word that it is over its limit. */
		readonly over?: boolean | undefined;
	}[];
}

/** A circuit that another actuator drives, as it says itself. */
export interface ForeignCircuit {
	readonly phase: number;
	readonly powerW: number;
	readonly learnedPowerW?: number | undefined;
	readonly inForce: Order;
}

/** How an actuator learns. */
export interface LearningSettings {
	/** At most this counts as a phase's limit, VA. */
	readonly ceilingVA?: number | undefined;
	/**
	 * The part of a phase's blind budget that is this actuator's, 0 to 1, where others drive circuits of the same house:
	 * blind, they can't agree on who draws. All of it unless given.
	 */
	readonly shareOf?: ((phase: number) => number) | undefined;
}

/** What survives a restart. */
export interface LearningMemory {
	readonly version: 1;
	/** By phase, VA. */
	readonly limitsVA: Readonly<Record<string, number>>;
	/** By phase: `UncontrolledLoad.toJSON`. */
	readonly uncontrolled: Readonly<Record<string, unknown>>;
	/** By circuit, W. */
	readonly powersW: Readonly<Record<string, number>>;
	/** By circuit: `PhaseDoubts.memory`. */
	readonly doubts?: Readonly<Record<string, unknown>>;
}

interface PhaseLearning {
	/** Who speaks for this phase: the first meter heard. */
	meter: string | undefined;
	limitVA: number | undefined;
	load: UncontrolledLoad;
	/** When a live load was last over the limit, monotonic ms. */
	overMs: number | undefined;
	/** The highest unexplained load of each slice of the window, VA. */
	slices: { startMs: number; restVA: number }[];
}

/** What the meter teaches: each phase's limit and the load that nobody controls, each circuit's true power. */
export class Learning<C extends Circuit = Circuit> {
	readonly #circuits: readonly C[];
	readonly #settings: LearningSettings;
	readonly #phases = new Map<number, PhaseLearning>();
	readonly #powers: PowerLearning;
	readonly #doubts = new PhaseDoubts();
	readonly #others = new Map<string, ForeignCircuit>();

	constructor(circuits: readonly C[], settings: LearningSettings = {}) {
		this.#circuits = circuits;
		this.#settings = settings;
		this.#powers = new PowerLearning(circuits);
	}

	/** Takes a load that arrived live at `nowMs`, monotonic; `draws` says which circuits may draw. */
	load(meter: string, load: PhaseLoads, nowMs: number, draws: (circuit: C) => boolean): void {
		for (const { phase, apparentPowerVA, limitVA, over } of load.phases) {
			const learning = this.#phase(phase);
			learning.meter ??= meter;
			if (learning.meter !== meter) continue;
			if (limitVA > 0) learning.limitVA = limitVA;
			if (over === true || apparentPowerVA > limitVA) learning.overMs = nowMs;
			const ours = this.#circuits.filter((circuit) => circuit.phase === phase && draws(circuit));
			const controlledW = ours.reduce((sum, { powerW }) => sum + powerW, 0) + this.#othersW(phase, 'comfort_-2');
			learning.load.add(highest(learning.slices, apparentPowerVA - controlledW, nowMs), 0, nowMs);
			this.#powers.load(phase, apparentPowerVA, nowMs);
			this.#doubts.load(phase, apparentPowerVA, nowMs);
		}
	}

	/** An order that can change the load of a phase is in force. */
	changed(circuit: C, drew: boolean, draws: boolean, nowMs: number): void {
		this.#powers.changed(circuit, drew, draws, nowMs);
		this.#doubts.changed(circuit, drew, draws, nowMs);
	}

	/** Takes what another actuator says of its circuit; undefined where the circuit is gone. */
	other(id: string, circuit: ForeignCircuit | undefined): void {
		if (circuit === undefined) this.#others.delete(id);
		else this.#others.set(id, circuit);
	}

	/**
	 * Blind budget of a phase for this actuator, VA: its share, and no more than what the circuits of others leave that
	 * last said they were on, since one that nobody can reach stays on.
	 */
	budgetVA(phase: number): number {
		const { ceilingVA, shareOf } = this.#settings;
		const learning = this.#phase(phase);
		const limitVA = Math.min(learning.limitVA ?? ceilingVA ?? UNKNOWN_LIMIT_VA, ceilingVA ?? Infinity);
		const wholeVA = blindBudgetVA(limitVA, learning.load);
		const leftVA = wholeVA - this.#othersW(phase, 'eco');
		return Math.max(0, Math.min(wholeVA * (shareOf?.(phase) ?? 1), leftVA));
	}

	/**
	 * Those of some circuits that fit beside the load that nobody controls, all together and with everything else of their
	 * phases off; first come those that are more important. None on a phase whose limit nobody knows.
	 */
	fitTogether(circuits: readonly C[]): C[] {
		const takenVA = new Map<number, number>();
		return circuits
			.toSorted((one, other) => one.priority - other.priority)
			.filter((circuit) => {
				const { load, limitVA } = this.#phase(circuit.phase);
				const togetherVA = (takenVA.get(circuit.phase) ?? 0) + this.powerW(circuit);
				if (limitVA === undefined || togetherVA > blindBudgetVA(limitVA, load)) return false;
				takenVA.set(circuit.phase, togetherVA);
				return true;
			});
	}

	/** Whether the load of a phase is over its limit, or was within the last minute; `nowMs` is monotonic. */
	isOver(phase: number, nowMs: number): boolean {
		const { overMs } = this.#phase(phase);
		return overMs !== undefined && nowMs - overMs < OVER_HOLDS_MS;
	}

	/** Takes what a circuit's own output says it draws while it is on, W. */
	measured(circuit: C, powerW: number): void {
		this.#powers.measured(circuit, powerW);
	}

	/** Seen on the meter or said by its output, W; undefined until learned. */
	learnedPowerW(id: string): number | undefined {
		return this.#powers.powerW(id);
	}

	/** What the steps seen contradict of a circuit's configuration. */
	trouble({ id, phase }: C): Trouble | undefined {
		const seen = this.#doubts.phaseOf(id);
		if (seen === undefined) return undefined;
		const problem = `the meter shows it on phase ${seen} each time its order changes; it is configured on phase ${phase} (pilotwire commission ${id} tries it)`;
		return { fault: 'other_phase', problem };
	}

	/** What it may draw, W. */
	powerW(circuit: C): number {
		return Math.max(circuit.powerW, this.learnedPowerW(circuit.id) ?? 0);
	}

	memory(): LearningMemory {
		const limitsVA: Record<string, number> = {};
		const uncontrolled: Record<string, unknown> = {};
		for (const [phase, learning] of this.#phases) {
			if (learning.limitVA !== undefined) limitsVA[phase] = learning.limitVA;
			uncontrolled[phase] = learning.load.toJSON();
		}
		return { version: 1, limitsVA, uncontrolled, powersW: this.#powers.memory(), doubts: this.#doubts.memory() };
	}

	/** Whether what was learned is other than `former` by more than is worth losing. */
	hasMovedSince(former: LearningMemory): boolean {
		const { limitsVA, powersW } = this.memory();
		const isFar = (now: Readonly<Record<string, number>>, then: Readonly<Record<string, number>>): boolean =>
			Object.entries(now).some(([key, value]) => Math.abs(value - (then[key] ?? 0)) > MOVED_SHARE * value);
		return isFar(limitsVA, former.limitsVA) || isFar(powersW, former.powersW);
	}

	/** Takes back what `memory` gave; anything else is left out, so that a damaged file means learning again. */
	recall(memory: unknown): void {
		if (!isRecord(memory) || memory.version !== 1) return;
		const { limitsVA, uncontrolled, powersW } = memory;
		if (!isPowers(limitsVA) || !isRecord(uncontrolled) || !isPowers(powersW)) return;
		for (const [phase, limitVA] of Object.entries(limitsVA)) this.#phase(Number(phase)).limitVA = limitVA;
		for (const [phase, load] of Object.entries(uncontrolled)) {
			this.#phase(Number(phase)).load = UncontrolledLoad.fromJSON(load);
		}
		this.#powers.recall(powersW);
		this.#doubts.recall(memory.doubts, this.#circuits);
	}

	/** What the circuits of others draw, W, that say they have at least this order. */
	#othersW(phase: number, least: Order): number {
		let sum = 0;
		for (const other of this.#others.values()) {
			if (other.phase !== phase || orderLevel(other.inForce) < orderLevel(least)) continue;
			sum += Math.max(other.powerW, other.learnedPowerW ?? 0);
		}
		return sum;
	}

	#phase(phase: number): PhaseLearning {
		const known = this.#phases.get(phase);
		if (known !== undefined) return known;
		const learning = {
			...{ meter: undefined, limitVA: undefined, overMs: undefined },
			...{ load: new UncontrolledLoad(), slices: [] },
		};
		this.#phases.set(phase, learning);
		return learning;
	}
}

/** The highest rest of the window, this one included. */
function highest(slices: { startMs: number; restVA: number }[], restVA: number, nowMs: number): number {
	const last = slices.at(-1);
	if (last === undefined || nowMs - last.startMs >= WINDOW_MS / SLICES) slices.push({ startMs: nowMs, restVA });
	else last.restVA = Math.max(last.restVA, restVA);
	while (slices[0] !== undefined && nowMs - slices[0].startMs >= WINDOW_MS) slices.shift();
	return Math.max(...slices.map((slice) => slice.restVA));
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPowers(value: unknown): value is Record<string, number> {
	return isRecord(value) && Object.values(value).every((power) => typeof power === 'number' && power > 0);
}

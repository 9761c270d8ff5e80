import { blindBudgetVA, UncontrolledLoad } from '@pilotwire/circuit';
import type { LoadState } from '@pilotwire/contract';
import * as z from 'zod';
import { PowerLearning } from './power-learning.ts';
import type { Radiator } from './radiator.ts';

/** The limit of a phase that no meter has told and no configuration names: 9 kVA on three phases, VA. */
const UNKNOWN_LIMIT_VA = 3_000;
/**
 * Thermostats chop, so at one moment the radiators draw anything up to their ratings. Over this time all draw together
 * at least once, and what is left then is the rest of the house. Milliseconds.
 */
const WINDOW_MS = 300_000;
const SLICES = 5;

const memorySchema = z.object({
	version: z.literal(1),
	limitsVA: z.record(z.string(), z.number().positive()),
	uncontrolled: z.record(z.string(), z.unknown()),
	powersW: z.record(z.string(), z.number().positive()),
});
/** What survives a restart. */
export type Memory = z.output<typeof memorySchema>;

interface PhaseLearning {
	/** Who speaks for this phase: the first meter heard. */
	meter: string | undefined;
	limitVA: number | undefined;
	load: UncontrolledLoad;
	/** The highest unexplained load of each slice of the window, VA. */
	slices: { startMs: number; restVA: number }[];
}

/** What the meter teaches: each phase's limit and the load that is not ours, each radiator's true power. */
export class Learning {
	readonly #radiators: readonly Radiator[];
	readonly #ceilingVA: number | undefined;
	readonly #phases = new Map<number, PhaseLearning>();
	readonly #powers: PowerLearning;

	/** `ceilingVA`: at most this counts as a phase's limit. */
	constructor(radiators: readonly Radiator[], ceilingVA: number | undefined) {
		this.#radiators = radiators;
		this.#ceilingVA = ceilingVA;
		this.#powers = new PowerLearning(radiators);
	}

	/** Takes a load that arrived live at `nowMs`, monotonic; `draws` says which radiators may draw. */
	load(meter: string, load: LoadState, nowMs: number, draws: (radiator: Radiator) => boolean): void {
		for (const { phase, apparentPowerVA, limitVA } of load.phases) {
			const learning = this.#phase(phase);
			learning.meter ??= meter;
			if (learning.meter !== meter) continue;
			if (limitVA > 0) learning.limitVA = limitVA;
			const ours = this.#radiators.filter((radiator) => radiator.phase === phase && draws(radiator));
			const restVA = apparentPowerVA - ours.reduce((sum, { powerW }) => sum + powerW, 0);
			learning.load.add(highest(learning.slices, restVA, nowMs), 0, nowMs);
			this.#powers.load(phase, apparentPowerVA, nowMs);
		}
	}

	/** An order that can change the load of a phase has reached a wire. */
	changed(radiator: Radiator, drew: boolean, draws: boolean, nowMs: number): void {
		this.#powers.changed(radiator, drew, draws, nowMs);
	}

	/** Blind budget of a phase, VA. */
	budgetVA(phase: number): number {
		const learning = this.#phase(phase);
		const limitVA = Math.min(learning.limitVA ?? this.#ceilingVA ?? UNKNOWN_LIMIT_VA, this.#ceilingVA ?? Infinity);
		return blindBudgetVA(limitVA, learning.load);
	}

	/** Seen on the meter, W; undefined until learned. */
	learnedPowerW(id: string): number | undefined {
		return this.#powers.powerW(id);
	}

	/** What it may draw, W. */
	powerW(radiator: Radiator): number {
		return Math.max(radiator.powerW, this.learnedPowerW(radiator.id) ?? 0);
	}

	memory(): Memory {
		const limitsVA: Record<string, number> = {};
		const uncontrolled: Record<string, unknown> = {};
		for (const [phase, learning] of this.#phases) {
			if (learning.limitVA !== undefined) limitsVA[phase] = learning.limitVA;
			uncontrolled[phase] = learning.load.toJSON();
		}
		return { version: 1, limitsVA, uncontrolled, powersW: this.#powers.memory() };
	}

	/** Takes back what `memory` gave; anything else is left out. */
	recall(memory: unknown): void {
		const known = memorySchema.safeParse(memory);
		if (!known.success) return;
		for (const [phase, limitVA] of Object.entries(known.data.limitsVA)) this.#phase(Number(phase)).limitVA = limitVA;
		for (const [phase, load] of Object.entries(known.data.uncontrolled)) {
			this.#phase(Number(phase)).load = UncontrolledLoad.fromJSON(load);
		}
		this.#powers.recall(known.data.powersW);
	}

	#phase(phase: number): PhaseLearning {
		const known = this.#phases.get(phase);
		if (known !== undefined) return known;
		const learning = { meter: undefined, limitVA: undefined, load: new UncontrolledLoad(), slices: [] };
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

/** What each output shall carry: lease, fallback, frost guard, override and programme (safety rules 2 and 6). */
import type { Circuit } from './circuit.ts';
import { type FallbackOrder, followControl, NO_FALLBACK, runFallback, staticFallback } from './fallback.ts';
import {
	type Lease,
	type LeaseVerdict,
	type LeaseView,
	NO_LEASE,
	receiveShedSet,
	type ShedSet,
	viewLease,
} from './lease.ts';
import { type Order, raises } from './order.ts';
import type { FallbackCircuit } from './rotation.ts';
import { type Control, type Win, whoWins } from './who-wins.ts';
import type { Wishes } from './wishes.ts';

/** Who has what it wants is looked at this often while control is held. Milliseconds. */
const FOLLOW_MS = 1_000;

/** What outputs, probes and learning say at the moment of a decision. */
export interface Situation<C extends Circuit> {
	/** Monotonic clock, milliseconds. */
	readonly nowMs: number;
	/** Wall clock, milliseconds. */
	readonly wallMs: number;
	/** The order last confirmed on the circuit's output; undefined while that has never answered. */
	confirmed(circuit: C): Order | undefined;
	/** Whether its output answers. */
	reachable(circuit: C): boolean;
	/** What it may draw, W: never less than its rating. */
	powerW(circuit: C): number;
	/** Blind budget of a phase, VA. */
	budgetVA(phase: number): number;
	/** What the frost guard asks for, if anything. */
	guard?(circuit: C): Order | undefined;
	/** Its room, °C, where that is known and fresh. */
	temperatureC?(circuit: C): number | undefined;
}

/** Who decides whether anything may draw. */
export interface ControlSettings {
	/** A load-shedder is configured. */
	readonly shedderEnabled: boolean;
	readonly fallbackEnabled: boolean;
}

/** The outcome for all circuits, by id; targets are orders that each circuit understands. */
export interface Decision {
	readonly control: Control;
	readonly wins: ReadonlyMap<string, Win>;
}

/**
 * Decides what each output shall carry. What nobody knows is taken at its worst: an output that doesn't answer may be
 * on, and the budget allows for that; one never seen may be off, so that anything needs admission.
 */
export class Decider<C extends Circuit = Circuit> {
	readonly #circuits: readonly C[];
	readonly #wishes: Wishes;
	readonly #settings: ControlSettings;
	#lease: Lease = NO_LEASE;
	#fallback = NO_FALLBACK;

	constructor(circuits: readonly C[], wishes: Wishes, settings: ControlSettings) {
		this.#circuits = circuits;
		this.#wishes = wishes;
		this.#settings = settings;
	}

	/** Takes a shed set that arrived at `nowMs`, monotonic. */
	shed(set: ShedSet, retained: boolean, nowMs: number): LeaseVerdict {
		const { lease, verdict } = receiveShedSet(this.#lease, set, retained, nowMs);
		this.#lease = lease;
		return verdict;
	}

	decide(situation: Situation<C>): Decision {
		const view = viewLease(this.#lease, situation.nowMs);
		const control = this.#control(view);
		return { control, wins: this.#wins(situation, view, control, this.#fallbackOrders(situation, control)) };
	}

	/** What to leave standing when nobody will decide any more: steady orders, within the blind budget. */
	last(situation: Situation<C>): Decision {
		const view = viewLease(NO_LEASE, situation.nowMs);
		const circuits = this.#fallbackCircuits(situation);
		const orders = staticFallback(this.#fallback, situation.nowMs, circuits, this.#budgets(situation));
		return { control: 'fallback', wins: this.#wins(situation, view, 'fallback', orders) };
	}

	#control(view: LeaseView): Control {
		if (this.#settings.shedderEnabled && view.control === 'lease') return 'lease';
		return this.#settings.fallbackEnabled ? 'fallback' : 'none';
	}

	#fallbackOrders(situation: Situation<C>, control: Control): ReadonlyMap<string, FallbackOrder> {
		if (control !== 'fallback') {
			this.#follow(situation);
			return new Map();
		}
		const circuits = this.#fallbackCircuits(situation);
		const step = runFallback(this.#fallback, situation.nowMs, circuits, this.#budgets(situation));
		this.#fallback = step.state;
		return step.orders;
	}

	/** Waits last minutes: while control is held a look now and then will do, and a shed is not kept waiting for it. */
	#follow(situation: Situation<C>): void {
		const underWay = this.#fallback.slots.size > 0;
		if (!underWay && situation.nowMs - this.#fallback.nowMs < FOLLOW_MS) return;
		this.#fallback = followControl(this.#fallback, situation.nowMs, this.#fallbackCircuits(situation));
	}

	#wins(
		situation: Situation<C>,
		view: LeaseView,
		control: Control,
		fallback: ReadonlyMap<string, FallbackOrder>,
	): Map<string, Win> {
		const wins = new Map<string, Win>();
		for (const circuit of this.#circuits) {
			const { id, shedOrder } = circuit;
			const trial = view.trial.get(id);
			const win = whoWins({
				...this.#asked(circuit, situation),
				trial: trial && circuit.understands(trial),
				control,
				shed: view.shed.has(id),
				shedOrder,
				admitted: view.admitted.get(id),
				fallbackOrder: fallback.get(id)?.order,
				inForce: situation.confirmed(circuit) ?? 'off',
			});
			wins.set(id, { ...win, target: circuit.understands(win.target) });
		}
		return wins;
	}

	#asked(circuit: C, situation: Situation<C>) {
		const { wallMs, nowMs: monotonicMs } = situation;
		const override = this.#wishes.overrideOf(circuit.id, { wallMs, monotonicMs });
		const guard = situation.guard?.(circuit);
		return {
			nowMs: wallMs,
			programme: circuit.understands(this.#wishes.programmeOf(circuit.id, { wallMs, monotonicMs })),
			override: override && { ...override, order: circuit.understands(override.order) },
			guard: guard && circuit.understands(guard),
		};
	}

	/** Those whose outputs answer; what the others may still draw is taken from the budget instead. */
	#fallbackCircuits(situation: Situation<C>): FallbackCircuit[] {
		return this.#circuits
			.filter((circuit) => situation.reachable(circuit))
			.map((circuit) => {
				const { programme, override, guard } = this.#asked(circuit, situation);
				const asked = override?.order ?? programme;
				const guarded = guard !== undefined && raises(asked, guard);
				return {
					id: circuit.id,
					phase: circuit.phase,
					priority: circuit.priority,
					powerW: situation.powerW(circuit),
					wanted: guarded ? guard : asked,
					inForce: situation.confirmed(circuit) ?? 'off',
					temperatureC: situation.temperatureC?.(circuit),
					switched: circuit.switched,
					guarded,
				};
			});
	}

	#budgets(situation: Situation<C>): Map<number, number> {
		const budgets = new Map<number, number>();
		for (const { phase } of this.#circuits) budgets.set(phase, situation.budgetVA(phase));
		for (const circuit of this.#circuits) {
			if (situation.reachable(circuit)) continue;
			budgets.set(circuit.phase, Math.max(0, (budgets.get(circuit.phase) ?? 0) - situation.powerW(circuit)));
		}
		return budgets;
	}
}

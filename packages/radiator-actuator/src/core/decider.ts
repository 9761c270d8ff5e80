import {
	type Control,
	type FallbackCircuit,
	type FallbackOrder,
	followControl,
	type Lease,
	type LeaseVerdict,
	type LeaseView,
	NO_FALLBACK,
	NO_LEASE,
	receiveShedSet,
	runFallback,
	staticFallback,
	viewLease,
	type Win,
	whoWins,
} from '@pilotwire/circuit';
import type { Order, ShedState } from '@pilotwire/contract';
import { orderFor } from '@pilotwire/pilot-wire';
import type { Radiator } from './radiator.ts';
import type { Wishes } from './wishes.ts';

/** What the outputs and the learning say at the moment of a decision. */
export interface Situation {
	/** Monotonic clock, milliseconds. */
	readonly nowMs: number;
	/** Wall clock, milliseconds. */
	readonly wallMs: number;
	/** The order last confirmed on the radiator's wire; undefined while its board has never answered. */
	confirmed(radiator: Radiator): Order | undefined;
	/** Whether its board answers. */
	reachable(radiator: Radiator): boolean;
	/** What it may draw, W: never less than its rating. */
	powerW(radiator: Radiator): number;
	/** Blind budget of a phase, VA. */
	budgetVA(phase: number): number;
}

/** Who decides whether anything may draw. */
export interface ControlSettings {
	/** A load-shedder is configured. */
	readonly shedderEnabled: boolean;
	readonly fallbackEnabled: boolean;
}

/** The outcome for all radiators, by id; targets are orders that each radiator understands. */
export interface Decision {
	readonly control: Control;
	readonly wins: ReadonlyMap<string, Win>;
}

/**
 * Decides what each wire shall carry: lease, fallback, override and programme (safety rules 2 and 6). What nobody knows
 * is taken at its worst: a board that doesn't answer may have lost its power, so that all its radiators heat, and the
 * budget allows for that; a wire never seen may be off, so that anything needs admission.
 */
export class Decider {
	readonly #radiators: readonly Radiator[];
	readonly #wishes: Wishes;
	readonly #settings: ControlSettings;
	#lease: Lease = NO_LEASE;
	#fallback = NO_FALLBACK;

	constructor(radiators: readonly Radiator[], wishes: Wishes, settings: ControlSettings) {
		this.#radiators = radiators;
		this.#wishes = wishes;
		this.#settings = settings;
	}

	/** Takes a shed set that arrived at `nowMs`, monotonic. */
	shed(set: ShedState, retained: boolean, nowMs: number): LeaseVerdict {
		const { lease, verdict } = receiveShedSet(this.#lease, set, retained, nowMs);
		this.#lease = lease;
		return verdict;
	}

	decide(situation: Situation): Decision {
		const view = viewLease(this.#lease, situation.nowMs);
		const control = this.#control(view);
		return { control, wins: this.#wins(situation, view, control, this.#fallbackOrders(situation, control)) };
	}

	/** What to leave standing when nobody will decide any more: steady orders, within the blind budget. */
	last(situation: Situation): Decision {
		const view = viewLease(NO_LEASE, situation.nowMs);
		const circuits = this.#fallbackCircuits(situation);
		const orders = staticFallback(this.#fallback, situation.nowMs, circuits, this.#budgets(situation));
		return { control: 'fallback', wins: this.#wins(situation, view, 'fallback', orders) };
	}

	#control(view: LeaseView): Control {
		if (this.#settings.shedderEnabled && view.control === 'lease') return 'lease';
		return this.#settings.fallbackEnabled ? 'fallback' : 'none';
	}

	#fallbackOrders(situation: Situation, control: Control): ReadonlyMap<string, FallbackOrder> {
		const circuits = this.#fallbackCircuits(situation);
		if (control !== 'fallback') {
			this.#fallback = followControl(this.#fallback, situation.nowMs, circuits);
			return new Map();
		}
		const step = runFallback(this.#fallback, situation.nowMs, circuits, this.#budgets(situation));
		this.#fallback = step.state;
		return step.orders;
	}

	#wins(
		situation: Situation,
		view: LeaseView,
		control: Control,
		fallback: ReadonlyMap<string, FallbackOrder>,
	): Map<string, Win> {
		const wins = new Map<string, Win>();
		for (const radiator of this.#radiators) {
			const { id, orders, shedOrder } = radiator;
			const win = whoWins({
				...this.#asked(radiator, situation.wallMs),
				control,
				shed: view.shed.has(id),
				shedOrder,
				admitted: view.admitted.get(id),
				fallbackOrder: fallback.get(id)?.order,
				inForce: situation.confirmed(radiator) ?? 'off',
			});
			wins.set(id, { ...win, target: orderFor(win.target, orders) });
		}
		return wins;
	}

	#asked({ id, orders }: Radiator, wallMs: number) {
		const override = this.#wishes.overrideOf(id, wallMs);
		return {
			nowMs: wallMs,
			programme: orderFor(this.#wishes.programmeOf(id, wallMs), orders),
			override: override && { ...override, order: orderFor(override.order, orders) },
		};
	}

	/** Those whose boards answer; what the others may still draw is taken from the budget instead. */
	#fallbackCircuits(situation: Situation): FallbackCircuit[] {
		return this.#radiators
			.filter((radiator) => situation.reachable(radiator))
			.map((radiator) => {
				const { programme, override } = this.#asked(radiator, situation.wallMs);
				return {
					id: radiator.id,
					phase: radiator.phase,
					priority: radiator.priority,
					powerW: situation.powerW(radiator),
					wanted: override?.order ?? programme,
					inForce: situation.confirmed(radiator) ?? 'off',
				};
			});
	}

	#budgets(situation: Situation): Map<number, number> {
		const budgets = new Map<number, number>();
		for (const { phase } of this.#radiators) budgets.set(phase, situation.budgetVA(phase));
		for (const radiator of this.#radiators) {
			if (situation.reachable(radiator)) continue;
			budgets.set(radiator.phase, Math.max(0, (budgets.get(radiator.phase) ?? 0) - situation.powerW(radiator)));
		}
		return budgets;
	}
}

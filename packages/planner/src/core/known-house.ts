/** What the bus tells of the house's circuits and thermostats. Pure. */
import { orderLevel } from '@pilotwire/circuit';
import type { CircuitState, Order, Programme, ThermostatState } from '@pilotwire/contract';
import type { KnownNames } from './plan-faults.ts';
import { type KnownThermostat, type TargetParts, TargetPlan } from './target-plan.ts';
import type { KnownCircuit, Zone } from './targets.ts';

/** Circuits, those among them that a thermostat runs, and thermostats. */
export class KnownHouse {
	readonly #circuits = new Map<string, KnownCircuit>();
	readonly #thermostats = new Map<string, KnownThermostat>();
	readonly #yielded = new Set<string>();
	/** Own orders from an earlier life, of circuits that have not shown theirs in this one. */
	readonly #recalled = new Map<string, Order>();

	/** What each showed last that it follows. */
	readonly #shown = new Map<string, Order>();
	/** Circuits that the configuration gives to thermostats: nobody else's orders are for them. */
	readonly #run: ReadonlySet<string>;

	constructor(run: Iterable<string> = []) {
		this.#run = new Set(run);
	}

	/**
	 * A circuit told how it is; whether that is news. `own`: the order of a programme of its own, which only shows while the
	 * planner says nothing of it; undefined leaves what was known, in this life or in the one before.
	 */
	circuit(
		id: string,
		{ kind, room, programme }: Pick<CircuitState, 'kind' | 'room' | 'programme'>,
		own: { order: Order | undefined } | undefined,
	): boolean {
		const former = this.#circuits.get(id);
		const standing = own === undefined ? (former?.standing ?? this.#recalled.get(id)) : own.order;
		this.#circuits.set(id, { id, kind, room, standing });
		this.#shown.set(id, programme);
		return former?.kind !== kind || former.room !== room || former.standing !== standing;
	}

	/** What circuits show counts as their own, of those to whom nobody says anything. Answers whether it was news. */
	learnOwn(isUntold: (id: string) => boolean): boolean {
		let isNews = false;
		for (const circuit of this.circuits) {
			const standing = isUntold(circuit.id) ? this.#shown.get(circuit.id) : circuit.standing;
			isNews ||= standing !== circuit.standing;
			this.#circuits.set(circuit.id, { ...circuit, standing });
		}
		return isNews;
	}

	/** A circuit's own order, where it is known. */
	ownOf(id: string): Order | undefined {
		return this.#circuits.get(id)?.standing;
	}

	/** Each circuit's own order, as far as it is known: what survives a restart. */
	memory(): Readonly<Record<string, Order>> {
		const known = [...this.#circuits.values()].flatMap(({ id, standing }) =>
			standing === undefined ? [] : [[id, standing] as const],
		);
		return Object.fromEntries([...this.#recalled, ...known]);
	}

	/** Takes back what `memory` gave; what is none of it is left out. */
	recall(memory: unknown): void {
		if (typeof memory !== 'object' || memory === null) return;
		for (const [id, own] of Object.entries(memory)) {
			if (orderLevel(own as Order) >= 0) this.#recalled.set(id, own as Order);
		}
	}

	/** A circuit is there no more; whether it was. */
	circuitGone(id: string): boolean {
		this.#recalled.delete(id);
		this.#shown.delete(id);
		return this.#circuits.delete(id);
	}

	/** A thermostat told how it is, or is there no more (undefined); whether that is news. */
	thermostat(id: string, state: ThermostatState | undefined): boolean {
		const former = this.#thermostats.get(id);
		if (state === undefined) this.#thermostats.delete(id);
		else this.#thermostats.set(id, { id, setC: state.setC, heats: state.heats, cools: state.cools });
		return (['setC', 'heats', 'cools'] as const).some((name) => former?.[name] !== state?.[name]);
	}

	/** A thermostat runs this circuit: its orders are not the planner's while it does. Whether that is news. */
	yielded(id: string): boolean {
		if (this.#yielded.has(id)) return false;
		this.#yielded.add(id);
		return true;
	}

	/** No thermostat runs this circuit any more. */
	regained(id: string): void {
		this.#yielded.delete(id);
	}

	/** Circuits whose orders are the planner's. */
	get circuits(): KnownCircuit[] {
		return [...this.#circuits.values()].filter(({ id }) => !this.#yielded.has(id) && !this.#run.has(id));
	}

	/** Ids of all circuits, in order. */
	get circuitIds(): string[] {
		return [...this.#circuits.keys()].sort();
	}

	/** The plans of thermostats that have a programme, and of those that are there. */
	targets(programmes: readonly Programme[], parts: TargetParts): TargetPlan[] {
		const followed = new Map(
			programmes.flatMap((one) =>
				one.enabled !== false && one.for !== 'house' && 'thermostat' in one.for ? [[one.for.thermostat, one]] : [],
			),
		);
		const ids = new Set([...followed.keys(), ...this.#thermostats.keys()]);
		return [...ids].map((id) => new TargetPlan(parts, id, followed.get(id), this.#thermostats.get(id), this.#circuits));
	}

	/** What programmes may be for. `rooms`: the configuration's. */
	names(zones: readonly Zone[], rooms: readonly string[]): KnownNames {
		const told = [...this.#circuits.values()].flatMap(({ room }) => (room === undefined ? [] : [room]));
		return { zones, circuits: new Set(this.#circuits.keys()), rooms: new Set([...told, ...rooms]) };
	}
}

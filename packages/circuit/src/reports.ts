/** What an actuator says of its circuits on the bus, and when there is news. */
import type { Circuit } from './circuit.ts';
import type { Order } from './order.ts';
import type { CircuitFault, Trouble } from './trouble.ts';
import type { Control, Win, WinReason } from './who-wins.ts';
import { type DatedOrder, instant } from './wishes.ts';

/** What is known of one circuit when it is reported. */
export interface CircuitFacts {
	readonly win: Win;
	readonly control: Control;
	/** The order last confirmed on its output; comfort while that has never answered. */
	readonly inForce: Order;
	/** Whether its output answers. */
	readonly reachable: boolean;
	/** Seen on the meter, W. */
	readonly learnedPowerW?: number | undefined;
	readonly programme: Order;
	/** Ends at `untilMs` of the wall clock. */
	readonly override?: { readonly order: Order; readonly untilMs?: number | undefined } | undefined;
	/** What is wrong with its output. */
	readonly trouble?: Trouble | undefined;
}

/** The part of `circuits/<id>/state` that every actuator says alike. */
export interface CircuitReport {
	readonly owner: string;
	readonly name: string;
	readonly phase: 1 | 2 | 3;
	readonly room?: string;
	readonly powerW: number;
	readonly learnedPowerW?: number;
	readonly priority: number;
	readonly wanted: Order;
	readonly frostGuard?: true;
	readonly inForce: Order;
	readonly reason: WinReason | 'unreachable';
	readonly since: string;
	readonly programme: Order;
	readonly override?: { readonly order: Order; readonly until?: string };
	readonly control: Control;
	readonly fault?: CircuitFault;
	readonly problem?: string;
}

/** A change of the order in force. */
export interface InForceChange {
	readonly from: Order;
	readonly to: Order;
}

/**
 * Makes the state of each circuit and says whether it is news. A circuit's first state is withheld until its owner knows
 * what the broker still holds of an earlier life, which must not be overwritten unread.
 */
export class Reports {
	readonly #owner: string;
	readonly #inForce = new Map<string, { readonly order: Order; readonly sinceMs: number }>();
	readonly #said = new Map<string, string>();
	readonly #withheld: Set<string>;

	constructor(owner: string, circuits: readonly Pick<Circuit, 'id'>[]) {
		this.#owner = owner;
		this.#withheld = new Set(circuits.map(({ id }) => id));
	}

	/** Whether nothing has been published about this circuit, nor asked of it, since the start. */
	withholds(id: string): boolean {
		return this.#withheld.has(id);
	}

	/** From now on this circuit's state (or everyone's) is published. */
	release(id?: string): void {
		if (id === undefined) this.#withheld.clear();
		else this.#withheld.delete(id);
	}

	/** Notes the order in force; answers the change where it is one and not the first that is known. */
	follow(id: string, order: Order, wallMs: number): InForceChange | undefined {
		const known = this.#inForce.get(id);
		if (known?.order === order) return undefined;
		this.#inForce.set(id, { order, sinceMs: wallMs });
		return known === undefined ? undefined : { from: known.order, to: order };
	}

	/** The state of a circuit, its kind and place not included; call `follow` first. */
	report(circuit: Circuit, facts: CircuitFacts, wallMs: number): CircuitReport {
		const { win, control, inForce, reachable, learnedPowerW, programme, override, trouble } = facts;
		const { name, phase, room, powerW, priority } = circuit;
		return {
			owner: this.#owner,
			name,
			phase,
			...(room === undefined ? {} : { room }),
			powerW,
			...(learnedPowerW === undefined ? {} : { learnedPowerW }),
			priority,
			wanted: win.wanted,
			...(win.frostGuard === undefined ? {} : { frostGuard: win.frostGuard }),
			inForce,
			reason: reachable ? win.reason : 'unreachable',
			since: instant(this.#inForce.get(circuit.id)?.sinceMs ?? wallMs),
			programme,
			...(override === undefined ? {} : { override: dated(override) }),
			control,
			...trouble,
		};
	}

	/** Whether this says anything that was not said before; what is withheld is none. */
	isNews(id: string, state: object): boolean {
		if (this.#withheld.has(id)) return false;
		const text = JSON.stringify(state);
		if (this.#said.get(id) === text) return false;
		this.#said.set(id, text);
		return true;
	}

	/** Somebody cleared what was said of a circuit: it is said again with the next report. */
	forget(id: string): void {
		this.#said.delete(id);
	}
}

function dated({ order, untilMs }: { readonly order: Order; readonly untilMs?: number | undefined }) {
	return (untilMs === undefined ? { order } : { order, until: instant(untilMs) }) satisfies DatedOrder;
}

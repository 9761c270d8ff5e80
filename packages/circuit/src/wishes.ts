/**
 * What people and the planner ask of each circuit. Ends are moments of the wall clock; but a clock can be set back by a
 * year, so that nothing lasts longer than was meant when it was said either, by the monotonic clock.
 */
import type { Circuit } from './circuit.ts';
import type { Moment } from './moment.ts';
import type { Order } from './order.ts';
import type { Override } from './who-wins.ts';

/** A programme that ended this long ago without another one has nobody who keeps it. Milliseconds. */
const PROGRAMME_GRACE_MS = 60_000;

/** The last moment that the bus can write. Milliseconds since 1970. */
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A command as the bus carries it; moments as ISO 8601. */
export type Command =
	| Order
	| 'auto'
	| {
			readonly order: Order | 'auto';
			/** The override ends by itself then. */
			readonly until?: string | undefined;
			/** Not carried out when it arrives later than this. */
			readonly expiresAt?: string | undefined;
	  };

/** An order that ends at a moment, ISO 8601, or stays. */
export interface DatedOrder {
	readonly order: Order;
	readonly until?: string | undefined;
}

/** An order that is as old as its `at`, ISO 8601. */
interface AgedOrder extends DatedOrder {
	readonly at: string;
}

/** What was said, with both of its ends, ms; without an end it stays. */
interface Wish extends Override {
	/** By the monotonic clock. */
	readonly endsMs: number;
}

/** What people and the planner ask of each circuit. */
export class Wishes {
	readonly #standing: Map<string, Order>;
	readonly #overrides = new Map<string, Wish>();
	readonly #programmes = new Map<string, Wish>();

	constructor(circuits: readonly Pick<Circuit, 'id' | 'programme'>[]) {
		this.#standing = new Map(circuits.map(({ id, programme }) => [id, programme]));
	}

	/** Takes a command for one circuit; answers why it was refused, or undefined where it was taken. */
	command(id: string, command: Command, { wallMs, monotonicMs }: Moment): string | undefined {
		const { order, until, expiresAt } = typeof command === 'string' ? { order: command } : command;
		const now = instant(wallMs);
		if (expiresAt !== undefined && Date.parse(expiresAt) <= wallMs) {
			return `expected an order that has not expired (it did at ${expiresAt}, and it is ${now} here)`;
		}
		const untilMs = until === undefined ? undefined : Date.parse(until);
		if (untilMs !== undefined && !(untilMs <= LATEST_MS)) {
			return `expected an order that ends before the year 10000 (it ends at ${until})`;
		}
		if (order === 'auto') this.#overrides.delete(id);
		else if (untilMs !== undefined && untilMs <= wallMs) {
			return `expected an order that ends in the future (it ends at ${until}, and it is ${now} here)`;
		} else this.#overrides.set(id, wishOf(order, untilMs, wallMs, monotonicMs));
		return undefined;
	}

	/**
	 * Takes the override back from the state that was published before a restart. A wall clock that is not set yet lies in
	 * the past: the override then ends when it should once the clock is right, or when it has lasted what was left of it.
	 */
	restore(id: string, state: { readonly at: string; readonly override?: DatedOrder | undefined }, now: Moment): void {
		if (state.override === undefined) return;
		const { order, until } = state.override;
		const untilMs = until === undefined ? undefined : Date.parse(until);
		// What reads like a moment and is none, such as a 99th day, holds nothing for ever.
		if (untilMs === undefined || untilMs <= LATEST_MS) {
			this.#overrides.set(id, wishOf(order, untilMs, Date.parse(state.at), now.monotonicMs));
		}
	}

	/** Takes the planner's word; that about circuits of others is left out. */
	programme(id: string, { order, until, at }: AgedOrder, now: Moment): void {
		if (!this.#standing.has(id)) return;
		const untilMs = until === undefined ? undefined : Date.parse(until);
		this.#programmes.set(id, wishOf(order, untilMs, Date.parse(at), now.monotonicMs));
	}

	/** The planner has no programme for it any more. */
	forgetProgramme(id: string): void {
		this.#programmes.delete(id);
	}

	/** From now on this is the circuit's order while the planner says nothing of it. */
	standing(id: string, order: Order): void {
		this.#standing.set(id, order);
	}

	/** The override that holds now. */
	overrideOf(id: string, now: Moment): Override | undefined {
		const override = this.#overrides.get(id);
		if (override === undefined || !holds(override, now)) return undefined;
		return { order: override.order, untilMs: override.untilMs };
	}

	/** The programme's order: the planner's, or the circuit's own where the planner says nothing any more. */
	programmeOf(id: string, now: Moment): Order {
		const programme = this.#programmes.get(id);
		const kept = programme !== undefined && holds(programme, now, PROGRAMME_GRACE_MS);
		return kept ? programme.order : (this.#standing.get(id) ?? 'comfort');
	}
}

/** `saidMs`: when it was said, by the wall clock; `nowMs`: now, by the monotonic one. */
function wishOf(order: Order, untilMs: number | undefined, saidMs: number, nowMs: number): Wish {
	return { order, untilMs, endsMs: untilMs === undefined ? Infinity : nowMs + Math.max(untilMs - saidMs, 0) };
}

function holds({ untilMs = Infinity, endsMs }: Wish, { wallMs, monotonicMs }: Moment, graceMs = 0): boolean {
	return wallMs < untilMs + graceMs && monotonicMs < endsMs + graceMs;
}

/** A wall-clock moment as the bus writes it. */
export function instant(wallMs: number): string {
	return new Date(wallMs).toISOString();
}

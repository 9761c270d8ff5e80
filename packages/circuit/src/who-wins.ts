/** Who wins over a circuit's order: the one place where programme, override, frost guard, shedding and fallback meet. */
import { higherOrder, lowerOrder, type Order, raises } from './order.ts';

/**
 * Who decides about load: a live `lease` of the shedder; the `fallback` while there is none; or `none`, in a house
 * without a shedder, where orders apply at once.
 */
export type Control = 'lease' | 'fallback' | 'none';

/** A person's order, which beats the programme until it ends. */
export interface Override {
	readonly order: Order;
	/** When it ends (ms, the same clock as `nowMs`); without it the override stays until it is taken back. */
	readonly untilMs?: number | undefined;
}

/** What is known about one circuit at one moment. Orders are those the circuit understands (a radiator of 4: four). */
export interface Claims {
	/** Wall clock, ms: overrides end at a time of day. */
	readonly nowMs: number;
	readonly programme: Order;
	readonly override?: Override | undefined;
	/** What commissioning asks for while it tries the circuits; it counts under a lease only. */
	readonly trial?: Order | undefined;
	/** What the frost guard asks for, where the circuit's room is colder than it may be. */
	readonly guard?: Order | undefined;
	readonly control: Control;
	/** Whether the shedder's set names the circuit; under fallback, whether a retained copy of it does. */
	readonly shed: boolean;
	/** What a shed circuit gets. */
	readonly shedOrder: 'off' | 'frost_protection';
	/** The highest order the shedder lets reach the wire; undefined = nothing that raises the load. */
	readonly admitted?: Order | undefined;
	/** What the fallback gives the circuit; `off` where it says nothing. Matters only under fallback. */
	readonly fallbackOrder?: Order | undefined;
	/** The order on the wire now. */
	readonly inForce: Order;
}

/** Why the target is what it is. */
export type WinReason =
	| 'programme'
	| 'override'
	| 'commissioning'
	| 'frost_guard'
	| 'shed'
	| 'waits_for_admission'
	| 'fallback';

/** The outcome: what is asked for, what shall be on the wire, and the rule that made it so. */
export interface Win {
	readonly wanted: Order;
	readonly target: Order;
	readonly reason: WinReason;
	/** The frost guard asks for more than people and programme do; absent where it doesn't. */
	readonly frostGuard?: true;
}

/**
 * Override beats programme, and for the minutes of a trial commissioning beats both. The frost guard raises all of them,
 * also an override: an order that was forgotten lets pipes freeze, and what must stay cold is given no guard temperature.
 * Shedding beats them all; the fallback applies when control is lost. Under a lease an order that can raise the load
 * reaches the wire only as far as it was admitted; lowering is immediate. The target is never above what is wanted, so
 * nothing but the frost guard heats a circuit that people turned off. Shed but asked for no more than a shed circuit gets
 * anyway is not called shed.
 */
export function whoWins(claims: Claims): Win {
	const { wanted, source } = asked(claims);
	const win = decided(claims, wanted, source);
	return source === 'frost_guard' ? { ...win, frostGuard: true } : win;
}

function decided(claims: Claims, wanted: Order, source: Source): Win {
	if (claims.control === 'none') return { wanted, target: wanted, reason: source };
	const ceiling = claims.shed ? lowerOrder(claims.shedOrder, wanted) : wanted;
	const isShed = ceiling !== wanted;
	if (claims.control === 'fallback') {
		const given = claims.fallbackOrder ?? 'off';
		const lowered = isShed && raises(ceiling, given);
		return { wanted, target: lowerOrder(given, ceiling), reason: lowered ? 'shed' : 'fallback' };
	}
	const target = admissible(claims, ceiling);
	if (isShed) return { wanted, target, reason: 'shed' };
	return { wanted, target, reason: target === wanted ? source : 'waits_for_admission' };
}

type Source = 'programme' | 'override' | 'commissioning' | 'frost_guard';

function asked({ nowMs, programme, override, guard, trial, control }: Claims): { wanted: Order; source: Source } {
	const holds = override !== undefined && (override.untilMs === undefined || nowMs < override.untilMs);
	const tried = control === 'lease' ? trial : undefined;
	const wanted = tried ?? (holds ? override.order : programme);
	if (guard !== undefined && raises(wanted, guard)) return { wanted: guard, source: 'frost_guard' };
	if (tried !== undefined) return { wanted, source: 'commissioning' };
	return { wanted, source: holds ? 'override' : 'programme' };
}

/** As much of `ceiling` as may be on the wire now: all of it if that raises nothing, otherwise what was admitted. */
function admissible({ inForce, admitted }: Claims, ceiling: Order): Order {
	if (!raises(inForce, ceiling)) return ceiling;
	return higherOrder(inForce, lowerOrder(admitted ?? 'off', ceiling));
}

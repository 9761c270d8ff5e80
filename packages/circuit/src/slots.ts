/** How a phase goes from one slot of its rotation to the next, and what changes while a slot runs. */
import {
	byPriority,
	byWait,
	chooseSlot,
	type FallbackCircuit,
	fit,
	frostNeeds,
	guardNeeds,
	type Slot,
	sum,
} from './rotation.ts';
import type { Waits } from './waits.ts';

/** On entering, nothing goes up for this long: what drops must be gone, and a shedder may be back. */
const ENTRY_MS = 60_000;
/** Between two slots, what was dropped has this long to stop drawing before anything goes up. */
const RESPONSE_MS = 10_000;

/** The slot that holds now: the running one, less what no longer fits; or the next; or, on entering, who heats. */
export function nextSlot(
	former: Slot | undefined,
	circuits: readonly FallbackCircuit[],
	budgetVA: number,
	waits: Waits,
	now: number,
): Slot {
	if (former === undefined) {
		const turn = heating(circuits, budgetVA).map(({ id }) => id);
		return { turn, frost: [], raiseMs: now + ENTRY_MS, endMs: now + ENTRY_MS };
	}
	const running = filled(trimmed(former, circuits, budgetVA), circuits, budgetVA, waits, now);
	const idle = running.turn.length + running.frost.length === 0 && now >= running.raiseMs;
	if (now < former.endMs && !idle) return running;
	const slot = chooseSlot(circuits, budgetVA, waits, now);
	const stays = (id: string) => slot.turn.includes(id) || slot.frost.includes(id);
	const drops = ![...former.turn, ...former.frost].every(stays);
	return { ...slot, raiseMs: drops ? now + RESPONSE_MS : now };
}

/** Those on the wire now that fit the budget, the most important first. */
export function heating(circuits: readonly FallbackCircuit[], budgetVA: number): FallbackCircuit[] {
	return fit(circuits.filter(({ inForce }) => inForce !== 'off').sort(byPriority), budgetVA);
}

/** The slot without those that are gone or wanted off, and without the least important that no longer fit. */
function trimmed(slot: Slot, circuits: readonly FallbackCircuit[], budgetVA: number): Slot {
	const members = (list: readonly string[]) => circuits.filter(({ id }) => list.includes(id)).sort(byPriority);
	const frost = members(slot.frost);
	const alone = frost.length === 1 && slot.turn.length === 0;
	const keptFrost = alone ? frost : fit(frost, budgetVA);
	const turn = fit(members(slot.turn), budgetVA - sum(keptFrost));
	return { ...slot, turn: turn.map(({ id }) => id), frost: keptFrost.map(({ id }) => id) };
}

/**
 * The slot with those added that the budget has room for before the next one: whom the frost guard asks for, and
 * frost_protection, as soon as it is needed; and a turn for whoever fits now that something else was turned off or the budget grew.
 */
function filled(slot: Slot, circuits: readonly FallbackCircuit[], budgetVA: number, waits: Waits, now: number): Slot {
	const inSlot = circuits.filter(({ id }) => slot.turn.includes(id) || slot.frost.includes(id));
	const outside = circuits.filter((circuit) => !inSlot.includes(circuit));
	const roomVA = budgetVA - sum(inSlot);
	const guarded = fit(guardNeeds(outside, waits), roomVA);
	const cold = frostNeeds(outside, waits, now).filter((circuit) => !guarded.includes(circuit));
	const frost = fit(cold, roomVA - sum(guarded));
	const added = [...guarded, ...frost];
	const waiting = now < slot.raiseMs ? [] : outside.filter((circuit) => !added.includes(circuit)).sort(byWait(waits));
	const turn = [...guarded, ...fit(waiting, roomVA - sum(added))];
	const ids = (some: readonly FallbackCircuit[]) => some.map(({ id }) => id);
	return { ...slot, turn: [...slot.turn, ...ids(turn)], frost: [...slot.frost, ...ids(frost)] };
}

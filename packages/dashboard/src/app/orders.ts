// Orders that people give here: sent now or not at all, pending until the house shows them.
import { topics } from '@pilotwire/contract';
import { type Command, confirm, dismiss, expire, fail, give, payloadOf, shows } from '../core/commands.ts';
import { isSwitched, orderWords } from '../core/words.ts';
import { isOpen, send } from './bus.ts';
import { announce } from './say.ts';
import * as store from './store.ts';

const orderName = ({ order }: Command, id: string): string =>
	store.t.value(orderWords(order, isSwitched(store.house.value.circuits.get(id)?.value)).name);

/** Gives an order to each radiator of a room. */
export async function commandRoom(ids: readonly string[], given: Command): Promise<void> {
	await Promise.all(ids.map((id) => command(id, given)));
}

/** Gives an order to one radiator or to `all`. Sent now or not at all: an order is never kept for later. */
export async function command(target: string, given: Command): Promise<void> {
	const { circuits, clockAheadMs = 0 } = store.house.value;
	const ids = target === 'all' ? [...circuits.keys()] : [target];
	const nowMs = Date.now();
	if (!isOpen() || store.link.value.kind !== 'up') {
		announce(store.t.value('command.away'));
		return;
	}
	store.commands.value = give(store.commands.value, ids, given, nowMs);
	const name = target === 'all' ? store.t.value('radiators.all') : (circuits.get(target)?.value.name ?? target);
	announce(store.t.value('say.sent', { name, order: orderName(given, target) }));
	try {
		await send(topics.circuitSet, payloadOf(given, clockAheadMs, nowMs), { circuit: target });
		confirmStanding(ids, given);
	} catch {
		store.commands.value = fail(store.commands.value, 'refused', Date.now(), ids);
	}
}

/** The broker has it; a radiator whose state was that already says nothing new, so that its standing state confirms. */
function confirmStanding(ids: readonly string[], given: Command): void {
	const { circuits, clockAheadMs = 0 } = store.house.value;
	for (const id of ids) {
		const state = circuits.get(id)?.value;
		if (state === undefined || !shows(state, given, clockAheadMs)) continue;
		store.commands.value = confirm(store.commands.value, id, state, clockAheadMs, Date.now());
	}
}

/** A failed command has been read. */
export function dismissCommand(id: string): void {
	store.commands.value = dismiss(store.commands.value, id);
}

/** Confirms the orders that the house shows by now. `before`: what it said before. */
export function confirmFrom(before: ReturnType<typeof store.house.peek>['circuits']): void {
	const { circuits, clockAheadMs = 0 } = store.house.value;
	for (const [id, said] of circuits) {
		if (before.get(id) === said) continue;
		const was = store.commands.value;
		store.commands.value = confirm(was, id, said.value, clockAheadMs, Date.now());
		const pending = store.commands.value.get(id);
		if (store.commands.value === was || pending === undefined) continue;
		announce(store.t.value('say.confirmed', { name: said.value.name, order: orderName(pending.command, id) }));
	}
}

/** Gives up the orders that were not confirmed in time. */
export function expireOrders(nowMs: number): void {
	const was = store.commands.value;
	store.commands.value = expire(was, nowMs);
	sayFailed(was);
}

/** The connection is gone, and with it what was under way. */
export function loseOrders(): void {
	store.commands.value = fail(store.commands.value, 'lost', Date.now());
}

function sayFailed(was: typeof store.commands.value): void {
	for (const [id, { progress, command: given }] of store.commands.value) {
		if (progress !== 'unconfirmed' || was.get(id)?.progress === 'unconfirmed') continue;
		const name = store.house.value.circuits.get(id)?.value.name ?? id;
		announce(store.t.value('say.failed', { name, order: orderName(given, id) }));
	}
}

// The costs screen's state: which day, month or year, what it cost, and prices on their way. It comes with the screen.
import { type CostAnswer, costAnswer, type PriceEntry, topics } from '@pilotwire/contract';
import { computed, effect, signal } from '@preact/signals';
import { type CostSpan, neighbour, PART_OF, rangeOf } from '../core/costs.ts';
import { ask, send } from './bus.ts';
import { calendar } from './calendar.ts';
import { Saving, same } from './saving.ts';
import { house, link, now, saidZone } from './store.ts';

export const span = signal<CostSpan>('month');
export const answer = signal<CostAnswer | undefined>(undefined);
export const status = signal<'loading' | 'there' | 'missing' | 'away'>('loading');
/** Today in the house, as a local date. */
export const today = computed(() => calendar.value.local(now.value).date);
/** A day of what is shown; undefined: today. */
const chosen = signal<string | undefined>(undefined);
export const range = computed(() => rangeOf(span.value, chosen.value ?? today.value));
/** Whether there is a later one to go to. */
export const hasLater = computed(() => range.value.to <= today.value);
/** Prices on their way: pending until the bus says them back. */
export const saving = new Saving();

const AGAIN_MS = 60_000;

let serial = 0;
let askedMs = 0;

/** Shows the day, month or year of what was shown before. */
export function showSpan(next: CostSpan): void {
	forget();
	span.value = next;
}

/** What was asked for another range must not stand under the name of the new one. */
function forget(): void {
	answer.value = undefined;
	status.value = 'loading';
}

/** Moves to the one before or after. */
export function move(step: 1 | -1): void {
	const next = neighbour(span.value, chosen.value ?? today.value, step);
	forget();
	chosen.value = next > today.value ? undefined : next;
}

/** Watches what is chosen while the screen is open; the result stops that. */
export function followCosts(): () => void {
	const stopAsking = effect(() => {
		void [range.value, link.value.kind, house.value.prices?.value];
		void load();
	});
	const stopRefreshing = effect(() => {
		if (now.value - askedMs > AGAIN_MS) void load();
	});
	return () => {
		stopAsking();
		stopRefreshing();
	};
}

async function load(): Promise<void> {
	serial += 1;
	const mine = serial;
	if (link.peek().kind !== 'up') {
		if (answer.peek() === undefined) status.value = 'away';
		return;
	}
	askedMs = Date.now();
	const { from, to } = range.peek();
	const unit = span.peek();
	try {
		const said = await ask('telemetry', 'history.cost', { from, to, by: PART_OF[unit], compare: unit });
		const parsed = costAnswer.parse(said);
		if (mine !== serial) return;
		answer.value = parsed;
		saidZone.value = parsed.zone;
		status.value = 'there';
	} catch {
		if (mine !== serial) return;
		answer.value = undefined;
		status.value = link.peek().kind === 'up' ? 'missing' : 'away';
	}
}

/** Saves the dated prices; `saving` says how far that has come. */
export function savePrices(prices: readonly PriceEntry[]): Promise<void> {
	const currency = house.peek().prices?.value.currency;
	const change = { ...(currency === undefined ? {} : { currency }), prices: [...prices] };
	return saving.save(
		() => send(topics.tariffPricesSet, change),
		(said) => said.prices !== undefined && same(said.prices.value.prices, prices),
	);
}

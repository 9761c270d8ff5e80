/** Why an order is what it is, in a sentence for whoever reads the bus; screens make their own from the figures. */
import type { Calendar } from '@pilotwire/calendar';
import type { CircuitPlan, Verdict } from './circuit-plan.ts';

/** The sentence for a verdict that has an order. */
export function sentenceOf(plan: CircuitPlan, verdict: Verdict, calendar: Calendar): string {
	const { order, why, forMs } = verdict;
	const programme = plan.programme === undefined ? 'its own order' : `the programme ${quoted(plan.programme)}`;
	const at = forMs === undefined ? undefined : localText(calendar, forMs);
	const rule = plan.rules.find(({ id }) => id === verdict.rule);
	switch (why) {
		case 'absence':
			return `an absence${at === undefined ? '' : ` until ${at}`} goes before ${programme}: ${order}`;
		case 'return':
			return `it warms up for the return at ${at}, which goes before ${programme}: ${order}`;
		case 'preheat':
			return `it warms up before the rule ${quoted(rule)} begins at ${at}, which goes before ${programme}: ${order}`;
		case 'rule': {
			const tariff = [verdict.colour, verdict.period].filter((word) => word !== undefined).join(', ');
			return `the rule ${quoted(rule)}${tariff === '' ? '' : ` (${tariff})`} goes before ${programme}: ${order}`;
		}
		default:
			return `${programme} says ${order}`;
	}
}

const quoted = (named: { readonly id: string; readonly name?: string | undefined } | undefined): string =>
	`"${named?.name ?? named?.id ?? ''}"`;

/** `2026-12-01 18:00`, as the house's clocks show it. */
export function localText(calendar: Calendar, atMs: number): string {
	const { date, minute } = calendar.local(atMs);
	const two = (part: number): string => String(part).padStart(2, '0');
	return `${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

import type { Order } from '@pilotwire/contract';
import { numberAt, valueAt } from '@pilotwire/runtime';
import type { SwitchConfig } from '../config.ts';

/** A charger's current counts as the one that was set up to this difference, A. */
const CURRENT_STEP_A = 0.5;

/** The order that a feedback says is in force; undefined where the message says nothing of it. */
export function orderSaid({ feedback, output }: SwitchConfig, text: string): Order | undefined {
	if (feedback === undefined) return undefined;
	const word = valueAt(text, feedback.path);
	const said =
		typeof word === 'string' || typeof word === 'boolean' || typeof word === 'number' ? String(word) : undefined;
	if (said === feedback.off) return 'off';
	const { current } = output;
	const currentA = feedback.currentPath === undefined ? undefined : numberAt(text, feedback.currentPath);
	if (current !== undefined && currentA !== undefined) {
		if (currentA < CURRENT_STEP_A) return 'off';
		return currentA <= current.minA + CURRENT_STEP_A && current.minA < current.maxA ? 'eco' : 'comfort';
	}
	return said === feedback.on ? 'comfort' : undefined;
}

/** What a message says is drawn, W; undefined where it says nothing of it or what can't be. */
export function powerSaidW({ power }: SwitchConfig, text: string): number | undefined {
	if (power === undefined) return undefined;
	const figure = numberAt(text, power.path);
	return figure !== undefined && figure >= 0 && figure <= 1_000_000 ? figure : undefined;
}

import type { Order } from '@pilotwire/contract';
import type { SwitchConfig } from '../config.ts';

/** A charger's current counts as the one that was set up to this difference, A. */
const CURRENT_STEP_A = 0.5;

/** What stands at a path of a JSON payload, or the whole text without one; undefined where there is no such thing. */
function valueAt(text: string, path: string | undefined): unknown {
	if (path === undefined) return text.trim();
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	for (const name of path.split('.')) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
		value = (value as Record<string, unknown>)[name];
	}
	return value;
}

function numberAt(text: string, path: string | undefined): number | undefined {
	const value = valueAt(text, path);
	const figure = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof figure === 'number' && Number.isFinite(figure) ? figure : undefined;
}

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

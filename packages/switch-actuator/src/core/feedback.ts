import type { Order } from '@pilotwire/contract';
import { numberAt, valueAt } from '@pilotwire/runtime';
import type { SwitchConfig } from '../config.ts';

/** A charger's current counts as the one that was set up to this difference, A. */
const CURRENT_STEP_A = 0.5;
/** More of a message is not told. Characters. */
const LONGEST_SHOWN = 60;

/** The order that a feedback says is in force; undefined where the message says nothing of it. */
export function orderSaid({ feedback, output }: SwitchConfig, text: string): Order | undefined {
	if (feedback === undefined) return undefined;
	const said = valueAt(text, feedback.path);
	if (isWord(feedback.off, said)) return 'off';
	const { current } = output;
	const currentA = feedback.currentPath === undefined ? undefined : numberAt(text, feedback.currentPath);
	if (current !== undefined && currentA !== undefined) {
		if (currentA < CURRENT_STEP_A) return 'off';
		return currentA <= current.minA + CURRENT_STEP_A && current.minA < current.maxA ? 'eco' : 'comfort';
	}
	return isWord(feedback.on, said) ? 'comfort' : undefined;
}

/** Whether a device says this word: numbers and booleans in words too, and capital and small letters alike. */
export function isWord(word: string | number | boolean, said: unknown): boolean {
	if (typeof said !== 'string' && typeof said !== 'boolean' && typeof said !== 'number') return false;
	return String(said).trim().toLowerCase() === String(word).trim().toLowerCase();
}

/** Why a message on the topic of its feedback, or of its power where it has no other, said nothing. */
export function notUnderstood({ feedback, power }: SwitchConfig, text: string): string {
	const { path } = feedback ?? power ?? {};
	const value = valueAt(text, path);
	const shown = shortened(text);
	if (value === undefined) return `${shown}, in which there is no ${path} (a plain word needs no path)`;
	const place = path === undefined ? shown : `${path} ${shortened(JSON.stringify(value))}`;
	if (feedback !== undefined) return `${place}, which is neither ${feedback.on} nor ${feedback.off}`;
	return `${place}, which is no figure in W`;
}

function shortened(text: string): string {
	return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}...`;
}

/** What a message says is drawn, W; undefined where it says nothing of it or what can't be. */
export function powerSaidW({ power }: SwitchConfig, text: string): number | undefined {
	if (power === undefined) return undefined;
	const figure = numberAt(text, power.path);
	return figure !== undefined && figure >= 0 && figure <= 1_000_000 ? figure : undefined;
}

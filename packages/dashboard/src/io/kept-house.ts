// What the house last said, kept on this device so that the page can open without a network. Only what it said: never a
// command. Signing out erases it. Storage may be closed to the page; then nothing is kept.
import type { Account } from './session.ts';

/** A message as it arrived: topic, text, and when (browser's clock, ms). */
export type KeptMessage = readonly [topic: string, text: string, heardMs: number];

/** Who was signed in, and the newest word of each topic. */
export interface KeptHouse {
	readonly account: Account;
	readonly messages: readonly KeptMessage[];
}

const KEY = 'pilotwire.house';

export function readKeptHouse(): KeptHouse | undefined {
	try {
		const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as KeptHouse | null;
		return kept !== null && typeof kept.account?.name === 'string' && Array.isArray(kept.messages) ? kept : undefined;
	} catch {
		return undefined;
	}
}

export function writeKeptHouse(kept: KeptHouse): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(kept));
	} catch {
		// A page that can keep nothing shows nothing without a network.
	}
}

export function eraseKeptHouse(): void {
	try {
		localStorage.removeItem(KEY);
	} catch {
		// There is nothing then.
	}
}

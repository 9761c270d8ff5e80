// A change on its way to the house: pending until the bus says it back, given up when it doesn't.
import { effect, signal } from '@preact/signals';
import type { House } from '../core/house.ts';
import { CallRefused } from '../core/rpc.ts';
import { house } from './store.ts';

/** `saved`: the house has said it back. `refused`: it would not take it. `failed`: it did not, or was not there. */
export type SavingState = 'no' | 'sent' | 'saved' | 'failed' | 'refused';

/** What is not said back within this was not taken. Milliseconds. */
const CONFIRM_WITHIN_MS = 8_000;

/** One place on the screen that says how far a change has come. */
export class Saving {
	readonly state = signal<SavingState>('no');
	/** Why it was refused, in the house's own words, which are English. */
	readonly why = signal('');
	#stop: (() => void) | undefined;

	/** Publishes once, and waits until the house holds it. A newer change takes an older one's place. */
	async save(publish: () => Promise<void>, holds: (house: House) => boolean): Promise<void> {
		this.#stop?.();
		const { state } = this;
		state.value = 'sent';
		try {
			await publish();
		} catch (error) {
			this.why.value = error instanceof CallRefused ? error.message : '';
			state.value = error instanceof CallRefused ? 'refused' : 'failed';
			return;
		}
		const timer = setTimeout(() => {
			if (state.peek() === 'sent') state.value = 'failed';
		}, CONFIRM_WITHIN_MS);
		// Also what was given up may still be taken.
		const stop = effect(() => {
			if (!holds(house.value)) return;
			state.value = 'saved';
			// Nothing more is waited for; an effect can't end itself while it begins.
			queueMicrotask(() => {
				clearTimeout(timer);
				stop();
			});
		});
		this.#stop = () => {
			clearTimeout(timer);
			stop();
		};
	}
}

/** Whether two values of the bus are the same, whatever the order of their fields. */
export const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

function canonical(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === 'object' && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
			: part,
	);
}

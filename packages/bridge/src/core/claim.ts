import type { BridgeEvent } from '@pilotwire/contract';

/**
 * Which of several bridges speaks for a house, settled between them on the outside broker: whoever comes asks, and whoever
 * is there already says so. Of two that ask at once the one whose instance comes first in the alphabet goes on.
 */
export class Claim {
	readonly instance: string;
	#stands: 'none' | 'asking' | 'here' = 'none';

	/** @param instance names this life of the bridge; no other has it */
	constructor(instance: string) {
		this.instance = instance;
	}

	/** Begins to ask; what is to be said. */
	ask(): BridgeEvent {
		this.#stands = 'asking';
		return { instance: this.instance, is: 'asking' };
	}

	/** Nobody has answered. */
	take(): void {
		this.#stands = 'here';
	}

	/** The connection is gone, or given up. */
	leave(): void {
		this.#stands = 'none';
	}

	/** What follows from what was heard: `answer`: say that the house is taken; `yield`: it is another's. */
	hear({ instance, is }: BridgeEvent): 'nothing' | 'answer' | 'yield' {
		if (instance === this.instance || this.#stands === 'none') return 'nothing';
		if (is === 'here') return this.#stands === 'asking' ? 'yield' : 'nothing';
		return this.#stands === 'here' || this.instance < instance ? 'answer' : 'nothing';
	}

	/** What an answer says. */
	get answer(): BridgeEvent {
		return { instance: this.instance, is: 'here' };
	}
}

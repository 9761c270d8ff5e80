import type { TicMode } from './group.ts';

/**
 * Right groups of the other mode, one after the other, before we believe that the meter changed mode. One would do on
 * a clean line; three cost 60 ms at 9600 bd and keep noise from ever turning us.
 */
const GROUPS_TO_TURN = 3;

/** Which mode the meter speaks: fixed, or found from its right groups for as long as it speaks. */
export class ModeDetector {
	readonly #fixed: boolean;
	readonly #given: TicMode | undefined;
	#mode: TicMode | undefined;
	#against = 0;

	constructor(mode: 'auto' | TicMode) {
		this.#fixed = mode !== 'auto';
		this.#given = mode === 'auto' ? undefined : mode;
		this.#mode = this.#given;
	}

	get mode(): TicMode | undefined {
		return this.#mode;
	}

	/**
	 * Weighs a right group. A label that we don't know never decides: its form proves too little.
	 * @returns `accept`, `turn` where this group changes the mode (and is accepted), or `refuse`
	 */
	weigh(mode: TicMode, known: boolean): 'accept' | 'turn' | 'refuse' {
		if (mode === this.#mode) {
			this.#against = 0;
			return 'accept';
		}
		if (this.#fixed || !known) return 'refuse';
		this.#against++;
		if (this.#mode !== undefined && this.#against < GROUPS_TO_TURN) return 'refuse';
		this.#mode = mode;
		this.#against = 0;
		return 'turn';
	}

	reset(): void {
		this.#mode = this.#given;
		this.#against = 0;
	}
}

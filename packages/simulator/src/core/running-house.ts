import type { House, Opening } from '@pilotwire/house';
import type { Clock } from '@pilotwire/runtime';

/** A house whose time follows a clock. */
export class RunningHouse {
	readonly house: House;
	readonly #clock: Clock;
	readonly #timeScale: number;
	readonly #onOpening: (opening: Opening) => void;
	readonly #startMs: number;
	#openings = 0;

	/** @param onOpening called once each time the true breaker opens */
	constructor(house: House, clock: Clock, timeScale: number, onOpening: (opening: Opening) => void) {
		this.house = house;
		this.#clock = clock;
		this.#timeScale = timeScale;
		this.#onOpening = onOpening;
		this.#startMs = clock.monotonicMs();
	}

	/** Brings the house to the present. Call it before anything reads or changes the house. */
	catchUp(): void {
		const { house } = this;
		const presentMs = Math.floor((this.#clock.monotonicMs() - this.#startMs) * this.#timeScale);
		if (presentMs > house.elapsedMs) house.step((presentMs - house.elapsedMs) / 1000);
		for (const opening of house.breaker.openings.slice(this.#openings)) this.#onOpening(opening);
		this.#openings = house.breaker.openings.length;
	}
}

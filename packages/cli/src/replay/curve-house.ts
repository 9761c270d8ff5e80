// A house whose other load is a recorded curve: once with the services, once without.
import { createHouse, type House, type HouseDescription, type LoadSteps } from '@pilotwire/house';
import type { SwitchedLoads } from './switched-loads.ts';

const SECOND_MS = 1_000;
/** Somebody goes to the board and closes the breaker again after this long. Seconds. */
const CLOSED_AGAIN_S = 120;

/** The house model, fed with a curve second by second. */
export class CurveHouse {
	readonly house: House;
	readonly #steps: LoadSteps;
	readonly #switched: SwitchedLoads;
	readonly #next: number[];
	/** What the curve holds now, by phase, W. */
	readonly #curveW: number[];

	constructor(description: HouseDescription, startMs: number, steps: LoadSteps, switched: SwitchedLoads) {
		this.house = createHouse(description, 1, { startMs });
		this.#steps = steps;
		this.#switched = switched;
		this.#next = steps.atS.map(() => 0);
		this.#curveW = steps.atS.map(() => 0);
		this.#feed();
	}

	/** Lets its time pass up to so many milliseconds after its start. */
	advanceTo(elapsedMs: number): void {
		while (this.house.elapsedMs < elapsedMs) {
			const untilSecondMs = SECOND_MS - (this.house.elapsedMs % SECOND_MS);
			this.house.step(Math.min(untilSecondMs, elapsedMs - this.house.elapsedMs) / SECOND_MS);
			if (this.house.elapsedMs % SECOND_MS === 0) this.#feed();
		}
	}

	#feed(): void {
		const nowS = this.house.elapsedMs / SECOND_MS;
		const openAt = this.house.breakerOpenAt;
		if (openAt !== undefined && nowS - openAt >= CLOSED_AGAIN_S) this.house.closeBreaker();
		for (const [phase, atS] of this.#steps.atS.entries()) {
			for (let next = this.#next[phase] ?? 0; (atS[next] ?? Number.POSITIVE_INFINITY) <= nowS; next++) {
				this.#curveW[phase] = this.#steps.watts[phase]?.[next] ?? 0;
				this.#next[phase] = next + 1;
			}
		}
		this.#switched.advanceTo(this.house.elapsedMs, openAt !== undefined);
		for (const [index, watts] of this.#curveW.entries()) {
			this.house.setOtherLoad(index + 1, watts + this.#switched.onPhase(index + 1));
		}
	}
}

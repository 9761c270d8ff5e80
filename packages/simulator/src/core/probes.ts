import type { ProbeState } from '@pilotwire/contract';
import type { House } from '@pilotwire/house';

/** A probe speaks when its figure has changed by this, °C. */
const STEP_C = 0.1;
/** It speaks at least this often. Milliseconds. */
const AGAIN_MS = 60_000;

/** What a probe says, besides when. */
export type ProbeFigure = Omit<ProbeState, 'at'>;

/** Wireless probes, one in each room: each speaks when its figure changes, and once a minute. */
export class Probes {
	readonly #house: House;
	readonly #say: (probe: string, figure: ProbeFigure) => void;
	readonly #said = new Map<string, { readonly temperatureC: number; readonly atMs: number }>();

	constructor(house: House, say: (probe: string, figure: ProbeFigure) => void) {
		this.#house = house;
		this.#say = say;
	}

	/** Lets those speak that have something to say at `nowMs`, monotonic; the house must have been brought to the present. */
	speak(nowMs: number): void {
		for (const [at, { id, name }] of this.#house.description.rooms.entries()) {
			const exactC = this.#house.roomC[at] as number;
			const said = this.#said.get(id);
			const isNews = said === undefined || Math.abs(exactC - said.temperatureC) >= STEP_C;
			if (!isNews && nowMs - said.atMs < AGAIN_MS) continue;
			const temperatureC = Math.round(exactC / STEP_C) / (1 / STEP_C);
			this.#said.set(id, { temperatureC, atMs: nowMs });
			this.#say(id, { name, room: id, temperatureC });
		}
	}
}

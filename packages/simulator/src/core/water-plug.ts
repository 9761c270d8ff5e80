import type { House, HouseDescription } from '@pilotwire/house';

/** The plug speaks when what is drawn has changed by this, W, and at least this often, ms. */
const STEP_W = 5;
const AGAIN_MS = 60_000;
/** A contactor that is held closed stays so until somebody lets it go, s. */
const HELD_S = 1e9;

/** The house with a water heater that nothing but its plug switches: no hours of its own, no part in the script. */
export function withPlug(description: HouseDescription): HouseDescription {
	const { waterHeater, events } = description;
	if (waterHeater === undefined) return description;
	return {
		...description,
		waterHeater: { ...waterHeater, hours: [] },
		events: events.filter(({ appliance }) => appliance !== waterHeater.id),
	};
}

/**
 * The water heater's contactor behind a plug that speaks as Zigbee2MQTT does: told `{"state":"ON"}`, `OFF` or `TOGGLE`, or
 * the bare words, on `<topic>/set`, and asked on `<topic>/get`, it says its whole state on `<topic>`.
 */
export class WaterPlug {
	readonly #house: House;
	readonly #say: (state: string) => void;
	#isOn = false;
	#said: { readonly watts: number; readonly atMs: number } | undefined;

	constructor(house: House, say: (state: string) => void) {
		this.#house = house;
		this.#say = say;
	}

	/** Takes what came on `<topic>/set`; what is no order changes nothing. */
	told(text: string, nowMs: number): void {
		const state = stateIn(text);
		if (state === undefined) return;
		this.#isOn = state === 'TOGGLE' ? !this.#isOn : state === 'ON';
		this.follow();
		this.#speak(nowMs);
	}

	/** Somebody asks what it does. */
	asked(nowMs: number): void {
		this.#speak(nowMs);
	}

	/** Holds the contactor as the plug does; the house forgets it when its breaker opens. */
	follow(): void {
		this.#house.waterHeater?.force(this.#isOn ? HELD_S : 0);
	}

	/** Says what it does where that has changed at `nowMs`, monotonic. */
	speak(nowMs: number): void {
		const said = this.#said;
		const isNews = said === undefined || Math.abs(this.#watts - said.watts) >= STEP_W;
		if (isNews || nowMs - said.atMs >= AGAIN_MS) this.#speak(nowMs);
	}

	get #watts(): number {
		return Math.round(this.#house.waterHeater?.watts ?? 0);
	}

	#speak(nowMs: number): void {
		const watts = this.#watts;
		this.#said = { watts, atMs: nowMs };
		const energy = Math.round((this.#house.waterHeater?.energyWh ?? 0) / 10) / 100;
		this.#say(JSON.stringify({ state: this.#isOn ? 'ON' : 'OFF', power: watts, energy, linkquality: 120 }));
	}
}

function stateIn(text: string): 'ON' | 'OFF' | 'TOGGLE' | undefined {
	let word: unknown = text.trim();
	try {
		word = (JSON.parse(text) as { state?: unknown } | null)?.state ?? word;
	} catch {
		// A bare word is an order too.
	}
	const upper = typeof word === 'string' ? word.toUpperCase() : undefined;
	return upper === 'ON' || upper === 'OFF' || upper === 'TOGGLE' ? upper : undefined;
}

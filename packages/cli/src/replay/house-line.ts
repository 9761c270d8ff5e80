// The meter's line of a house in virtual time: each group arrives when its last bit has left the meter.
import { type House, MeterLine } from '@pilotwire/house';
import { type Line, type LineEvents, travelMs } from '@pilotwire/meter-reader';
import type { Clock } from '@pilotwire/runtime';

export interface HouseLineOptions {
	readonly house: House;
	readonly clock: Clock;
	/** Brings the house to the present. */
	catchUp(): void;
	/** What arrives of what the meter sends, to a reader at this speed; all of it unless given. */
	alter?(bytes: Uint8Array, reader: { readonly baud: number; readonly meterBaud: number }): Uint8Array;
}

/** A serial line with a house's meter at the other end. */
export class HouseLine implements Line {
	readonly name = 'the line of the house';
	readonly hasSpeed = true;
	readonly #options: HouseLineOptions;
	readonly #meter: MeterLine;
	#events: LineEvents | undefined;
	#baud = 0;

	constructor(options: HouseLineOptions) {
		this.#options = options;
		this.#meter = new MeterLine(options.house);
		this.#send();
	}

	async open(baud: number, events: LineEvents): Promise<void> {
		this.#baud = baud;
		this.#events = events;
	}

	async setSpeed(baud: number): Promise<void> {
		this.#baud = baud;
	}

	async close(): Promise<void> {
		this.#events = undefined;
	}

	/** The adapter is pulled out: whoever has the line is told. */
	unplug(): void {
		const events = this.#events;
		this.#events = undefined;
		events?.closed('the line is gone');
	}

	#send(): void {
		const { clock, catchUp } = this.#options;
		catchUp();
		const { bytes, restMs } = this.#meter.next();
		const lastMs = travelMs(bytes.length, this.#meter.baud);
		clock.after(lastMs, () => this.#arrive(bytes));
		clock.after(lastMs + restMs, () => this.#send());
	}

	#arrive(bytes: Uint8Array): void {
		const { alter } = this.#options;
		const reader = { baud: this.#baud, meterBaud: this.#meter.baud };
		this.#events?.bytes(alter === undefined ? bytes : alter(bytes, reader));
	}
}

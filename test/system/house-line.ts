// The meter's line of a house in virtual time: each group arrives when its last bit has left the meter.
import { type House, MeterLine } from '@pilotwire/house';
import type { MeterReader } from '@pilotwire/meter-reader';
import type { Clock } from '@pilotwire/runtime';
import { encodeGroup } from '@pilotwire/teleinfo';

type Line = ReturnType<NonNullable<ConstructorParameters<typeof MeterReader>[3]>>;
type Events = Parameters<Line['open']>[1];

/** Start bit, 7 data bits, parity, stop bit. */
const BITS_A_BYTE = 10;
const FIRST_OF_DATA = 0x30;

export interface HouseLineOptions {
	readonly house: House;
	readonly clock: Clock;
	readonly random: () => number;
	/** Brings the house to the present. */
	catchUp(): void;
}

/** What is wrong with the line; all at once if so wished. */
export interface LineFaults {
	/** Nothing comes. */
	silent: boolean;
	/** Share of the bytes of which one bit is flipped. */
	noise: number;
	/** The apparent power is replaced by this, with a right checksum; the current stays true. */
	absurd: string | undefined;
}

/** A serial line: whoever listens at another speed than the meter's hears noise. */
export class HouseLine implements Line {
	readonly name = 'the line of the house';
	readonly hasSpeed = true;
	readonly faults: LineFaults = { silent: false, noise: 0, absurd: undefined };
	readonly #options: HouseLineOptions;
	readonly #meter: MeterLine;
	#events: Events | undefined;
	#baud = 0;

	constructor(options: HouseLineOptions) {
		this.#options = options;
		this.#meter = new MeterLine(options.house);
		this.#send();
	}

	async open(baud: number, events: Events): Promise<void> {
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
		const travelMs = (bytes.length * BITS_A_BYTE * 1000) / this.#meter.baud;
		clock.after(travelMs, () => this.#events?.bytes(this.#onTheLine(bytes)));
		clock.after(travelMs + restMs, () => this.#send());
	}

	#onTheLine(bytes: Uint8Array): Uint8Array {
		const { silent, noise, absurd } = this.faults;
		const { random } = this.#options;
		if (silent) return new Uint8Array(0);
		if (this.#baud !== this.#meter.baud) return bytes.map(() => Math.floor(random() * 256));
		const sent = absurd === undefined ? bytes : this.#falsified(bytes, absurd);
		if (noise === 0) return sent;
		return sent.map((byte) => (random() < noise ? byte ^ (1 << Math.floor(random() * 7)) : byte));
	}

	/** The same group with another figure, where it says a load. */
	#falsified(bytes: Uint8Array, figure: string): Uint8Array {
		const text = Buffer.from(bytes).toString('latin1');
		const { mode } = this.#options.house.meter.description;
		const found = /(PAPP|SINSTS[123]?)[ \t](\d+)/.exec(text);
		if (found === null) return bytes;
		const [, label = '', data = ''] = found;
		const width = data.length;
		const group = encodeGroup(mode, label, figure.padStart(width, String.fromCharCode(FIRST_OF_DATA)).slice(-width));
		const isFirst = bytes[0] === 0x02;
		const isLast = bytes.at(-1) === 0x03;
		return Uint8Array.from([...(isFirst ? [0x02] : []), ...group, ...(isLast ? [0x03] : [])]);
	}
}

// The meter's line of a house in virtual time, with all that a line can do wrong.
import { HouseLine } from '@pilotwire/cli/replay';
import type { House } from '@pilotwire/house';
import type { Clock } from '@pilotwire/runtime';
import { encodeGroup } from '@pilotwire/teleinfo';

const FIRST_OF_DATA = 0x30;

export interface FaultyLineOptions {
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
export class FaultyLine extends HouseLine {
	readonly faults: LineFaults;

	constructor({ house, clock, random, catchUp }: FaultyLineOptions) {
		const faults: LineFaults = { silent: false, noise: 0, absurd: undefined };
		super({
			...{ house, clock, catchUp },
			alter: (bytes, { baud, meterBaud }) => {
				const { silent, noise, absurd } = faults;
				if (silent) return new Uint8Array(0);
				if (baud !== meterBaud) return bytes.map(() => Math.floor(random() * 256));
				const sent = absurd === undefined ? bytes : falsified(house, bytes, absurd);
				if (noise === 0) return sent;
				return sent.map((byte) => (random() < noise ? byte ^ (1 << Math.floor(random() * 7)) : byte));
			},
		});
		this.faults = faults;
	}
}

/** The same group with another figure, where it says a load. */
function falsified(house: House, bytes: Uint8Array, figure: string): Uint8Array {
	const text = Buffer.from(bytes).toString('latin1');
	const { mode } = house.meter.description;
	const found = /(PAPP|SINSTS[123]?)[ \t](\d+)/.exec(text);
	if (found === null) return bytes;
	const [, label = '', data = ''] = found;
	const width = data.length;
	const group = encodeGroup(mode, label, figure.padStart(width, String.fromCharCode(FIRST_OF_DATA)).slice(-width));
	const isFirst = bytes[0] === 0x02;
	const isLast = bytes.at(-1) === 0x03;
	return Uint8Array.from([...(isFirst ? [0x02] : []), ...group, ...(isLast ? [0x03] : [])]);
}

/** What a read-back of a board found, and the order in which its chip registers are looked at. */
import { addressOf, type ChipRegister, type Port } from './chip-registers.ts';
import type { PinMap } from './pin-map.ts';

/** A chip register that the read-back looks at, by its name in the data sheet. */
export type ReadBackName =
	| 'GPINTENB'
	| 'IOCON'
	| 'IPOLA'
	| 'IPOLB'
	| 'IODIRA'
	| 'IODIRB'
	| 'OLATA'
	| 'OLATB'
	| 'GPIOA'
	| 'GPIOB';

/** A chip register that doesn't hold what was written to it. Both values are bytes. */
export interface Drift {
	readonly register: ReadBackName;
	readonly expected: number;
	readonly received: number;
}

/** A pin whose level is not what its latch drives: a short, or a dead output. */
export interface StuckPin {
	/** 0 to 15: GPA0 to GPA7, GPB0 to GPB7. */
	readonly pin: number;
	/** The wire it drives, from 1; undefined for a pin that the map doesn't use. */
	readonly wire: number | undefined;
	readonly half: 'positive' | 'negative' | undefined;
	/** The level (0 or 1) it is held at. */
	readonly level: 0 | 1;
}

/** A read-back of one board. */
export interface ReadBack {
	/** The chip stands as its power-on leaves it: it was reset since it was last written. */
	readonly reset: boolean;
	/** Chip registers to be set again; `repair` does. */
	readonly drifted: readonly Drift[];
	/** Pins that no register write can cure; somebody must look at the board. */
	readonly stuck: readonly StuckPin[];
}

/** One look: which address, and which of the expected bytes it should hold. */
export interface Look {
	readonly name: ReadBackName;
	readonly address: number;
	readonly expect: 'zero' | 'latchA' | 'latchB';
}

const look = (register: ChipRegister, port: Port, expect: Look['expect']): Look => ({
	name: register === 'IOCON' ? 'IOCON' : `${register as 'IODIR' | 'IPOL' | 'OLAT' | 'GPIO'}${port}`,
	address: addressOf(register, port),
	expect,
});

/**
 * The looks of one read-back. The first address, GPINTENB, is there for the bank: it is where IOCON answers on a chip
 * whose BANK bit was set by a glitch, so it reads 0 only on a chip in the right layout. GPIO comes after all that its
 * meaning depends on.
 */
export const LOOKS: readonly Look[] = [
	{ name: 'GPINTENB', address: addressOf('IOCON', 'A', 1), expect: 'zero' },
	look('IOCON', 'A', 'zero'),
	look('IPOL', 'A', 'zero'),
	look('IPOL', 'B', 'zero'),
	look('IODIR', 'A', 'zero'),
	look('IODIR', 'B', 'zero'),
	look('OLAT', 'A', 'latchA'),
	look('OLAT', 'B', 'latchB'),
	look('GPIO', 'A', 'latchA'),
	look('GPIO', 'B', 'latchB'),
];

/** Whether every look found what a reset leaves: all inputs, all the rest 0 (an input without level reads 0 or 1). */
export function looksReset(received: ReadonlyMap<ReadBackName, number>): boolean {
	return LOOKS.every(({ name }) => {
		if (name === 'GPIOA' || name === 'GPIOB') return true;
		return received.get(name) === (name.startsWith('IODIR') ? 0xff : 0);
	});
}

/** The pins of `port` whose bits differ between what the latch drives and the level that was read. */
export function stuckPins(map: PinMap, port: Port, latch: number, level: number): StuckPin[] {
	const stuck: StuckPin[] = [];
	for (let bit = 0; bit < 8; bit++) {
		if ((((latch ^ level) >> bit) & 1) === 0) continue;
		const pin = bit + (port === 'A' ? 0 : 8);
		const index = map.wires.findIndex(({ positive, negative }) => positive === pin || negative === pin);
		const pins = map.wires[index];
		const half = pins === undefined ? undefined : pins.positive === pin ? 'positive' : 'negative';
		const wire = pins === undefined ? undefined : index + 1;
		stuck.push({ pin, wire, half, level: ((level >> bit) & 1) as 0 | 1 });
	}
	return stuck;
}

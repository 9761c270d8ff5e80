/** Which chip pin drives which half of which wire: data, because boards differ. */
import { PilotWireError } from './errors.ts';

/** Two bytes, one bit a pin: `a` is port A (pins 0 to 7), `b` is port B (pins 8 to 15). Each 0 to 255. */
export interface Ports {
	readonly a: number;
	readonly b: number;
}

/** The chip pins of one wire: 0 to 7 are GPA0 to GPA7, 8 to 15 are GPB0 to GPB7. */
export interface WirePins {
	readonly positive: number;
	readonly negative: number;
}

/** The pins of a board's wires, wire 1 first; `activeLow` where a pin at 0 lights its opto-triac. */
export interface PinMap {
	readonly wires: readonly WirePins[];
	readonly activeLow: boolean;
}

const PINS = 16;

/** The common board: 8 wires, wire n on bits 2n-2 and 2n-1, the low bit of each pair drives the positive half. */
export const DEFAULT_PIN_MAP: PinMap = {
	wires: Array.from({ length: PINS / 2 }, (_, index) => ({ positive: 2 * index, negative: 2 * index + 1 })),
	activeLow: false,
};

/**
 * Every fault of a pin map: `pin_map_size` (1 to 8 wires), `pin_out_of_range`, `pin_used_twice`. Empty when it is good.
 */
export function pinMapFaults(map: PinMap): PilotWireError[] {
	const faults: PilotWireError[] = [];
	if (map.wires.length < 1 || map.wires.length > PINS / 2) faults.push(sizeFault(map.wires.length));
	const users = new Map<number, string>();
	map.wires.forEach((wire, index) => {
		for (const half of ['positive', 'negative'] as const) {
			const pin = wire[half];
			const user = `the ${half} half of wire ${index + 1}`;
			const former = users.get(pin);
			if (!Number.isInteger(pin) || pin < 0 || pin >= PINS) faults.push(rangeFault(pin, user));
			else if (former !== undefined) faults.push(sharedFault(pin, former, user));
			else users.set(pin, user);
		}
	});
	return faults;
}

function sizeFault(wires: number): PilotWireError {
	return new PilotWireError('pin_map_size', '1 to 8 wires', `${wires}`, 'list the pins of each wire, wire 1 first');
}

function rangeFault(pin: number, user: string): PilotWireError {
	const received = `${pin} for ${user}`;
	return new PilotWireError('pin_out_of_range', 'a pin from 0 to 15', received, '0 is GPA0, 7 is GPA7, 8 is GPB0');
}

function sharedFault(pin: number, former: string, user: string): PilotWireError {
	const expected = `a pin of its own for ${user}`;
	const received = `${pin}, which drives ${former}`;
	return new PilotWireError('pin_used_twice', expected, received, 'give each half of each wire another pin');
}

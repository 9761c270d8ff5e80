// Frames of a three-phase Linky in standard mode, cut where the group of interest ends.
import { encodeGroup } from '@pilotwire/teleinfo';

const STX = 0x02;
const ETX = 0x03;
/** Subscription of the measured house, kVA. */
export const PREF_KVA = 36;
/** The share of one phase, VA. */
export const LIMIT_VA = (PREF_KVA * 1000) / 3;
const VOLTS = 230;

const digits = (value: number, width: number): string => String(Math.round(value)).padStart(width, '0');
const group = (label: string, data: string): Uint8Array => encodeGroup('standard', label, data);

/** A frame for the given apparent power of each phase, VA. `upTo` ends with the group that says the load of that phase. */
export function loadFrame(
	loads: readonly [number, number, number],
	phase: number,
): { upTo: Uint8Array; rest: Uint8Array } {
	const sum = loads.reduce((a, b) => a + b, 0);
	const head = [
		group('ADSC', '021976000000'),
		...loads.map((load, index) => group(`IRMS${index + 1}`, digits(load / VOLTS, 3))),
		...loads.map((_, index) => group(`URMS${index + 1}`, digits(VOLTS, 3))),
		group('PREF', digits(PREF_KVA, 2)),
		group('PCOUP', digits(PREF_KVA, 2)),
		group('SINSTS', digits(sum, 5)),
	];
	const said = loads.map((load, index) => group(`SINSTS${index + 1}`, digits(load, 5)));
	return {
		upTo: Buffer.concat([Uint8Array.of(STX), ...head, ...said.slice(0, phase)]),
		rest: Buffer.concat([...said.slice(phase), Uint8Array.of(ETX)]),
	};
}

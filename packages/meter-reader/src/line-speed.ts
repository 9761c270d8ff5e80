import { TicDecoder, type TicMode } from '@pilotwire/teleinfo';
import { BAUD } from './speed-search.ts';

/** Start bit, 7 data bits, parity, stop bit (Enedis-NOI-CPT_54E, 5). */
const BITS_A_BYTE = 10;

/** The speed of a recorded line, told by the mode of what is on it: bauds. That of the historic mode where nothing tells. */
export function lineSpeedOf(lead: Uint8Array, mode: 'auto' | TicMode = 'auto'): number {
	const decoder = new TicDecoder({ mode, onEvent: () => undefined });
	decoder.push(lead);
	return BAUD[decoder.mode ?? 'historic'];
}

/** How long bytes take on a line, milliseconds. */
export function travelMs(bytes: number, baud: number): number {
	return (bytes * BITS_A_BYTE * 1_000) / baud;
}

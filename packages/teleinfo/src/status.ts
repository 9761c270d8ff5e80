import type { TariffColour } from './tariff.ts';

/** Why the breaker inside a Linky stands where it stands (STGE bits 1-3). */
export type BreakerState =
	| 'closed'
	| 'open_overpower'
	| 'open_overvoltage'
	| 'open_load_shedding'
	| 'open_remote_order'
	| 'open_overheating_overcurrent'
	| 'open_overheating'
	| 'unknown';

/** The status register STGE, bit by bit (Enedis-NOI-CPT_54E section 6.2.3.13). */
export interface MeterStatus {
	/** The dry contact, which off-peak hours switch. */
	readonly dryContactOpen: boolean;
	readonly breaker: BreakerState;
	/** The terminal cover is off. */
	readonly coverOpen: boolean;
	readonly overvoltage: boolean;
	/** Drawing more than the reference power: on some meters the only sign of an overload. */
	readonly aboveReferencePower: boolean;
	/** The meter is set up for a producer. */
	readonly producer: boolean;
	/** Active energy flows out. */
	readonly activeEnergyNegative: boolean;
	/** Supplier register in use, 1 to 16. */
	readonly supplierIndex: number;
	/** Distributor register in use, 1 to 4. */
	readonly distributorIndex: number;
	readonly clockDegraded: boolean;
	readonly standardMode: boolean;
	readonly euridis: 'disabled' | 'enabled' | 'unknown' | 'secured';
	/** The power-line link to the distributor. */
	readonly powerLine: 'unlocked' | 'locked' | 'registered' | 'unknown';
	readonly powerLineSynchronised: boolean;
	readonly colourToday?: TariffColour;
	readonly colourTomorrow?: TariffColour;
	/** Mobile peak announced, 1 to 3; 0 for none. */
	readonly mobilePeakNotice: number;
	/** Mobile peak running, 1 to 3; 0 for none. */
	readonly mobilePeak: number;
}

const breakers: readonly BreakerState[] = [
	'closed',
	'open_overpower',
	'open_overvoltage',
	'open_load_shedding',
	'open_remote_order',
	'open_overheating_overcurrent',
	'open_overheating',
	'unknown',
];
const euridis = ['disabled', 'enabled', 'unknown', 'secured'] as const;
const powerLine = ['unlocked', 'locked', 'registered', 'unknown'] as const;
const colours: readonly (TariffColour | undefined)[] = [undefined, 'blue', 'white', 'red'];

/**
 * Decodes STGE.
 * @param stge eight hexadecimal digits; undefined for anything else
 */
export function decodeStatus(stge: string): MeterStatus | undefined {
	if (!/^[\dA-F]{8}$/.test(stge)) return undefined;
	const word = Number.parseInt(stge, 16);
	const field = (bit: number, width: number) => (word >>> bit) & ((1 << width) - 1);
	const flag = (bit: number) => field(bit, 1) === 1;
	const colourToday = colours[field(24, 2)];
	const colourTomorrow = colours[field(26, 2)];
	return {
		dryContactOpen: flag(0),
		breaker: breakers[field(1, 3)] ?? 'unknown',
		coverOpen: flag(4),
		overvoltage: flag(6),
		aboveReferencePower: flag(7),
		producer: flag(8),
		activeEnergyNegative: flag(9),
		supplierIndex: field(10, 4) + 1,
		distributorIndex: field(14, 2) + 1,
		clockDegraded: flag(16),
		standardMode: flag(17),
		euridis: euridis[field(19, 2)] ?? 'unknown',
		powerLine: powerLine[field(21, 2)] ?? 'unknown',
		powerLineSynchronised: flag(23),
		...(colourToday === undefined ? {} : { colourToday }),
		...(colourTomorrow === undefined ? {} : { colourTomorrow }),
		mobilePeakNotice: field(28, 2),
		mobilePeak: field(30, 2),
	};
}

/** The relays that are closed, of RELAIS: 1 is the dry contact, 2 to 8 are virtual. */
export function closedRelays(relais: string): number[] {
	const word = Number(relais);
	return [1, 2, 3, 4, 5, 6, 7, 8].filter((relay) => (word & (1 << (relay - 1))) !== 0);
}

/** The phases without voltage, of PPOT: bit n is phase n (CPT_02E section 6). */
export function missingPhases(ppot: string): number[] {
	const word = Number.parseInt(ppot, 16);
	return [1, 2, 3].filter((phase) => (word & (1 << phase)) !== 0);
}

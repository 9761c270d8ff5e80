import { type TariffKey, tariffKey } from './tariff-key.ts';

/** What an import counted, from before this history. */
export const IMPORTED_REGISTER = 'IMPORTED';

/** Registers of drawn energy that count together: at each moment one of a set goes on, as the contract's period says. */
const sets: Readonly<Record<string, Readonly<Record<string, TariffKey>>>> = {
	base: { BASE: 'all_hours' },
	offPeak: { HCHC: 'off_peak', HCHP: 'peak' },
	ejp: { EJPHN: 'normal', EJPHPM: 'mobile_peak' },
	tempo: {
		BBRHCJB: tariffKey('off_peak', 'blue'),
		BBRHPJB: tariffKey('peak', 'blue'),
		BBRHCJW: tariffKey('off_peak', 'white'),
		BBRHPJW: tariffKey('peak', 'white'),
		BBRHCJR: tariffKey('off_peak', 'red'),
		BBRHPJR: tariffKey('peak', 'red'),
	},
	imported: { [IMPORTED_REGISTER]: 'other' },
};

/** All that is drawn: counts beside the registers of the supplier. */
export const TOTAL_REGISTER = 'EAST';
/** All that is fed in. */
export const EXPORT_REGISTER = 'EAIT';

/**
 * The set that a register belongs to. Undefined for those that count besides: the distributor's, and registers nobody knows.
 */
export function setOf(register: string): string | undefined {
	if (/^EASF(0[1-9]|10)$/.test(register)) return 'supplier';
	if (register === TOTAL_REGISTER) return 'total';
	return Object.entries(sets).find(([, registers]) => Object.hasOwn(registers, register))?.[0];
}

/** What a register's name says of its tariff; undefined where it says nothing. */
export function meaningOf(register: string): TariffKey | undefined {
	for (const registers of Object.values(sets)) {
		if (Object.hasOwn(registers, register)) return registers[register];
	}
	return undefined;
}

/** Whether a tariff says which hours are meant: then nothing else need be asked. */
export function isTelling(tariff: TariffKey | undefined): boolean {
	return tariff !== undefined && tariff !== 'all_hours' && tariff !== 'other';
}

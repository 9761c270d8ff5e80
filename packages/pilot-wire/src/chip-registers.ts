/**
 * Where the MCP23017's chip registers lie (Microchip DS20001952, table 3-1 and 3-3). IOCON bit 7, BANK, chooses
 * between two layouts: with BANK = 0 the ports' chip registers alternate, with BANK = 1 each port has its own block.
 */

/** Chip registers of a port, in the order of their addresses. */
export const CHIP_REGISTERS = [
	'IODIR',
	'IPOL',
	'GPINTEN',
	'DEFVAL',
	'INTCON',
	'IOCON',
	'GPPU',
	'INTF',
	'INTCAP',
	'GPIO',
	'OLAT',
] as const;

/** A chip register without its port. IOCON is one chip register that answers at both ports' addresses. */
export type ChipRegister = (typeof CHIP_REGISTERS)[number];
/** A half of the chip: port A or port B. */
export type Port = 'A' | 'B';

/** IOCON bit 7: the layout of the addresses. */
export const IOCON_BANK = 0x80;

/** The address of a chip register in the layout of `bank`. */
export function addressOf(register: ChipRegister, port: Port = 'A', bank: 0 | 1 = 0): number {
	const index = CHIP_REGISTERS.indexOf(register);
	const half = port === 'A' ? 0 : 1;
	return bank === 0 ? 2 * index + half : index + 0x10 * half;
}

/** Which chip register answers at `address` in the layout of `bank`; undefined where there is none. */
export function registerAt(address: number, bank: 0 | 1): { register: ChipRegister; port: Port } | undefined {
	const half = bank === 0 ? address & 1 : address >> 4;
	const register = CHIP_REGISTERS[bank === 0 ? address >> 1 : address & 0x0f];
	return register === undefined || half > 1 ? undefined : { register, port: half === 0 ? 'A' : 'B' };
}

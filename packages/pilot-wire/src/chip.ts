/**
 * The MCP23017 as a register model: what each address answers in both bank layouts, what the pins carry, what a reset
 * leaves. Its interrupts are not modelled (no board wires them): INTF and INTCAP read 0.
 */
import { CHIP_REGISTERS, type ChipRegister, IOCON_BANK, type Port, registerAt } from './chip-registers.ts';
import type { Ports } from './pin-map.ts';

/** IOCON bit 0 is not implemented and reads 0. */
const IOCON_BITS = 0xfe;

type Bank = Record<ChipRegister, number>;

/** One chip. Levels are 1 = supply, 0 = ground; every value is a byte. */
export class Mcp23017Chip {
	#ports: Record<Port, Bank> = { A: afterReset(), B: afterReset() };
	#stuck: Record<Port, { mask: number; levels: number }> = { A: { mask: 0, levels: 0 }, B: { mask: 0, levels: 0 } };

	/** What a read of the chip register at `address` answers; an address without one answers 0. */
	read(address: number): number {
		const found = registerAt(address, this.#bank);
		if (found === undefined) return 0;
		const { register, port } = found;
		if (register === 'GPIO') return this.#levels(port) ^ this.#ports[port].IPOL;
		return this.#ports[port][register];
	}

	/** Takes a write of `value` (its low 8 bits) to `address`; an address without a chip register takes nothing. */
	write(address: number, value: number): void {
		const found = registerAt(address, this.#bank);
		if (found === undefined) return;
		const { register, port } = found;
		const byte = value & 0xff;
		if (register === 'IOCON') {
			this.#ports.A.IOCON = byte & IOCON_BITS;
			this.#ports.B.IOCON = byte & IOCON_BITS;
		} else if (register === 'GPIO') this.#ports[port].OLAT = byte;
		else if (register !== 'INTF' && register !== 'INTCAP') this.#ports[port][register] = byte;
	}

	/** Power lost and back, or the RESET pin: every pin an input, everything else 0. A stuck pin stays stuck. */
	reset(): void {
		this.#ports = { A: afterReset(), B: afterReset() };
	}

	/** Holds `pin` (0 to 15) at `level` whatever the chip drives, as a short does; undefined lets it go. */
	stick(pin: number, level: 0 | 1 | undefined): void {
		const stuck = this.#stuck[pin < 8 ? 'A' : 'B'];
		const bit = 1 << (pin & 7);
		stuck.mask = level === undefined ? stuck.mask & ~bit : stuck.mask | bit;
		stuck.levels = level === 1 ? stuck.levels | bit : stuck.levels & ~bit;
	}

	/** Which pins the chip drives: 1 = output. */
	get driven(): Ports {
		return { a: ~this.#ports.A.IODIR & 0xff, b: ~this.#ports.B.IODIR & 0xff };
	}

	/** The level of each pin; an input that nothing holds is 1 with its pull-up and 0 without. */
	get levels(): Ports {
		return { a: this.#levels('A'), b: this.#levels('B') };
	}

	get #bank(): 0 | 1 {
		return (this.#ports.A.IOCON & IOCON_BANK) === 0 ? 0 : 1;
	}

	#levels(port: Port): number {
		const { IODIR, OLAT, GPPU } = this.#ports[port];
		const { mask, levels } = this.#stuck[port];
		return (((OLAT & ~IODIR) | (GPPU & IODIR)) & ~mask & 0xff) | levels;
	}
}

function afterReset(): Bank {
	const bank = Object.fromEntries(CHIP_REGISTERS.map((register) => [register, 0])) as Bank;
	bank.IODIR = 0xff;
	return bank;
}

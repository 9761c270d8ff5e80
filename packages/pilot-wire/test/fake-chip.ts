import type { RegisterBus } from '../src/board.ts';
import { Mcp23017Chip } from '../src/chip.ts';

/** One bus operation as it reached the bus. */
export interface Operation {
	readonly kind: 'read' | 'write';
	readonly address: number;
	readonly register: number;
	readonly value: number;
}

/** A bus with chips on it that records what passes and fails on demand. */
export class FakeBus implements RegisterBus {
	readonly chips = new Map<number, Mcp23017Chip>();
	readonly operations: Operation[] = [];
	/** Asked before each operation; an error returned rejects it, before or after it reached the chip. */
	fault: (kind: Operation['kind'], register: number) => { error: Error; reached: boolean } | undefined = () =>
		undefined;
	/** Called once an operation has reached the chip, before its promise settles. */
	observe: (operation: Operation) => void = () => {};

	constructor(...addresses: number[]) {
		for (const address of addresses) this.chips.set(address, new Mcp23017Chip());
	}

	chip(address: number): Mcp23017Chip {
		const chip = this.chips.get(address);
		if (chip === undefined) throw new Error(`ENXIO: no chip at ${address}`);
		return chip;
	}

	async read(address: number, register: number): Promise<number> {
		return this.#carry('read', address, register, () => this.chip(address).read(register));
	}

	async write(address: number, register: number, value: number): Promise<void> {
		await this.#carry('write', address, register, () => {
			this.chip(address).write(register, value);
			return value;
		});
	}

	get writes(): Operation[] {
		return this.operations.filter(({ kind }) => kind === 'write');
	}

	async #carry(kind: Operation['kind'], address: number, register: number, act: () => number): Promise<number> {
		await Promise.resolve();
		const fault = this.fault(kind, register);
		if (fault !== undefined && !fault.reached) throw fault.error;
		const operation = { kind, address, register, value: act() };
		this.operations.push(operation);
		this.observe(operation);
		await Promise.resolve();
		if (fault !== undefined) throw fault.error;
		return operation.value;
	}
}

import { Mcp23017Chip } from '@pilotwire/pilot-wire';
import type { BusPort } from '../src/core/bus-queue.ts';

/** One register written, in the order in which the chips took them. */
export interface Written {
	readonly address: number;
	readonly register: number;
	readonly value: number;
}

/** MCP23017 chips on a bus that fails on demand: the lowest level there is without hardware. */
export class FakeBoards implements BusPort {
	readonly chips = new Map<number, Mcp23017Chip>();
	readonly written: Written[] = [];
	/** Code of the error that a chip's transfers end with. */
	readonly failing = new Map<number, string>();
	/** The same for its writes alone. */
	readonly failingWrites = new Map<number, string>();
	/** Transfers that failed. */
	failures = 0;
	open_ = false;
	#hanging: (() => void)[] | undefined;

	constructor(addresses: readonly number[] = [0x20, 0x21, 0x22]) {
		for (const address of addresses) this.chips.set(address, new Mcp23017Chip());
	}

	chip(address: number): Mcp23017Chip {
		const chip = this.chips.get(address);
		if (chip === undefined) throw new Error(`no chip at ${address}`);
		return chip;
	}

	/** From now on transfers hang. */
	hang(): void {
		this.#hanging = [];
	}

	/** Transfers that hang go on; no further one hangs. */
	release(): void {
		const hanging = this.#hanging ?? [];
		this.#hanging = undefined;
		for (const go of hanging) go();
	}

	get transfersHanging(): number {
		return this.#hanging?.length ?? 0;
	}

	async open(): Promise<void> {
		this.open_ = true;
	}

	async close(): Promise<void> {
		this.open_ = false;
	}

	async read(address: number, register: number): Promise<number> {
		await this.#transfer(address);
		return this.chip(address).read(register);
	}

	async write(address: number, register: number, value: number): Promise<void> {
		await this.#transfer(address, this.failingWrites);
		this.chip(address).write(register, value);
		this.written.push({ address, register, value });
	}

	async #transfer(address: number, failing = this.failing): Promise<void> {
		if (this.#hanging !== undefined) await new Promise<void>((go) => this.#hanging?.push(go));
		const code = failing.get(address) ?? this.failing.get(address) ?? (this.chips.has(address) ? undefined : 'ENXIO');
		if (code === undefined) return;
		this.failures += 1;
		throw Object.assign(new Error(`${code}, faked`), { code });
	}
}

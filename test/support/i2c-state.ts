// The file in which the virtual I2C bus lies: the layout of `struct state` in test/native/fakei2c.c, little-endian.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const chipStart = 64;
const chipSize = 128;
const maxChips = 16;
const logStart = 4096;
const entrySize = 32;
const logCapacity = 16_384;

/** Registers of one MCP23017, in the order of BANK = 0 (0x00 to 0x15). */
export const registerCount = 0x16;
export const register = { IODIR: 0x00, IPOL: 0x02, IOCON: 0x0a, GPIO: 0x12, OLAT: 0x14 } as const;

/** Offsets of a chip's fields from its start. */
const field = {
	registers: 8,
	stuckMask: 32,
	stuckValue: 34,
	level: 36,
	attempts: 40,
	failures: 48,
	resets: 56,
} as const;
const fault = { active: 64, body: 65, generation: 80 } as const;

/** One register written over the bus. */
export interface RegisterWrite {
	/** When the chip took it: CLOCK_MONOTONIC, nanoseconds, the clock of `process.hrtime.bigint()`. */
	readonly atNs: bigint;
	readonly address: number;
	/** The register's number in the order of BANK = 0. */
	readonly register: number;
	readonly value: number;
	/** The process that wrote it. */
	readonly pid: number;
}

/** What a transfer to a chip meets, as the chip's fault record has it. */
export interface FaultRecord {
	/** 1 reads, 2 writes, 3 both. */
	readonly operations: number;
	readonly errno: number;
	readonly hangMs: number;
	readonly skip: number;
	readonly times: number;
	readonly reset: boolean;
}

/** Reads and writes the state file; a chip is known by its place. */
export class I2cState {
	readonly #fd: number;

	private constructor(fd: number) {
		this.#fd = fd;
	}

	static create(path: string, addresses: readonly number[], absentErrno: number): I2cState {
		if (addresses.length > maxChips) throw new Error(`The virtual bus holds ${maxChips} chips at most`);
		const state = new I2cState(openSync(path, 'wx+'));
		const head = Buffer.alloc(logStart);
		head.write('PWI2C1');
		head.writeUInt32LE(addresses.length, 8);
		head.writeUInt32LE(logCapacity, 12);
		head.writeUInt32LE(absentErrno, 32);
		for (const [chip, address] of addresses.entries()) head.writeUInt8(address, chipStart + chip * chipSize);
		state.#write(head, 0);
		state.#write(Buffer.alloc(1), logStart + logCapacity * entrySize - 1);
		for (const chip of addresses.keys()) state.reset(chip);
		return state;
	}

	close(): void {
		closeSync(this.#fd);
	}

	/** The chip's power-on reset: every pin an input, all else 0. */
	reset(chip: number): void {
		const registers = Buffer.alloc(registerCount);
		registers.fill(0xff, register.IODIR, register.IODIR + 2);
		this.#write(registers, this.#at(chip, field.registers));
		const resets = Buffer.alloc(8);
		resets.writeBigUInt64LE(BigInt(this.counters(chip).resets + 1));
		this.#write(resets, this.#at(chip, field.resets));
	}

	/** What a reader of the 22 registers would see now: GPIO shows the pins. */
	registers(chip: number): Uint8Array {
		const all = this.#read(this.#at(chip, 0), field.attempts);
		const registers = new Uint8Array(all.subarray(field.registers, field.registers + registerCount));
		for (const port of [0, 1]) {
			const at = (offset: number): number => all[offset + port] ?? 0;
			const input = registers[register.IODIR + port] ?? 0;
			const driven = (input & at(field.level)) | (~input & (registers[register.OLAT + port] ?? 0));
			const stuck = at(field.stuckMask);
			const pins = (driven & ~stuck) | (at(field.stuckValue) & stuck);
			registers[register.GPIO + port] = pins ^ (registers[register.IPOL + port] ?? 0);
		}
		return registers;
	}

	poke(chip: number, number: number, value: number): void {
		this.#write(Buffer.of(value), this.#at(chip, field.registers + number));
	}

	/** Pins of port A, then B, that stay at a level whatever the chip drives. */
	stick(chip: number, mask: readonly [number, number], value: readonly [number, number]): void {
		this.#write(Buffer.of(...mask, ...value), this.#at(chip, field.stuckMask));
	}

	/** The levels that the outside gives to input pins of port A, then B. */
	level(chip: number, levels: readonly [number, number]): void {
		this.#write(Buffer.of(...levels), this.#at(chip, field.level));
	}

	counters(chip: number): { attempts: number; failures: number; resets: number } {
		const counters = this.#read(this.#at(chip, field.attempts), 24);
		const number = (offset: number): number => Number(counters.readBigUInt64LE(offset));
		return { attempts: number(0), failures: number(8), resets: number(16) };
	}

	/** The record is in force once its first byte says so; a new generation ends a hang that lasts. */
	fault(chip: number, record: FaultRecord | undefined): void {
		this.#write(Buffer.of(0), this.#at(chip, fault.active));
		const generation = this.#read(this.#at(chip, fault.generation), 4).readUInt32LE(0);
		const body = Buffer.alloc(20);
		body.writeUInt8(record?.operations ?? 0, 0);
		body.writeUInt16LE(record?.errno ?? 0, 1);
		body.writeUInt32LE(record?.hangMs ?? 0, 3);
		body.writeUInt32LE(record?.skip ?? 0, 7);
		body.writeUInt32LE(record?.times ?? 0, 11);
		body.writeUInt32LE((generation + 1) >>> 0, 15);
		body.writeUInt8(record?.reset ? 1 : 0, 19);
		this.#write(body, this.#at(chip, fault.body));
		if (record !== undefined) this.#write(Buffer.of(1), this.#at(chip, fault.active));
	}

	/** The number that the next register write gets. */
	get logHead(): number {
		return Number(this.#read(16, 8).readBigUInt64LE(0));
	}

	/** The register writes from number `from` on; those that the ring has overwritten are gone. */
	writes(from: number): RegisterWrite[] {
		const head = this.logHead;
		const writes: RegisterWrite[] = [];
		for (let number = Math.max(from, head - logCapacity); number < head; number++) {
			const entry = this.#read(logStart + (number % logCapacity) * entrySize, entrySize);
			if (entry.readBigUInt64LE(0) !== BigInt(number)) continue;
			writes.push({
				atNs: entry.readBigUInt64LE(8),
				pid: entry.readUInt32LE(16),
				address: entry.readUInt8(20),
				register: entry.readUInt8(21),
				value: entry.readUInt8(22),
			});
		}
		return writes;
	}

	#at(chip: number, offset: number): number {
		return chipStart + chip * chipSize + offset;
	}

	#read(offset: number, length: number): Buffer {
		const bytes = Buffer.alloc(length);
		readSync(this.#fd, bytes, 0, length, offset);
		return bytes;
	}

	#write(bytes: Uint8Array, offset: number): void {
		writeSync(this.#fd, bytes, 0, bytes.length, offset);
	}
}

import type { LoadLog } from '@pilotwire/contract';
import { type Logger, messageOf } from '@pilotwire/runtime';

/** Messages that wait in memory before they go to the disk together: five minutes, so that a short absence costs no write. */
const IN_MEMORY = 30;
/** Messages handed over at once: the broker takes them in without a jolt. */
const AT_ONCE = 50;

/** Where messages wait that are too many for the memory: parts in order, each a file. Bounded: it gives up its oldest part. */
export interface OutboxDisk {
	/** Puts messages behind those that are there. Gives how many of the oldest had to go for them. */
	append(messages: readonly LoadLog[]): Promise<number>;
	/** The oldest part; undefined where nothing waits. */
	oldest(): Promise<readonly LoadLog[] | undefined>;
	/** Deletes the oldest part. */
	drop(): Promise<void>;
}

/**
 * What was measured while the broker was away, in the order and with the times of its measuring. It follows by itself when
 * the broker is back, also after a restart. Messages that were handed over as the process died may come twice, which a
 * history takes once.
 */
export class Outbox {
	readonly #disk: OutboxDisk;
	readonly #log: Logger;
	readonly #send: (message: LoadLog, taken: () => void) => void;
	#waiting: LoadLog[] = [];
	/** Handed over without the disk having them, and not acknowledged by the broker yet. */
	readonly #handed = new Set<LoadLog>();
	#samplesLost = 0;
	/** Something may lie on the disk. */
	#onDisk = true;
	/** The oldest part on the disk, and how much of it is handed over and was acknowledged; then it is deleted. */
	#part: { readonly messages: readonly LoadLog[]; sent: number; taken: number } | undefined;
	#working: Promise<void> = Promise.resolve();

	/** @param send hands one message to the bus, which must be connected, and calls `taken` once the broker has it */
	constructor(disk: OutboxDisk, log: Logger, send: (message: LoadLog, taken: () => void) => void) {
		this.#disk = disk;
		this.#log = log;
		this.#send = send;
	}

	/** Samples that had to be given up, since the start. */
	get samplesLost(): number {
		return this.#samplesLost;
	}

	/** Settles once nothing is being read or written. */
	get settled(): Promise<void> {
		return this.#working;
	}

	/** Takes a message: on the bus where nothing waits, behind what waits otherwise. */
	take(message: LoadLog, connected: boolean): void {
		if (connected && !this.#onDisk && this.#waiting.length === 0) {
			this.#hand(message);
			return;
		}
		this.#waiting.push(message);
		if (!connected && this.#waiting.length >= IN_MEMORY) this.#work(() => this.#store());
	}

	/** Hands over some of what waits. Called now and then while the bus is connected. */
	drain(): void {
		if (this.#onDisk) this.#work(() => this.#drainDisk());
		else for (const message of this.#waiting.splice(0, AT_ONCE)) this.#hand(message);
	}

	/** The process ends, and its connection has: what waits, or was not acknowledged, goes to the disk. */
	async close(): Promise<void> {
		this.lost();
		if (this.#waiting.length > 0) this.#work(() => this.#store());
		await this.#working;
	}

	/** The connection is gone: what was not acknowledged may not have arrived, and is given again. */
	lost(): void {
		if (this.#part !== undefined) this.#part = { messages: this.#part.messages, sent: 0, taken: 0 };
		this.#waiting = [...this.#handed, ...this.#waiting];
		this.#handed.clear();
	}

	#hand(message: LoadLog): void {
		this.#handed.add(message);
		this.#send(message, () => this.#handed.delete(message));
	}

	#work(step: () => Promise<void>): void {
		this.#working = this.#working.then(step).catch((error: unknown) => {
			this.#log.warn({ err: error }, `what waits for the broker could not be kept on the disk: ${messageOf(error)}`);
			this.#boundMemory();
		});
	}

	async #store(): Promise<void> {
		const messages = this.#waiting;
		if (messages.length === 0) return;
		this.#waiting = [];
		try {
			this.#samplesLost += await this.#disk.append(messages);
			this.#onDisk = true;
		} catch (error) {
			this.#waiting = [...messages, ...this.#waiting];
			throw error;
		}
	}

	async #drainDisk(): Promise<void> {
		if (this.#part !== undefined && this.#part.taken >= this.#part.messages.length) {
			await this.#disk.drop();
			this.#part = undefined;
		}
		if (this.#part === undefined) {
			const messages = await this.#disk.oldest();
			if (messages === undefined) {
				this.#onDisk = false;
				return;
			}
			this.#part = { messages, sent: 0, taken: 0 };
		}
		const part = this.#part;
		const next = part.messages.slice(part.sent, part.sent + AT_ONCE);
		part.sent += next.length;
		for (const message of next) this.#send(message, () => void part.taken++);
	}

	/** No disk either: what was measured last is worth most. */
	#boundMemory(): void {
		for (const { samples } of this.#waiting.splice(0, Math.max(0, this.#waiting.length - IN_MEMORY * 12))) {
			this.#samplesLost += samples.length;
		}
	}
}

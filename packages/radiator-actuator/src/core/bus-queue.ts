import type { RegisterBus } from '@pilotwire/pilot-wire';
import type { Clock } from '@pilotwire/runtime';
import { busHung } from '../errors.ts';

/** A bus that can be opened and closed; opening again after a failure is its own affair. */
export interface BusPort extends RegisterBus {
	open(): Promise<void>;
	close(): Promise<void>;
}

/** Who is told when an operation hangs and when it came back after all. */
export interface HangWatch {
	hung(): void;
	free(): void;
}

/** An operation gets this long before the bus counts as hung. Milliseconds; one takes 0.3 ms at 100 kHz. */
export const OPERATION_LIMIT_MS = 1_000;

interface Job {
	run(): Promise<number>;
	resolve(value: number): void;
	reject(error: unknown): void;
}

/**
 * One operation at a time, writes before reads. An operation that doesn't come back in time rejects, and all that wait
 * with it; it still holds the bus (a blocked ioctl holds a thread, and its write may yet reach the chip), so everything
 * is refused until it returns.
 */
export class BusQueue implements RegisterBus {
	readonly #port: RegisterBus;
	readonly #clock: Clock;
	readonly #watch: HangWatch;
	readonly #writes: Job[] = [];
	readonly #reads: Job[] = [];
	#busy = false;
	#hung = false;

	constructor(port: RegisterBus, clock: Clock, watch: HangWatch) {
		this.#port = port;
		this.#clock = clock;
		this.#watch = watch;
	}

	/** An operation hangs in the bus at this moment. */
	get hung(): boolean {
		return this.#hung;
	}

	read(address: number, register: number): Promise<number> {
		return this.#add(this.#reads, () => this.#port.read(address, register));
	}

	async write(address: number, register: number, value: number): Promise<void> {
		await this.#add(this.#writes, async () => {
			await this.#port.write(address, register, value);
			return value;
		});
	}

	#add(line: Job[], run: () => Promise<number>): Promise<number> {
		if (this.#hung) return Promise.reject(busHung(OPERATION_LIMIT_MS));
		return new Promise((resolve, reject) => {
			line.push({ run, resolve, reject });
			this.#next();
		});
	}

	#next(): void {
		if (this.#busy) return;
		const job = this.#writes.shift() ?? this.#reads.shift();
		if (job === undefined) return;
		this.#busy = true;
		const limit = this.#clock.after(OPERATION_LIMIT_MS, () => this.#hang(job));
		const settled = (settle: () => void): void => {
			limit.cancel();
			this.#busy = false;
			if (this.#hung) {
				this.#hung = false;
				this.#watch.free();
			} else settle();
			this.#next();
		};
		job.run().then(
			(value) => settled(() => job.resolve(value)),
			(error: unknown) => settled(() => job.reject(error)),
		);
	}

	#hang(job: Job): void {
		this.#hung = true;
		const error = busHung(OPERATION_LIMIT_MS);
		for (const waiting of [job, ...this.#writes.splice(0), ...this.#reads.splice(0)]) waiting.reject(error);
		this.#watch.hung();
	}
}

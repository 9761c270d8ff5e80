import { systemCodeOf } from '@pilotwire/runtime';
import type { PromisifiedBus } from 'i2c-bus';
import type { BusPort } from '../core/bus-queue.ts';
import { bindingMissing } from '../errors.ts';

/** Failures of a transfer; any other may have left the binding with a descriptor that has no address. */
const TRANSFER_CODES: ReadonlySet<string> = new Set(['ENXIO', 'EREMOTEIO', 'EIO', 'ETIMEDOUT', 'EAGAIN']);

/**
 * `/dev/i2c-N` through the i2c-bus package (SMBus byte reads and writes in libuv's threads). The device is opened at the
 * first transfer to each address, and again after a failure to open.
 */
export class I2cPort implements BusPort {
	readonly #number: number;
	#bus: PromisifiedBus | undefined;

	/** `number`: N of `/dev/i2c-N`. */
	constructor(number: number) {
		this.#number = number;
	}

	/** Throws `I2C_BINDING_MISSING`. */
	async open(): Promise<void> {
		await this.#opened();
	}

	read(address: number, register: number): Promise<number> {
		return this.#transfer((bus) => bus.readByte(address, register));
	}

	write(address: number, register: number, value: number): Promise<void> {
		return this.#transfer((bus) => bus.writeByte(address, register, value));
	}

	async close(): Promise<void> {
		const bus = this.#bus;
		this.#bus = undefined;
		await bus?.close();
	}

	async #opened(): Promise<PromisifiedBus> {
		if (this.#bus !== undefined) return this.#bus;
		let binding: typeof import('i2c-bus');
		try {
			binding = await import('i2c-bus');
		} catch (error) {
			throw bindingMissing(error);
		}
		this.#bus = await binding.openPromisified(this.#number);
		return this.#bus;
	}

	async #transfer<Result>(run: (bus: PromisifiedBus) => Promise<Result>): Promise<Result> {
		const bus = this.#bus ?? (await this.#opened());
		try {
			return await run(bus);
		} catch (error) {
			const named = withCode(error);
			if (!TRANSFER_CODES.has(systemCodeOf(named))) await this.close().catch(() => undefined);
			throw named;
		}
	}
}

/** Linux's number of EREMOTEIO, which Node's tables don't have: its code comes as an empty text. */
const EREMOTEIO = 121;

function withCode(error: unknown): unknown {
	if ((error as { errno?: unknown }).errno !== EREMOTEIO) return error;
	return Object.assign(new Error('EREMOTEIO, Remote I/O error', { cause: error }), { code: 'EREMOTEIO' });
}

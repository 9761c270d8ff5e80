/**
 * The I2C bus over a byte stream, as simple as a register bus is. A request is always 4 bytes, its response 2; responses
 * come in the order of the requests, and none comes while the bus hangs.
 *
 * | request byte | what |
 * | --- | --- |
 * | 0 | 0 read, 1 write |
 * | 1 | the chip's address, 7 bits |
 * | 2 | the chip register's address |
 * | 3 | the value to write; ignored in a read |
 *
 * | response byte | what |
 * | --- | --- |
 * | 0 | 0 done, 1 ENXIO (no chip has this address), 2 EREMOTEIO (the chip does not answer), 3 EIO |
 * | 1 | the value read; 0 in a write or an error |
 */
export const REQUEST_BYTES = 4;

/** First byte of a request. */
export const OPERATION = { read: 0, write: 1 } as const;

/** First byte of a response. */
export const STATUS = { ok: 0, ENXIO: 1, EREMOTEIO: 2, EIO: 3 } as const;

/** What the bus answers to one request. */
export interface BusAnswer {
	readonly status: (typeof STATUS)[keyof typeof STATUS];
	/** A byte. */
	readonly value: number;
}

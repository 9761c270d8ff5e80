import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { constants, createGunzip, gzipSync } from 'node:zlib';
import { PilotwireError } from '@pilotwire/runtime';
import { recordingEmpty, recordingError } from '../errors.ts';

/** Two bytes that begin every gzip file (RFC 1952, 2.3.1). */
const GZIP = [0x1f, 0x8b] as const;
/** Bytes read at once: enough to find the mode of a line, see `lineSpeedOf`. */
const CHUNK_BYTES = 16_384;
/** Bytes that may wait for a slow disk; what comes beyond is not recorded. */
const MOST_WAITING = 1_000_000;

/**
 * The bytes of a recorded file from its start, unpacked where it is a gzip file, whatever its name. One whose end is
 * missing, because what wrote it was killed, is read as far as it goes. Throws `RECORDING_*`.
 */
export async function* readRecording(path: string): AsyncGenerator<Uint8Array, void, undefined> {
	try {
		if (!(await stat(path)).isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
		const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
		let length = 0;
		for await (const chunk of (await isGzip(path)) ? unpacked(file) : file) {
			length += (chunk as Uint8Array).length;
			yield chunk as Uint8Array;
		}
		if (length === 0) throw recordingEmpty(path);
	} catch (error) {
		throw error instanceof PilotwireError ? error : recordingError(path, error);
	}
}

/** A file that bytes are added to. */
export class Recording {
	readonly #file: Writable;
	readonly #isPacked: boolean;
	/** Settles when all is written after `end`; rejects where the file can't be written. */
	readonly written: Promise<void>;

	/**
	 * Goes on at the end of the file, packed where its name ends in `.gz`. It holds the number of the meter: a new one is
	 * readable by its owner alone.
	 */
	constructor(path: string) {
		this.#file = createWriteStream(path, { flags: 'a', mode: 0o600 });
		this.#isPacked = path.endsWith('.gz');
		this.written = finished(this.#file);
	}

	/** Each piece is packed by itself: what ends the process, or cuts the power, leaves all before it whole. */
	write(bytes: Uint8Array): void {
		if (this.#file.destroyed || this.#file.writableLength >= MOST_WAITING) return;
		this.#file.write(this.#isPacked ? gzipSync(bytes) : bytes);
	}

	end(): void {
		this.#file.end();
	}
}

async function isGzip(path: string): Promise<boolean> {
	for await (const chunk of createReadStream(path, { end: GZIP.length - 1 })) {
		const lead = chunk as Uint8Array;
		return GZIP.every((byte, at) => lead[at] === byte);
	}
	return false;
}

async function* unpacked(file: Readable): AsyncGenerator<Uint8Array, void, undefined> {
	const unpacker = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES });
	file.on('error', (error) => unpacker.destroy(error));
	yield* file.pipe(unpacker);
}

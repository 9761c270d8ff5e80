import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn, newFile, type SegmentFile } from './box-folder.ts';

/** A segment that is being written. */
export interface SpoolWriter {
	/** Returns once the bytes are on the disk, at the end. Where it rejects, nothing of them is there, or nothing may follow. */
	append(bytes: Uint8Array): Promise<void>;
	/** Whether something may follow. */
	readonly isWhole: boolean;
	close(): Promise<void>;
}

/** Where the spool lies. Everything rejects with the system's own error. */
export interface SpoolFolder {
	/** Oldest first; none where there is no folder yet. */
	segments(): Promise<SegmentFile[]>;
	/** At most so many bytes of a segment from `offset` on; fewer at its end. */
	read(number: number, offset: number, most: number): Promise<Buffer>;
	create(number: number): Promise<SpoolWriter>;
	remove(number: number): Promise<void>;
	/** What was last given to `remember`; undefined where there is nothing, or nothing that can be read. */
	remembered(): Promise<unknown>;
	/** Not synced: after a power cut it may be an older one, or none. */
	remember(what: unknown): Promise<void>;
}

const SEGMENT = /^(\d{8})\.spool$/;
const POSITIONS = 'positions.json';

const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.spool`;

/** A spool in a folder: `00000001.spool` and so on. */
export class DiskSpoolFolder implements SpoolFolder {
	readonly #path: string;

	constructor(path: string) {
		this.#path = path;
	}

	async segments(): Promise<SegmentFile[]> {
		const names = (await namesIn(this.#path)).filter((name) => SEGMENT.test(name)).sort();
		return Promise.all(
			names.map(async (name) => ({
				number: Number.parseInt(name, 10),
				bytes: (await stat(join(this.#path, name))).size,
			})),
		);
	}

	async read(number: number, offset: number, most: number): Promise<Buffer> {
		const file = await open(this.#file(number), 'r');
		try {
			const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(most), 0, most, offset);
			return buffer.subarray(0, bytesRead);
		} finally {
			await file.close();
		}
	}

	async create(number: number): Promise<SpoolWriter> {
		await mkdir(this.#path, { recursive: true, mode: 0o700 });
		return new DiskWriter(await newFile(this.#path, segmentName(number), 'wx+'));
	}

	remove(number: number): Promise<void> {
		return rm(this.#file(number), { force: true });
	}

	async remembered(): Promise<unknown> {
		try {
			return JSON.parse(await readFile(join(this.#path, POSITIONS), 'utf8'));
		} catch {
			return undefined;
		}
	}

	async remember(what: unknown): Promise<void> {
		const draft = join(this.#path, `${POSITIONS}.new`);
		await writeFile(draft, JSON.stringify(what), { mode: 0o600 });
		await rename(draft, join(this.#path, POSITIONS));
	}

	#file(number: number): string {
		return join(this.#path, segmentName(number));
	}
}

class DiskWriter implements SpoolWriter {
	readonly #file: FileHandle;
	#bytes = 0;
	isWhole = true;

	constructor(file: FileHandle) {
		this.#file = file;
	}

	async append(bytes: Uint8Array): Promise<void> {
		try {
			// Where it belongs, and not where the file's own pointer stands after an attempt that failed.
			for (let at = 0; at < bytes.length; ) {
				at += (await this.#file.write(bytes, at, bytes.length - at, this.#bytes + at)).bytesWritten;
			}
			await this.#file.datasync();
			this.#bytes += bytes.length;
		} catch (error) {
			// Half a line, or one that may or may not be on the disk.
			this.isWhole = await this.#file.truncate(this.#bytes).then(
				() => true,
				() => false,
			);
			throw error;
		}
	}

	close(): Promise<void> {
		return this.#file.close();
	}
}

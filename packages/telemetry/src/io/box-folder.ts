import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A segment of the ring: its number grows with every segment that was ever begun there. */
export interface SegmentFile {
	readonly number: number;
	readonly bytes: number;
}

/** A segment that is being written. */
export interface SegmentWriter {
	/** Writes at its end and returns once it is on the disk. Rejects where the disk doesn't take it; nothing may follow. */
	append(bytes: Uint8Array): Promise<void>;
	close(): Promise<void>;
}

/** Where a black box lies. Everything rejects with the system's own error. */
export interface BoxFolder {
	/** The ring's segments, oldest first; none where there is no folder yet. */
	segments(): Promise<SegmentFile[]>;
	read(number: number): Promise<Buffer>;
	create(number: number): Promise<SegmentWriter>;
	remove(number: number): Promise<void>;
	/** Names of the saved boxes, oldest first. */
	saved(): Promise<string[]>;
	/** Copies segments into a saved box, after `head`: whole and on the disk, or not at all. Gives its size, bytes. */
	save(name: string, head: Uint8Array, numbers: readonly number[]): Promise<number>;
	removeSaved(name: string): Promise<void>;
}

const SEGMENT = /^(\d{8})\.segment$/;
const SAVED = /\.box$/;
const SAVED_FOLDER = 'saved';

const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.segment`;

/** A black box in a folder: `00000001.segment` and so on, and `saved/<when>-<cause>.box`. */
export class DiskBoxFolder implements BoxFolder {
	readonly path: string;

	constructor(path: string) {
		this.path = path;
	}

	async segments(): Promise<SegmentFile[]> {
		const numbers = (await namesIn(this.path)).flatMap((name) => SEGMENT.exec(name)?.[1] ?? []);
		return Promise.all(
			numbers.sort().map(async (digits) => {
				const number = Number(digits);
				return { number, bytes: (await stat(join(this.path, segmentName(number)))).size };
			}),
		);
	}

	read(number: number): Promise<Buffer> {
		return readFile(join(this.path, segmentName(number)));
	}

	async create(number: number): Promise<SegmentWriter> {
		await mkdir(this.path, { recursive: true });
		const file = await newFile(this.path, segmentName(number), 'wx');
		return {
			append: async (bytes) => {
				await writeWhole(file, bytes);
				await file.datasync();
			},
			close: () => file.close(),
		};
	}

	remove(number: number): Promise<void> {
		return rm(join(this.path, segmentName(number)), { force: true });
	}

	async saved(): Promise<string[]> {
		return (await namesIn(join(this.path, SAVED_FOLDER))).filter((name) => SAVED.test(name)).sort();
	}

	async save(name: string, head: Uint8Array, numbers: readonly number[]): Promise<number> {
		const folder = join(this.path, SAVED_FOLDER);
		await mkdir(folder, { recursive: true });
		const draft = join(folder, `${name}.new`);
		const file = await open(draft, 'w', 0o600);
		let bytes = head.length;
		try {
			await writeWhole(file, head);
			for (const number of numbers) {
				const segment = await this.read(number);
				await writeWhole(file, segment);
				bytes += segment.length;
			}
			await file.sync();
		} catch (error) {
			await file.close();
			await rm(draft, { force: true });
			throw error;
		}
		await file.close();
		await rename(draft, join(folder, name));
		await syncFolder(folder);
		return bytes;
	}

	removeSaved(name: string): Promise<void> {
		return rm(join(this.path, SAVED_FOLDER, name), { force: true });
	}
}

/** The names in a folder; none where there is no folder. */
export async function namesIn(path: string): Promise<string[]> {
	try {
		return await readdir(path);
	} catch (error) {
		if ((error as { code?: string }).code === 'ENOENT') return [];
		throw error;
	}
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** A new file of its owner alone, whose name is on the disk. */
export async function newFile(folder: string, name: string, flags: 'wx' | 'wx+'): Promise<FileHandle> {
	const file = await open(join(folder, name), flags, 0o600);
	try {
		await syncFolder(folder);
		return file;
	} catch (error) {
		await file.close();
		throw error;
	}
}

/** A new name is on the disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameUnknown } from '../errors.ts';

/** When it was taken, in UTC, such as 20260131T220000000Z.jpg. */
const NAME = /^\d{8}T\d{9}Z\.jpg$/;

/** What is behind the name of one that is being written. */
const UNFINISHED = '.new';

/** A picture that is kept. */
interface Kept {
	readonly name: string;
	readonly sizeBytes: number;
}

/** Pictures in a folder, the oldest of which goes when there are too many. */
export class Gallery {
	readonly #folder: string;
	readonly #most: { readonly mostPictures: number; readonly mostMB: number };
	/** The oldest first; undefined until it was looked at. */
	#kept: Kept[] | undefined;

	constructor(folder: string, most: { readonly mostPictures: number; readonly mostMB: number }) {
		this.#folder = folder;
		this.#most = most;
	}

	async keep(bytes: Uint8Array, wallMs: number): Promise<void> {
		const kept = await this.#all();
		const name = `${new Date(wallMs).toISOString().replaceAll(/[-:.]/g, '')}.jpg`;
		// Whole or not at all, also where the power fails or the disk is full.
		const part = join(this.#folder, `${name}${UNFINISHED}`);
		try {
			await writeFile(part, bytes);
			await rename(part, join(this.#folder, name));
		} catch (error) {
			await unlink(part).catch(() => undefined);
			throw error;
		}
		kept.push({ name, sizeBytes: bytes.length });
		const { mostPictures, mostMB } = this.#most;
		let size = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
		while (kept.length > 1 && (kept.length > mostPictures || size > mostMB * 1_000_000)) {
			const oldest = kept.shift();
			if (oldest === undefined) break;
			size -= oldest.sizeBytes;
			await unlink(join(this.#folder, oldest.name)).catch(() => undefined);
		}
	}

	/** The newest first, those before a name. */
	async page(
		before: string | undefined,
		limit: number,
	): Promise<{ readonly pictures: Kept[]; readonly more: boolean }> {
		const older = (await this.#all()).filter(({ name }) => before === undefined || name < before);
		return { pictures: older.slice(-limit).reverse(), more: older.length > limit };
	}

	async picture(name: string): Promise<Buffer> {
		const kept = await this.#all();
		if (!kept.some((one) => one.name === name))
			throw nameUnknown('a picture of the gallery', name, ['those of its pages']);
		return readFile(join(this.#folder, name));
	}

	async #all(): Promise<Kept[]> {
		if (this.#kept !== undefined) return this.#kept;
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const all = await readdir(this.#folder);
		// Of a life that ended while it wrote.
		for (const name of all.filter((one) => one.endsWith(UNFINISHED) && NAME.test(one.slice(0, -UNFINISHED.length))))
			await unlink(join(this.#folder, name)).catch(() => undefined);
		const names = all.filter((name) => NAME.test(name)).sort();
		const kept: Kept[] = [];
		for (const name of names) kept.push({ name, sizeBytes: (await stat(join(this.#folder, name))).size });
		this.#kept = kept;
		return kept;
	}
}

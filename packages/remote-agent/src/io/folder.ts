import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { fileFault, notAFile, systemUnfit } from '../errors.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NONBLOCK } = constants;
/** Opens a name without opening what it names: nothing of a device or pipe is touched (open(2)). */
const O_PATH = 0o10000000;

/**
 * An open folder. Names are looked up in the folder that is open, never in a path that could have become another: Linux
 * resolves `/proc/self/fd/N` to what N has open, however it was renamed since, and O_NOFOLLOW refuses a link as the last
 * level. So it does what openat(2) does, which Node lacks, and nothing made between a check and a use leads out.
 */
export class Folder {
	readonly #handle: FileHandle;

	private constructor(handle: FileHandle) {
		this.#handle = handle;
	}

	/** A root as its owner configured it; links on the way to it are the owner's own. */
	static async root(path: string): Promise<Folder> {
		if (process.platform !== 'linux') throw systemUnfit(process.platform);
		try {
			return new Folder(await open(path, O_RDONLY | O_DIRECTORY));
		} catch (error) {
			throw fileFault(error, path);
		}
	}

	/** The folder at some levels below one, which is left open. */
	static async below(root: Folder, levels: readonly string[]): Promise<Folder> {
		let folder = await root.folder('.');
		for (const level of levels) {
			try {
				const next = await folder.folder(level);
				await folder.close();
				folder = next;
			} catch (error) {
				await folder.close();
				throw error;
			}
		}
		return folder;
	}

	/** Where a name of this folder is, for calls that don't follow a link as the last level. */
	at(name: string): string {
		return `/proc/self/fd/${this.#handle.fd}/${name}`;
	}

	async folder(name: string): Promise<Folder> {
		try {
			return new Folder(await open(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
		} catch (error) {
			// A link to a folder is no folder either, where both are asked for.
			const stats = await this.look(name).catch(() => undefined);
			throw stats?.isSymbolicLink() === true ? notAFile('the link', name) : fileFault(error, name);
		}
	}

	/** An ordinary file, open. What it is was seen on the very thing that is opened. */
	async file(name: string, how: 'read' | 'write', hardLinks: boolean): Promise<FileHandle> {
		const found = await this.#act(name, (path) => open(path, O_PATH | O_NOFOLLOW));
		try {
			const stats = await found.stat();
			const kind = kindOf(stats);
			if (kind !== 'file') throw notAFile(`the ${kind}`, name);
			if (stats.nlink > 1 && !hardLinks) throw notAFile('a file of several names (hard links)', name);
			const flags = (how === 'read' ? O_RDONLY : O_RDWR) | O_NONBLOCK;
			return await open(`/proc/self/fd/${found.fd}`, flags).catch((error: unknown) => {
				throw fileFault(error, name);
			});
		} finally {
			await found.close();
		}
	}

	/** A new file, open; refused where the name is taken, also by a link to nowhere. */
	create(name: string): Promise<FileHandle> {
		return this.#act(name, (path) => open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o664));
	}

	/** What is of that name; of a link, the link. */
	look(name: string): Promise<Stats> {
		return this.#act(name, (path) => lstat(path));
	}

	/** The names in it, and how many more are there that are not UTF-8 and can't be said. */
	async names(): Promise<{ readonly names: string[]; readonly unsayable: number }> {
		const all = await this.#act('.', (path) => readdir(path, { encoding: 'buffer' }));
		const names = all.map((name) => name.toString()).filter((name, index) => all[index]?.equals(Buffer.from(name)));
		return { names, unsayable: all.length - names.length };
	}

	/** Makes a folder in it. */
	async make(name: string): Promise<void> {
		await this.#act(name, (path) => mkdir(path, 0o775));
	}

	/** Takes out a file, or a link, never what that leads to. */
	removeFile(name: string): Promise<void> {
		return this.#act(name, unlink);
	}

	/** Takes out an empty folder. */
	removeFolder(name: string): Promise<void> {
		return this.#act(name, (path) => rmdir(path));
	}

	close(): Promise<void> {
		return this.#handle.close();
	}

	/** With other names made on the disk here before: they stay after a loss of power. */
	sync(): Promise<void> {
		return this.#handle.sync();
	}

	async #act<Result>(name: string, act: (path: string) => Promise<Result>): Promise<Result> {
		try {
			return await act(this.at(name));
		} catch (error) {
			throw fileFault(error, name);
		}
	}
}

export type { FileHandle } from 'node:fs/promises';

/** Uses what is open, and closes it however that ends. */
export async function whileOpen<Open extends { close(): Promise<void> }, Result>(
	open: Open,
	use: (open: Open) => Promise<Result>,
): Promise<Result> {
	try {
		return await use(open);
	} finally {
		await open.close();
	}
}

/** What something is, in a word. */
export function kindOf(stats: Stats): 'file' | 'folder' | 'link' | 'device' | 'pipe' | 'socket' {
	if (stats.isFile()) return 'file';
	if (stats.isDirectory()) return 'folder';
	if (stats.isSymbolicLink()) return 'link';
	if (stats.isFIFO()) return 'pipe';
	return stats.isSocket() ? 'socket' : 'device';
}

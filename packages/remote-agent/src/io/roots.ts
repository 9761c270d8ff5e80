import { link, rename, statfs, unlink } from 'node:fs/promises';
import { systemCodeOf } from '@pilotwire/runtime';
import { levelsOf } from '../core/path.ts';
import { fileFault, RemoteError, rootReadOnly, rootUnknown } from '../errors.ts';
import { Folder } from './folder.ts';

/** A folder that clients may see, and all below it. */
export interface Root {
	/** Where it is on this machine. */
	readonly path: string;
	/** Whether clients may change what is in it. */
	readonly write: boolean;
	/** Whether files that have several names are opened: another name may be outside. */
	readonly hardLinks: boolean;
}

/** The roots by the ids that clients name. */
export class Roots {
	readonly #roots: ReadonlyMap<string, Root>;

	constructor(roots: Readonly<Record<string, Root>>) {
		this.#roots = new Map(Object.entries(roots));
	}

	/** Refuses one that isn't there, or may only be read where it is to be written. */
	root(id: string, how: 'read' | 'write'): Root {
		const root = this.#roots.get(id);
		if (root === undefined) throw rootUnknown(id, [...this.#roots.keys()]);
		if (how === 'write' && !root.write) throw rootReadOnly(id);
		return root;
	}

	/** A folder by its path, open, to be closed. */
	folder(id: string, path: string): Promise<Folder> {
		return this.folderOf(id, levelsOf(path), 'read');
	}

	async folderOf(id: string, levels: readonly string[], how: 'read' | 'write'): Promise<Folder> {
		const root = await Folder.root(this.root(id, how).path);
		try {
			return await Folder.below(root, levels);
		} finally {
			await root.close();
		}
	}
}

/** Gives something another name, also in another folder. Without `replace`, never in the place of something else. */
export async function renameTo(
	from: Folder,
	name: string,
	to: Folder,
	newName: string,
	replace: boolean,
): Promise<void> {
	try {
		if (!replace && (await namedAnew(from, name, to, newName))) return;
		await rename(from.at(name), to.at(newName));
	} catch (error) {
		throw error instanceof RemoteError ? error : fileFault(error, newName);
	}
}

/** A second name, then without the first: the system refuses a name that is taken. False where a disk can't do that. */
async function namedAnew(from: Folder, name: string, to: Folder, newName: string): Promise<boolean> {
	try {
		await link(from.at(name), to.at(newName));
	} catch (error) {
		if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(systemCodeOf(error))) throw error;
		// A folder, or a disk of another system: looked at first.
		const taken = await to.look(newName).catch((missing: unknown) => {
			if (missing instanceof RemoteError && missing.fault.code === 'FILE_MISSING') return undefined;
			throw missing;
		});
		if (taken !== undefined) throw fileFault({ code: 'EEXIST' }, newName);
		return false;
	}
	await unlink(from.at(name));
	return true;
}

/** What is left free of a disk: a house that shares it with uploads goes on writing. At most, bytes; and a part of it. */
const MOST_KEPT_FREE_BYTES = 500_000_000;
const KEPT_FREE = 0.05;

/** Bytes that uploads may fill where a folder is. */
export async function freeBytes(folder: Folder): Promise<number> {
	const { bavail, blocks, bsize } = await statfs(folder.at('.'));
	return Math.max(0, bavail * bsize - Math.min(MOST_KEPT_FREE_BYTES, blocks * bsize * KEPT_FREE));
}

import * as z from 'zod/mini';
import type { Call } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import { levelsOf, MOST_LEVELS, placeOf } from '../core/path.ts';
import { nameInvalid } from '../errors.ts';
import { type Folder, kindOf, whileOpen } from '../io/folder.ts';
import { type Root, Roots, renameTo } from '../io/roots.ts';
import { isPartial, transfers } from './transfers.ts';

/** Entries in one page, and bytes of it at most: a name may be long. */
const PAGE = 200;
const MOST_PAGE_BYTES = 48_000;
/** An upload that was cut is shown after this. Milliseconds. */
const PART_HIDDEN_MS = 24 * 3_600_000;
/** A search ends after so many finds or names. */
const MOST_FOUND = 500;
const MOST_SEARCHED = 200_000;
/** Finds that are said at once. */
const FOUND_AT_ONCE = 50;

const root = z.string().check(z.maxLength(64));
const path = z.string().check(z.maxLength(4_096));
const place = z.strictObject({ root, path });

/** An entry of a folder as it is said. */
interface Entry {
	readonly name: string;
	readonly kind: ReturnType<typeof kindOf>;
	readonly sizeBytes: number;
	readonly modifiedAt: string;
}

/** What an agent does with files. */
export function fileOperations(configured: Readonly<Record<string, Root>>): Operations {
	const roots = new Roots(configured);
	return {
		'files.list': operation(
			z.strictObject({ root, path: z._default(path, ''), after: z.optional(z.string()) }),
			async (_, at) => whileOpen(await roots.folder(at.root, at.path), (folder) => list(folder, at.after ?? '')),
			{ audited: false },
		),
		'files.search': operation(
			z.strictObject({ root, path: z._default(path, ''), text: z.string().check(z.minLength(1), z.maxLength(200)) }),
			async (call, at) =>
				whileOpen(await roots.folder(at.root, at.path), (folder) => new Search(call, at.text).below(folder, at.path)),
			{ audited: false },
		),
		...transfers(roots),
		'files.folder': operation(place, async (_, at) => {
			const { folder: levels, name } = placeOf(at.path);
			await whileOpen(await roots.folderOf(at.root, levels, 'write'), (folder) => folder.make(name));
			return {};
		}),
		'files.move': operation(
			z.strictObject({ root, path, to: place, replace: z.optional(z.boolean()) }),
			async (_, { root: id, path: from, to, replace = false }) => {
				const [source, target] = [placeOf(from), placeOf(to.path)];
				await whileOpen(await roots.folderOf(id, source.folder, 'write'), async (folder) =>
					whileOpen(await roots.folderOf(to.root, target.folder, 'write'), (other) =>
						renameTo(folder, source.name, other, target.name, replace),
					),
				);
				return {};
			},
		),
		'files.delete': operation(
			z.strictObject({ root, path, recursive: z.optional(z.boolean()) }),
			async (call, { root: id, path: what, recursive = false }) => {
				const { folder: levels, name } = placeOf(what);
				return whileOpen(await roots.folderOf(id, levels, 'write'), async (folder) => ({
					deleted: await remove(call, { folder, name, depth: 0 }, recursive),
				}));
			},
		),
	};
}

/** A page of a folder, in the order of names, those after a name. */
async function list(folder: Folder, after: string): Promise<object> {
	const { names, unsayable } = await folder.names();
	const rest = names.filter((name) => name > after).sort();
	const entries: Entry[] = [];
	let size = 0;
	let more = false;
	for (const name of rest) {
		if (entries.length === PAGE || size > MOST_PAGE_BYTES) {
			more = true;
			break;
		}
		const entry = await entryOf(folder, name);
		if (entry === undefined || isUnderWay(entry)) continue;
		entries.push(entry);
		size += JSON.stringify(entry).length;
	}
	return { entries, more, ...(unsayable === 0 ? {} : { unsayable }) };
}

/** What an upload has brought so far is not shown while somebody may go on with it; later on it may be seen and deleted. */
const isUnderWay = ({ name, modifiedAt }: Entry): boolean =>
	isPartial(name) && Date.now() - Date.parse(modifiedAt) < PART_HIDDEN_MS;

/** Undefined where it has gone since. */
async function entryOf(folder: Folder, name: string): Promise<Entry | undefined> {
	const stats = await folder.look(name).catch(() => undefined);
	if (stats === undefined) return undefined;
	return { name, kind: kindOf(stats), sizeBytes: stats.size, modifiedAt: stats.mtime.toISOString() };
}

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/** Looks for names below a folder, and says them as it finds them. */
class Search {
	readonly #call: Call;
	readonly #text: string;
	#searched = 0;
	#found = 0;
	#isTooDeep = false;
	#unsaid: (Entry & { readonly path: string })[] = [];

	constructor(call: Call, text: string) {
		this.#call = call;
		this.#text = folded(text);
	}

	async below(folder: Folder, path: string): Promise<object> {
		await this.#walk(folder, path === '' ? [] : [...levelsOf(path)]);
		this.#say();
		return { searched: this.#searched, found: this.#found, all: !this.#isEnough && !this.#isTooDeep };
	}

	get #isEnough(): boolean {
		return this.#found >= MOST_FOUND || this.#searched >= MOST_SEARCHED;
	}

	async #walk(folder: Folder, levels: readonly string[]): Promise<void> {
		const { names } = await folder.names();
		for (const name of names.sort()) {
			this.#call.signal.throwIfAborted();
			if (this.#isEnough) return;
			if (isPartial(name)) continue;
			this.#searched += 1;
			const entry = await entryOf(folder, name);
			if (entry === undefined) continue;
			const path = [...levels, name];
			if (folded(name).includes(this.#text)) this.#find({ ...entry, path: path.join('/') });
			if (entry.kind === 'folder') await this.#into(folder, name, path);
		}
	}

	async #into(folder: Folder, name: string, path: readonly string[]): Promise<void> {
		// Each level is an open folder; and deeper ones have no name that a client could say.
		if (path.length >= MOST_LEVELS) {
			this.#isTooDeep = true;
			return;
		}
		// Gone since, another's, or a link by now: not searched.
		const next = await folder.folder(name).catch(() => undefined);
		if (next === undefined) return;
		try {
			await this.#walk(next, path);
		} finally {
			await next.close();
		}
	}

	#find(found: Entry & { readonly path: string }): void {
		this.#found += 1;
		this.#unsaid.push(found);
		if (this.#unsaid.length >= FOUND_AT_ONCE) this.#say();
	}

	#say(): void {
		if (this.#unsaid.length > 0) this.#call.info({ entries: this.#unsaid.splice(0), searched: this.#searched });
	}
}

/** What is deleted, and how deep within what was asked for. */
interface Doomed {
	readonly folder: Folder;
	readonly name: string;
	readonly depth: number;
}

/** Deletes one thing, or with all that is in it; how many things that were. A link goes itself, never what it leads to. */
async function remove(call: Call, { folder, name, depth }: Doomed, recursive: boolean): Promise<number> {
	call.signal.throwIfAborted();
	const stats = await folder.look(name);
	if (!stats.isDirectory()) {
		await folder.removeFile(name);
		return 1;
	}
	const within = recursive ? await whileOpen(await folder.folder(name), (inner) => empty(call, inner, depth + 1)) : 0;
	await folder.removeFolder(name);
	return within + 1;
}

/** Deletes all that is in a folder; how many things that were. */
async function empty(call: Call, folder: Folder, depth: number): Promise<number> {
	// Each level is an open folder.
	if (depth > MOST_LEVELS) throw nameInvalid(`at most ${MOST_LEVELS} levels of folders`, 'more');
	const { names, unsayable } = await folder.names();
	if (unsayable > 0) throw nameInvalid('names of UTF-8', `${unsayable} others`);
	let deleted = 0;
	for (const name of names) deleted += await remove(call, { folder, name, depth }, true);
	return deleted;
}

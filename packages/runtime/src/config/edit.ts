import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { exitCodes, PilotwireError } from '../errors.ts';

/** One entry of a list in a configuration, as it stands there. */
export type ConfigEntry = Readonly<Record<string, unknown>>;

/** A list of the configuration that programs may change. */
export interface ConfigList {
	/** Where it is, such as `['boards', 'modules']`. */
	readonly path: readonly string[];
	/** What tells its entries apart, and what an entry has that does not say it. */
	readonly key: string;
	readonly keyDefault?: unknown;
}

/** What an entry with this setting is written with: addresses of chips are read in hexadecimal. */
const HEXADECIMAL: readonly string[] = ['address', 'board'];

/** A list as it stands in a file's text, without defaults; empty where there is none. */
export function entriesIn(text: string, { path }: ConfigList): ConfigEntry[] {
	const value = path.reduce<unknown>(
		(at, name) => (at as Record<string, unknown> | null | undefined)?.[name],
		parsed(text).toJS() as unknown,
	);
	return Array.isArray(value) ? value.filter(isEntry) : [];
}

/**
 * The text with other entries in its lists. Comments and the way numbers are written stay with the entries that stay;
 * a list that is the same is not touched. Throws `CONFIGURATION_NOT_YAML`, and `CONFIGURATION_NOT_EDITABLE` where the
 * text says an entry in a way that a change can't go into, such as an alias.
 */
export function withEntries(
	text: string,
	changes: readonly { readonly list: ConfigList; readonly entries: readonly ConfigEntry[] }[],
): string {
	const document = parsed(text);
	const real = changes.filter(({ list, entries }) => !isDeepStrictEqual(entriesIn(text, list), entries));
	if (real.length === 0) return text;
	for (const { list, entries } of real) put(document, list, entries);
	const edited = written(document);
	for (const { list, entries } of changes) {
		if (edited === undefined || !isDeepStrictEqual(entriesIn(edited, list), entries)) throw notEditable(list);
	}
	return edited ?? text;
}

/** The document as text; undefined where an alias has lost what it stands for. */
function written(document: Document): string | undefined {
	try {
		return document.toString({ lineWidth: 0 });
	} catch {
		return undefined;
	}
}

function parsed(text: string): Document {
	const document = parseDocument(text);
	const [first] = document.errors;
	if (first !== undefined) {
		throw new PilotwireError({
			code: 'CONFIGURATION_NOT_YAML',
			expected: 'YAML in the configuration',
			received: first.message,
			action: 'Correct the place the message shows; indentation counts in YAML.',
			exitCode: exitCodes.configuration,
		});
	}
	return document;
}

function notEditable({ path }: ConfigList): PilotwireError {
	return new PilotwireError({
		code: 'CONFIGURATION_NOT_EDITABLE',
		expected: `${path.join('.')} written out`,
		received: 'an alias (*), a merge (<<) or another form that a program may not rewrite',
		action: 'Write the entries out, or change the file by hand.',
		exitCode: exitCodes.configuration,
	});
}

function put(document: Document, list: ConfigList, entries: readonly ConfigEntry[]): void {
	const { path, key, keyDefault } = list;
	const node = document.getIn(path, true);
	if (!isSeq(node)) {
		const begun = document.createNode([]) as YAMLSeq;
		begun.items = entries.map((entry) => made(document, entry));
		document.setIn(path, begun);
		return;
	}
	const nameOf = (entry: unknown): unknown => (entry as ConfigEntry | null)?.[key] ?? keyDefault;
	const left = [...node.items];
	if (node.items.length === 0) node.flow = false;
	node.items = entries.map((entry) => {
		const at = left.findIndex((item) => isMap(item) && nameOf(item.toJS(document)) === nameOf(entry));
		if (at < 0) return made(document, entry);
		const [item] = left.splice(at, 1) as [YAMLMap];
		changeMap(document, item, entry);
		return item;
	});
}

function changeMap(document: Document, map: YAMLMap, wanted: ConfigEntry): void {
	const before = map.toJS(document) as Record<string, unknown>;
	for (const name of Object.keys(before)) if (!Object.hasOwn(wanted, name)) map.delete(name);
	for (const [name, value] of Object.entries(wanted)) {
		if (isDeepStrictEqual(before[name], value)) continue;
		const node = map.get(name, true) as unknown;
		if (isMap(node) && isEntry(value)) changeMap(document, node, value);
		else if (isScalar(node) && typeof node.value === typeof value) node.value = value;
		else map.set(name, valueNode(document, name, value));
	}
}

function made(document: Document, entry: ConfigEntry): YAMLMap {
	const map = document.createNode({}) as unknown as YAMLMap;
	for (const [name, value] of Object.entries(entry)) map.set(name, valueNode(document, name, value));
	return map;
}

function valueNode(document: Document, name: string, value: unknown): unknown {
	const node = document.createNode(value);
	if (isScalar(node) && typeof value === 'number' && HEXADECIMAL.includes(name)) node.format = 'HEX';
	return node;
}

function isEntry(value: unknown): value is ConfigEntry {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

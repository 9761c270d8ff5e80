import type { BoxFolder } from '../io/box-folder.ts';
import { BlockWriter } from './block.ts';
import { encodeEntry, type SaveCause } from './entry.ts';

/** So many are kept of those that somebody asked for; they never push one of an opening out. */
const MOST_ASKED = 4;

/** A saved box's file: `0007-20260115T180000Z-breaker_open.box`. The number, since a clock may have been wrong then. */
function nameAfter(names: readonly string[], cause: SaveCause, wallMs: number): string {
	const number = Number(/^\d+/.exec(names.at(-1) ?? '')?.[0] ?? 0) + 1;
	return `${String(number).padStart(4, '0')}-${stampOf(wallMs)}-${cause}.box`;
}
const stampOf = (wallMs: number): string => new Date(wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Why a saved box was saved, by its name. */
export function causeOf(name: string): string {
	return /-([a-z_]+)\.box$/.exec(name)?.[1] ?? 'asked';
}

/** Saves segments aside and gives the file's name; what is too many of its kind falls out afterwards, oldest first. */
export async function saveBox(
	folder: BoxFolder,
	numbers: readonly number[],
	cause: SaveCause,
	{ wallMs, most }: { readonly wallMs: number; readonly most: number },
): Promise<string> {
	const name = nameAfter(await folder.saved(), cause, wallMs);
	const head = new BlockWriter().pack(encodeEntry({ k: 'saved', cause, wall: wallMs }));
	await folder.save(name, head, numbers);
	const asked = cause === 'asked';
	const kind = (await folder.saved()).filter((other) => (causeOf(other) === 'asked') === asked);
	const excess = kind.length - (asked ? MOST_ASKED : most);
	for (const old of kind.filter((other) => other !== name).slice(0, Math.max(0, excess))) await folder.removeSaved(old);
	return name;
}

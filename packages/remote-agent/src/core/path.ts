import { nameInvalid } from '../errors.ts';

/** Deeper than this nobody sorts files. */
export const MOST_LEVELS = 64;
/** Longest name of Linux's file systems, bytes of UTF-8. */
const MOST_NAME_BYTES = 255;

/**
 * The levels of a client's path below a root; none for the root itself. A path that begins with `/`, or has an empty level,
 * `.`, `..`, NUL or half a character, is refused: nothing is made right in silence. What merely looks like a dot or a
 * slash (U+2024, U+FF0F and the like) is a letter to Linux, and stays one.
 */
export function levelsOf(path: string): readonly string[] {
	if (path === '') return [];
	const levels = path.split('/');
	if (levels.length > MOST_LEVELS) throw nameInvalid(`a path of at most ${MOST_LEVELS} levels`, path);
	for (const level of levels) checkName(level, path);
	return levels;
}

/** The folder that a path is in, and its own name there. Refuses the root itself. */
export function placeOf(path: string): { readonly folder: readonly string[]; readonly name: string } {
	const levels = levelsOf(path);
	const name = levels.at(-1);
	if (name === undefined) throw nameInvalid('something within the root', path);
	return { folder: levels.slice(0, -1), name };
}

function checkName(level: string, path: string): void {
	if (level === '' || level === '.' || level === '..')
		throw nameInvalid('a path without empty levels, "." and ".."', path);
	if (level.includes('\0')) throw nameInvalid('a path without NUL', path);
	const bytes = Buffer.from(level);
	if (bytes.toString() !== level) throw nameInvalid('whole characters', path);
	if (bytes.length > MOST_NAME_BYTES) throw nameInvalid(`names of at most ${MOST_NAME_BYTES} bytes`, path);
}

// The screens and how they are reached. The bar at the bottom of a phone holds the first four and "more"; the rail of a
// wide window holds all, by group. A screen that is not in this table has no way to it.
import type { Key } from '../i18n/index.ts';

/** A screen's name, as it stands in the address. */
export type ScreenId = 'now' | 'radiators';

/** What a screen is about: the rail shows a line between groups. */
type Group = 'house' | 'money' | 'system';

/** One way to a screen. */
export interface Screen {
	readonly id: ScreenId;
	readonly title: Key;
	readonly group: Group;
}

/** In the order of their importance to someone who holds a phone. */
export const screens: readonly Screen[] = [
	{ id: 'now', title: 'screen.now', group: 'house' },
	{ id: 'radiators', title: 'screen.radiators', group: 'house' },
];

/** The screen that an address names (`#/radiators`); Now where it names none. */
export function screenOf(hash: string): ScreenId {
	const name = hash.replace(/^#\/?/, '').split(/[/?]/)[0];
	return screens.find(({ id }) => id === name)?.id ?? 'now';
}

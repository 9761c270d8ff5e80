// The screens and how they are reached. The bar at the bottom of a phone holds four of them and "more"; the rail of a wide
// window holds all, by group. A screen that is not in this table has no way to it.
import type { Key } from '../i18n/index.ts';

/** A screen's name, as it stands in the address. */
export type ScreenId =
	| 'now'
	| 'radiators'
	| 'programmes'
	| 'probes'
	| 'history'
	| 'costs'
	| 'health'
	| 'devices'
	| 'machines'
	| 'remote'
	| 'settings';

/** What a screen is about: the rail shows a line between groups. */
type Group = 'house' | 'past' | 'system';

/** One way to a screen. */
export interface Screen {
	readonly id: ScreenId;
	readonly title: Key;
	readonly group: Group;
	/** Has a place under the thumb; the others are behind "more". */
	readonly inBar: boolean;
}

/** In the order of their importance to someone who holds a phone. */
export const screens: readonly Screen[] = [
	{ id: 'now', title: 'screen.now', group: 'house', inBar: true },
	{ id: 'radiators', title: 'screen.radiators', group: 'house', inBar: true },
	{ id: 'programmes', title: 'screen.programmes', group: 'house', inBar: false },
	{ id: 'probes', title: 'screen.probes', group: 'house', inBar: false },
	{ id: 'history', title: 'screen.history', group: 'past', inBar: true },
	{ id: 'costs', title: 'screen.costs', group: 'past', inBar: true },
	{ id: 'health', title: 'screen.health', group: 'system', inBar: false },
	{ id: 'devices', title: 'screen.devices', group: 'system', inBar: false },
	{ id: 'machines', title: 'screen.machines', group: 'system', inBar: false },
	{ id: 'remote', title: 'screen.remote', group: 'system', inBar: false },
	{ id: 'settings', title: 'screen.settings', group: 'system', inBar: false },
];

/** The screen that an address names (`#/radiators`); Now where it names none. */
export function screenOf(hash: string): ScreenId {
	const name = hash.replace(/^#\/?/, '').split(/[/?]/)[0];
	return screens.find(({ id }) => id === name)?.id ?? 'now';
}

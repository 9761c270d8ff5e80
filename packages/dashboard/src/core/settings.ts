// The parts of the settings, each with a place of its own in the address.

/** In the order that a new owner needs them. */
export const settingsParts = ['guide', 'house', 'commissioning', 'accounts'] as const;

/** A part's name, as it stands in the address. */
export type SettingsPart = (typeof settingsParts)[number];

/** The part that an address names (`#/settings/house`); undefined where it names none. */
export function settingsPartOf(hash: string): SettingsPart | undefined {
	const [screen, name] = hash.replace(/^#\/?/, '').split(/[/?]/);
	return screen === 'settings' ? settingsParts.find((part) => part === name) : undefined;
}

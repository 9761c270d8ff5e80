// What this device was told to prefer: language and theme. Storage may be closed to the page; then nothing is kept.
import type { Language } from '../i18n/index.ts';

/** `auto` follows the device. */
export interface Preferences {
	readonly language: Language | 'auto';
	readonly theme: 'auto' | 'light' | 'dark';
	/** Whether the first steps were looked at, or put off. */
	readonly guide: 'new' | 'seen';
	/** What each size of subscription costs a year, as it was typed: by kVA. */
	readonly sizePrices: Readonly<Record<string, string>>;
}

const KEY = 'pilotwire.preferences';

export function readPreferences(): Preferences {
	const preset: Preferences = { language: 'auto', theme: 'auto', guide: 'new', sizePrices: {} };
	try {
		const { language, theme, guide, sizePrices } = JSON.parse(
			localStorage.getItem(KEY) ?? '{}',
		) as Partial<Preferences>;
		return {
			language: language === 'fr' || language === 'en' ? language : 'auto',
			theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
			guide: guide === 'seen' ? 'seen' : 'new',
			sizePrices: textsOf(sizePrices),
		};
	} catch {
		return preset;
	}
}

function textsOf(value: unknown): Record<string, string> {
	const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
	return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function writePreferences(preferences: Preferences): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(preferences));
	} catch {
		// They hold until the page is closed.
	}
}

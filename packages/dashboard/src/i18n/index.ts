// The two languages of the screens. English is the source: the French dictionary must have exactly its keys.
import { en } from './en.ts';
import { fr } from './fr.ts';

export type Language = 'en' | 'fr';
export type Key = keyof typeof en;
export type Dictionary = Readonly<Record<Key, string>>;

export const dictionaries: Readonly<Record<Language, Dictionary>> = { en, fr };

/** Words of a key, with its figures filled in. */
export type Translate = (key: Key, figures?: Readonly<Record<string, string | number>>) => string;

/** The translation into a language. */
export function translatorOf(language: Language): Translate {
	const dictionary = dictionaries[language];
	return (key, figures = {}) =>
		dictionary[key].replaceAll(/\{([a-z]+)\}/gi, (whole, name: string) => String(figures[name] ?? whole));
}

/** The first of a person's languages that the screens have; English where none is. */
export function languageFor(preferred: readonly string[]): Language {
	for (const tag of preferred) {
		const primary = tag.toLowerCase().split('-')[0];
		if (primary === 'fr' || primary === 'en') return primary;
	}
	return 'en';
}

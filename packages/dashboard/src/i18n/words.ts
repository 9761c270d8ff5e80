// The words of the screens, in both languages. Those of the shell are there from the start; each screen that comes later
// brings its own along, so that the first paint waits for no word that it doesn't say.
export type Language = 'en' | 'fr';

/** The same keys in both languages. */
export type Words<Names extends string> = Readonly<Record<Language, Readonly<Record<Names, string>>>>;

const all: Record<Language, Record<string, string>> = { en: {}, fr: {} };

/** Everything that can be said by now. */
export const dictionaries: Readonly<Record<Language, Readonly<Record<string, string>>>> = all;

/** Adds the words of a screen. */
export function addWords(words: Words<string>): void {
	Object.assign(all.en, words.en);
	Object.assign(all.fr, words.fr);
}

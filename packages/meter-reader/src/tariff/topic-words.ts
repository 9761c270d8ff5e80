import type { TariffColour, TariffPeriodName } from '@pilotwire/contract';
import { type TariffTopic, valueAt } from '@pilotwire/runtime';
import { periodOfLtarf, periodOfPtec } from '@pilotwire/teleinfo';

const periodNames: ReadonlySet<string> = new Set<TariffPeriodName>([
	'all_hours',
	'off_peak',
	'peak',
	'normal',
	'mobile_peak',
	'weekend',
	'other',
]);

/** How suppliers' services and their clients name the days. */
const colourWords: readonly (readonly [RegExp, TariffColour])[] = [
	[/^(1|TEMPO_BLEU|.*\b(BLEU|BLUE)E?)$/, 'blue'],
	[/^(2|TEMPO_BLANC|.*\b(BLANC|BLAN|WHITE)H?E?)$/, 'white'],
	[/^(3|TEMPO_ROUGE|.*\b(ROUGE|ROUG|RED))$/, 'red'],
	[/^(EJP|PEAK|POINTE)$/, 'peak'],
	[/^(NORMAL|NOT_EJP|NON_EJP)$/, 'normal'],
];

/** What a topic's payload says at its path, or undefined where there is no word. */
export function wordIn(text: string, path: string | undefined): string | undefined {
	const value = valueAt(text, path);
	const word = typeof value === 'number' ? String(value) : value;
	return typeof word === 'string' && word !== '' && word.length <= 100 ? word : undefined;
}

/** The period that a topic's word means; undefined where nobody knows the word. */
export function periodOfWord(word: string, { words }: Pick<TariffTopic, 'words'>): TariffPeriodName | undefined {
	if (Object.hasOwn(words, word)) return words[word] as TariffPeriodName;
	if (periodNames.has(word)) return word as TariffPeriodName;
	const byMeter = periodOfPtec(word);
	const name = byMeter.name === 'other' ? periodOfLtarf(word).name : byMeter.name;
	return name === 'other' ? undefined : name;
}

/** The colour that a topic's word means; undefined where it means none, such as for a day that isn't known yet. */
export function colourOfWord(word: string, { words }: Pick<TariffTopic, 'words'>): TariffColour | undefined {
	if (Object.hasOwn(words, word)) return words[word] as TariffColour;
	const upper = word.toUpperCase();
	return colourWords.find(([pattern]) => pattern.test(upper))?.[1];
}

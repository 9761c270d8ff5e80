// The two languages of the screens. English is the source: the French words must have exactly its keys.
import type { accountWords } from './accounts.ts';
import type { alertWords } from './alerts.ts';
import type { channelWords } from './channels.ts';
import type { circuitWords } from './circuits.ts';
import type { commissioningWords } from './commissioning.ts';
import type { costWords } from './costs.ts';
import type { deviceWords } from './devices.ts';
import type { guideWords } from './guide.ts';
import type { healthWords } from './health.ts';
import type { historyWords } from './history.ts';
import type { houseFileWords } from './house-file.ts';
import type { machineWords } from './machines.ts';
import type { nowWords } from './now.ts';
import type { probeWords } from './probes.ts';
import type { programmeWords } from './programmes.ts';
import type { remoteWords } from './remote.ts';
import type { settingsWords } from './settings.ts';
import type { shellWords } from './shell.ts';
import type { storyWords } from './story.ts';
import { dictionaries, type Language } from './words.ts';
import './now.ts';
import './shell.ts';

export type { Language } from './words.ts';

/** A sentence's name: of the shell, or of a screen that brings its own. */
export type Key =
	| keyof (typeof accountWords)['en']
	| keyof (typeof alertWords)['en']
	| keyof (typeof channelWords)['en']
	| keyof (typeof circuitWords)['en']
	| keyof (typeof commissioningWords)['en']
	| keyof (typeof costWords)['en']
	| keyof (typeof deviceWords)['en']
	| keyof (typeof guideWords)['en']
	| keyof (typeof healthWords)['en']
	| keyof (typeof historyWords)['en']
	| keyof (typeof machineWords)['en']
	| keyof (typeof nowWords)['en']
	| keyof (typeof probeWords)['en']
	| keyof (typeof houseFileWords)['en']
	| keyof (typeof programmeWords)['en']
	| keyof (typeof remoteWords)['en']
	| keyof (typeof settingsWords)['en']
	| keyof (typeof shellWords)['en']
	| keyof (typeof storyWords)['en'];

/** Words of a key, with its figures filled in. */
export type Translate = (key: Key, figures?: Readonly<Record<string, string | number>>) => string;

/** The translation into a language. */
export function translatorOf(language: Language): Translate {
	return (key, figures = {}) =>
		(dictionaries[language][key] ?? key).replaceAll(/\{([a-z]+)\}/gi, (whole, name: string) =>
			String(figures[name] ?? whole),
		);
}

/** The first of a person's languages that the screens have; English where none is. */
export function languageFor(preferred: readonly string[]): Language {
	for (const tag of preferred) {
		const primary = tag.toLowerCase().split('-')[0];
		if (primary === 'fr' || primary === 'en') return primary;
	}
	return 'en';
}

import { prefer } from '../app/controller.ts';
import { preferences, t } from '../app/store.ts';
import type { Preferences } from '../io/preferences.ts';
import { Segments } from './parts.tsx';

/** Which language the screens speak; each names itself. */
export function LanguageChoice() {
	return (
		<Segments<Preferences['language']>
			label={t.value('settings.language')}
			name="language"
			value={preferences.value.language}
			choices={[
				['auto', t.value('settings.language.auto')],
				['fr', 'Français'],
				['en', 'English'],
			]}
			onChoose={(language) => prefer({ language })}
		/>
	);
}

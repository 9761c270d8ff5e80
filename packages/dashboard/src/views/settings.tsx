import { prefer, signOut } from '../app/controller.ts';
import { preferences, session, t } from '../app/store.ts';
import type { Preferences } from '../io/preferences.ts';
import { Segments, Sheet } from './parts.tsx';

const roles = { admin: 'role.admin', resident: 'role.resident', viewer: 'role.viewer' } as const;

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

/** Who is signed in, and how the screens look on this device. */
export function SettingsSheet({ onClose }: { readonly onClose: () => void }) {
	if (session.value.kind !== 'in') return null;
	const { name, role } = session.value.account;
	return (
		<Sheet title={t.value('settings.title')} lead={t.value('settings.signedin', { name })} onClose={onClose}>
			<p class="role">{t.value(roles[role])}</p>
			<LanguageChoice />
			<Segments<Preferences['theme']>
				label={t.value('settings.theme')}
				name="theme"
				value={preferences.value.theme}
				choices={[
					['auto', t.value('settings.theme.auto')],
					['light', t.value('settings.theme.light')],
					['dark', t.value('settings.theme.dark')],
				]}
				onChoose={(theme) => prefer({ theme })}
			/>
			<button type="button" class="secondary" onClick={() => void signOut()}>
				{t.value('settings.signout')}
			</button>
		</Sheet>
	);
}

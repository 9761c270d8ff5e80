// Settings: who is signed in, how the screens look on this device, and the ways to what administrators set up.
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { prefer, signOut } from '../app/controller.ts';
import { isAdmin, openPart } from '../app/settings.ts';
import { preferences, session, t } from '../app/store.ts';
import { type SettingsPart, settingsParts } from '../core/settings.ts';
import '../i18n/settings.ts';
import '../styles/forms.css';
import '../styles/settings.css';
import type { Preferences } from '../io/preferences.ts';
import { AccountsPart } from './accounts.tsx';
import { AlertsCard } from './alerts.tsx';
import { CommissioningPart } from './commissioning.tsx';
import { GuidePart } from './guide.tsx';
import { HousePart } from './house-file.tsx';
import { Icon } from './icons.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { Segments } from './parts.tsx';
import { PasswordSheet, roleKeys } from './password-sheet.tsx';

const titles = {
	guide: ['guide.title', 'guide.lead'],
	house: ['parts.title', 'parts.lead'],
	commissioning: ['commissioning.title', 'commissioning.hint'],
	accounts: ['accounts.title', 'accounts.hint'],
} as const;
const views: Readonly<Record<SettingsPart, ComponentType>> = {
	guide: GuidePart,
	house: HousePart,
	commissioning: CommissioningPart,
	accounts: AccountsPart,
};

/** The screen: its first page, or one of its parts. */
export function SettingsScreen() {
	const part = openPart.value;
	const shown = useRef(part);
	useEffect(() => {
		if (shown.current === part) return;
		shown.current = part;
		scrollTo(0, 0);
		document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
	});
	if (part === undefined) return <FirstPage />;
	const View = views[part];
	return (
		<>
			<div class="settings-head">
				<a class="round" href="#/settings" aria-label={t.value('screen.settings')}>
					<Icon name="back" />
				</a>
				<h1 class="screen-title">{t.value(titles[part][0])}</h1>
			</div>
			<View />
		</>
	);
}

function FirstPage() {
	const [changing, setChanging] = useState(false);
	if (session.value.kind !== 'in') return null;
	const { name, role, site } = session.value.account;
	return (
		<>
			<h1 class="screen-title">{t.value('screen.settings')}</h1>
			{isAdmin.value && <Ways />}
			<AlertsCard />
			<div class="pair">
				<section class="card" aria-labelledby="account-title">
					<h2 id="account-title">{t.value('settings.account')}</h2>
					<div class="person">
						<Icon name="person" />
						<p>
							<b>{name}</b>
							<span class="quiet">{t.value(roleKeys[role])}</span>
						</p>
					</div>
					<dl class="facts">
						<div>
							<dt>{t.value('settings.site')}</dt>
							<dd>{site}</dd>
						</div>
					</dl>
					<button type="button" class="secondary" aria-haspopup="dialog" onClick={() => setChanging(true)}>
						{t.value('accounts.password.change')}
					</button>
					<button type="button" class="secondary" onClick={() => void signOut()}>
						{t.value('settings.signout')}
					</button>
					<p class="quiet">{t.value('settings.signout.hint')}</p>
				</section>
				<section class="card" aria-labelledby="device-title">
					<h2 id="device-title">{t.value('settings.device')}</h2>
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
					<p class="quiet">{t.value('settings.install')}</p>
				</section>
			</div>
			{changing && <PasswordSheet onClose={() => setChanging(false)} />}
		</>
	);
}

/** The ways to what only administrators set up. */
function Ways() {
	return (
		<section class="card" aria-labelledby="ways-title">
			<h2 id="ways-title">{t.value('settings.house')}</h2>
			<ul class="rows settings-ways">
				{settingsParts.map((part) => (
					<li key={part}>
						<a class="row row-button" href={`#/settings/${part}`}>
							<span class="row-text">
								<span class="row-name">{t.value(titles[part][0])}</span>
								<span class="quiet">{t.value(titles[part][1])}</span>
							</span>
							<Icon name="chevron" />
						</a>
					</li>
				))}
			</ul>
		</section>
	);
}

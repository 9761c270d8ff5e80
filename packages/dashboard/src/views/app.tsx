// The frame around the screens: sign-in first, then header, navigation and one screen.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { announcement, screen, session, t } from '../app/store.ts';
import { type ScreenId, screens } from '../core/screens.ts';
import { Icon, screenIcon } from './icons.tsx';
import { Mark } from './mark.tsx';
import { NowScreen } from './now.tsx';
import { Silences } from './parts.tsx';
import { RadiatorsScreen } from './radiators.tsx';
import { SettingsSheet } from './settings.tsx';
import { SignIn } from './sign-in.tsx';

const views: Readonly<Record<ScreenId, () => VNode>> = { now: NowScreen, radiators: RadiatorsScreen };

/** The whole page. */
export function App() {
	const { kind } = session.value;
	return (
		<>
			{kind === 'in' ? <Frame /> : kind === 'out' ? <SignIn /> : <Asking unreachable={kind === 'unreachable'} />}
			<p class="unseen" role="status">
				<span key={announcement.value.serial}>{announcement.value.text}</span>
			</p>
		</>
	);
}

/** Before it is known who is there: the mark, so that the first paint is the house's own. */
function Asking({ unreachable }: { readonly unreachable: boolean }) {
	return (
		<main class="asking">
			<Mark />
			<h1>{unreachable ? t.value('app.unreachable') : 'Pilotwire'}</h1>
			<p class="quiet">{t.value(unreachable ? 'app.unreachable.hint' : 'app.loading')}</p>
		</main>
	);
}

function Frame() {
	const [settings, setSettings] = useState(false);
	const main = useRef<HTMLElement>(null);
	const current = screen.value;
	const title = screens.find(({ id }) => id === current)?.title ?? 'screen.now';
	const shown = useRef(current);
	useEffect(() => {
		document.title = `${t.value(title)} · Pilotwire`;
		if (shown.current === current) return;
		shown.current = current;
		scrollTo(0, 0);
		main.current?.focus({ preventScroll: true });
	});
	const View = views[current];
	return (
		<div class="frame">
			<button type="button" class="skip" onClick={() => main.current?.focus()}>
				{t.value('app.skip')}
			</button>
			<header class="bar">
				<span class="brand">
					<Mark />
					Pilotwire
				</span>
				<button type="button" class="round" aria-label={t.value('app.account')} onClick={() => setSettings(true)}>
					<Icon name="person" />
				</button>
			</header>
			<Navigation current={current} />
			<main id="content" ref={main} tabIndex={-1} class={`screen screen-${current}`} aria-label={t.value(title)}>
				<Silences />
				<View />
			</main>
			{settings && <SettingsSheet onClose={() => setSettings(false)} />}
		</div>
	);
}

function Navigation({ current }: { readonly current: ScreenId }) {
	return (
		<nav class="tabs" aria-label={t.value('app.screens')}>
			<ul>
				{screens.map(({ id, title, group }) => (
					<li key={id} data-group={group}>
						<a href={`#/${id}`} aria-current={id === current ? 'page' : undefined}>
							<Icon name={screenIcon(id)} />
							<span>{t.value(title)}</span>
						</a>
					</li>
				))}
			</ul>
		</nav>
	);
}

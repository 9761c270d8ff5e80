// The frame around the screens: sign-in first, then header, navigation and one screen.
import { useEffect, useRef, useState } from 'preact/hooks';
import { announcement, fresh, screen, session, t } from '../app/store.ts';
import { type Screen, type ScreenId, screens } from '../core/screens.ts';
import { GuideNote } from './guide-note.tsx';
import { Icon, screenIcon } from './icons.tsx';
import { LaterScreen } from './later-screen.tsx';
import { Mark } from './mark.tsx';
import { NowScreen } from './now.tsx';
import { Sheet, Silences } from './parts.tsx';
import { SignIn } from './sign-in.tsx';
import { UpdateNote } from './update-note.tsx';

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
				<a class="round" href="#/settings" aria-label={t.value('app.account')}>
					<Icon name="person" />
				</a>
			</header>
			<Navigation current={current} />
			<main id="content" ref={main} tabIndex={-1} class={`screen screen-${current}`} aria-label={t.value(title)}>
				<UpdateNote />
				<GuideNote />
				<Silences />
				{current === 'now' ? <NowScreen /> : <LaterScreen key={current} id={current} />}
			</main>
		</div>
	);
}

function Navigation({ current }: { readonly current: ScreenId }) {
	const [more, setMore] = useState(false);
	const behind = screens.filter(({ inBar }) => !inBar);
	const within = behind.some(({ id }) => id === current);
	return (
		<nav class="tabs" aria-label={t.value('app.screens')}>
			<ul>
				{screens.map((one) => (
					<li key={one.id} data-group={one.group} class={one.inBar ? undefined : 'tab-wide'}>
						<Way screen={one} current={current} />
					</li>
				))}
				<li class="tab-more">
					<button
						type="button"
						aria-haspopup="dialog"
						aria-current={within ? 'page' : undefined}
						onClick={() => setMore(true)}
					>
						<Icon name="more" />
						<span>{t.value('app.more')}</span>
					</button>
				</li>
			</ul>
			{more && (
				<Sheet title={t.value('app.more')} onClose={() => setMore(false)}>
					<ul class="ways">
						{behind.map((one) => (
							<li key={one.id}>
								<Way screen={one} current={current} onGo={() => setMore(false)} />
							</li>
						))}
					</ul>
				</Sheet>
			)}
		</nav>
	);
}

interface WayProps {
	readonly screen: Screen;
	readonly current: ScreenId;
	readonly onGo?: () => void;
}

function Way({ screen: { id, title }, current, onGo }: WayProps) {
	const alarmed = id === 'health' && fresh.value.silences.length > 0;
	return (
		<a href={`#/${id}`} aria-current={id === current ? 'page' : undefined} onClick={onGo}>
			<Icon name={screenIcon(id)} />
			<span>{t.value(title)}</span>
			{alarmed && (
				<span class="dot">
					<span class="unseen">{t.value('app.alarmed')}</span>
				</span>
			)}
		</a>
	);
}

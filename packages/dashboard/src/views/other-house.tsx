// Another house's machines: its broker's address, as far as this page may go there, and a name and password for once.
import { useState } from 'preact/hooks';
import { bus, useOther as connectTo, useOwn as goBack, other } from '../app/machines.ts';
import { t } from '../app/store.ts';
import { brokerOrigin } from '../core/broker-origin.ts';
import '../i18n/machines.ts';
import { TextField } from './forms.tsx';
import { Allowing } from './typed.tsx';

const EXAMPLE = 'ws://192.168.1.20:9001';

/** The card, closed at first. */
export function OtherHouse() {
	const [typed, setTyped] = useState('');
	const [site, setSite] = useState('home');
	const [username, setUsername] = useState('');
	const [password, setPassword] = useState('');
	const [faulty, setFaulty] = useState(false);
	const [opened, setOpened] = useState(false);
	const state = other.value;
	const origin = brokerOrigin(typed);
	const submit = (event: Event): void => {
		event.preventDefault();
		setFaulty(origin === undefined);
		if (origin === undefined) return;
		void connectTo({ url: origin, site: site.trim() || 'home', username, password });
		setPassword('');
	};
	if (bus.value !== undefined && bus.value.name !== 'own') {
		return (
			<section class="card" aria-labelledby="other-title">
				<h2 id="other-title">{t.value('machines.other')}</h2>
				<p role="status">
					{state === 'open'
						? t.value('machines.other.open', { address: `${bus.value.name}, ${bus.value.site}` })
						: t.value('machines.other.asking')}
				</p>
				<p>
					<button type="button" class="secondary" onClick={() => void goBack()}>
						{t.value('machines.other.back')}
					</button>
				</p>
			</section>
		);
	}
	return (
		<details class="card other-house" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
			<summary>{t.value('machines.other')}</summary>
			<form class="price-form" onSubmit={submit}>
				<p class="quiet">{t.value('machines.other.hint')}</p>
				<TextField
					label={t.value('machines.other.address')}
					inputMode="url"
					placeholder={EXAMPLE}
					value={typed}
					fault={
						faulty && origin === undefined ? t.value('machines.other.address.bad', { example: EXAMPLE }) : undefined
					}
					onInput={setTyped}
				/>
				<TextField label={t.value('machines.other.site')} value={site} onInput={setSite} />
				<div class="other-account">
					<TextField label={t.value('machines.other.user')} value={username} onInput={setUsername} />
					<TextField
						label={t.value('machines.other.password')}
						type="password"
						value={password}
						autocomplete="new-password"
						onInput={setPassword}
					/>
				</div>
				<p class="quiet">{t.value('machines.other.kept')}</p>
				<Outcome state={state} origin={origin} />
				<button type="submit" class="primary" disabled={state === 'asking'}>
					{t.value('machines.other.connect')}
				</button>
			</form>
		</details>
	);
}

function Outcome({ state, origin }: { readonly state: typeof other.value; readonly origin: string | undefined }) {
	return (
		<div role="status" class="other-outcome">
			{state === 'asking' && <p>{t.value('machines.other.asking')}</p>}
			{(state === 'refused' || state === 'unreachable' || state === 'mixed' || state === 'forbidden') && (
				<p class="fault">{t.value(`machines.other.${state}`)}</p>
			)}
			{state === 'forbidden' && <Allowing origin={origin ?? EXAMPLE} />}
			{state === 'stale' && (
				<>
					<p class="notice">{t.value('machines.other.stale')}</p>
					<button type="button" class="small" onClick={() => location.reload()}>
						{t.value('machines.other.reload')}
					</button>
				</>
			)}
		</div>
	);
}

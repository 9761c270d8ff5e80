// A channel: joining it by name and password, who is there, a command to some of them, and what is heard.
import { useEffect, useState } from 'preact/hooks';
import type { JoinedChannel } from '../app/channel.ts';
import { barred, channel, enter, followChannel, heard, leaveChannel, sayTo } from '../app/channels.ts';
import { format, now, t } from '../app/store.ts';
import { brokerOrigin } from '../core/broker-origin.ts';
import '../i18n/channels.ts';
import '../styles/forms.css';
import '../styles/machines.css';
import { TextField } from './forms.tsx';
import { Allowing } from './typed.tsx';

const EXAMPLE = 'wss://hub.example.org:8884';
const NAME = /^[a-z0-9-]{1,64}$/;

/** The card: a form, or the channel that was joined. */
export function ChannelCard() {
	useEffect(followChannel, []);
	const joined = channel.value;
	const state = joined?.state.value;
	return (
		<section class="card" aria-labelledby="channel-title">
			<h2 id="channel-title">{t.value('channels.title')}</h2>
			<p class="quiet">{t.value('channels.hint')}</p>
			{joined === undefined || state === 'refused' || state === 'unreachable' ? (
				<JoinForm />
			) : (
				<Inside joined={joined} />
			)}
		</section>
	);
}

function JoinForm() {
	const [name, setName] = useState('');
	const [password, setPassword] = useState('');
	const [typed, setTyped] = useState('');
	const [tried, setTried] = useState(false);
	const origin = brokerOrigin(typed);
	const badName = !NAME.test(name);
	const badBroker = typed.trim() !== '' && origin === undefined;
	const submit = (event: Event): void => {
		event.preventDefault();
		setTried(true);
		if (badName || badBroker) return;
		const broker = origin === undefined ? undefined : { url: origin };
		void enter({ name, password: password === '' ? undefined : password, broker });
		setPassword('');
	};
	return (
		<form class="price-form" onSubmit={submit}>
			<TextField
				label={t.value('channels.name')}
				value={name}
				fault={tried && badName ? t.value('channels.name.bad') : undefined}
				onInput={(next) => setName(next.trim())}
			/>
			<TextField
				label={t.value('channels.password')}
				type="password"
				value={password}
				autocomplete="new-password"
				onInput={setPassword}
			/>
			<TextField
				label={t.value('channels.broker')}
				inputMode="url"
				placeholder={EXAMPLE}
				value={typed}
				fault={tried && badBroker ? t.value('channels.broker.bad', { example: EXAMPLE }) : undefined}
				onInput={setTyped}
			/>
			<Outcome origin={origin} />
			<button type="submit" class="primary">
				{t.value('channels.join')}
			</button>
		</form>
	);
}

const told = [
	'wrong_password',
	'no_password',
	'too_many_guesses',
	'channel_full',
	'too_many_channels',
	'not_allowed',
	'slow',
] as const;

/** Why it did not come to it. */
function Outcome({ origin }: { readonly origin: string | undefined }) {
	const why = channel.value?.refusal.value;
	const known = told.find((code) => code === why);
	return (
		<div role="status" class="other-outcome">
			{channel.value?.state.value === 'unreachable' && <p class="fault">{t.value('channels.unreachable')}</p>}
			{known !== undefined && <p class="fault">{t.value(`channels.refused.${known}`)}</p>}
			{why !== undefined && known === undefined && (
				<p class="fault">{t.value('channels.refused.other', { code: why })}</p>
			)}
			{barred.value !== undefined && <p class="fault">{t.value(`channels.barred.${barred.value}`)}</p>}
			{barred.value === 'forbidden' && <Allowing origin={origin ?? EXAMPLE} />}
		</div>
	);
}

function Inside({ joined }: { readonly joined: JoinedChannel }) {
	const state = joined.state.value;
	const words = state === 'joined' ? 'channels.joined' : state === 'away' ? 'channels.away' : 'channels.joining';
	const others = joined.members.value.filter((member) => member !== joined.member);
	return (
		<>
			<p>{t.value('channels.in', { name: joined.name, member: joined.member })}</p>
			<p role="status">{t.value(words)}</p>
			<h3>{t.value('channels.members')}</h3>
			<p class="channel-members">
				{others.length === 0 ? <span class="quiet">{t.value('channels.alone')}</span> : others.join(', ')}
			</p>
			<CommandForm others={others} />
			<Heard />
			<p>
				<button type="button" class="secondary" onClick={leaveChannel}>
					{t.value('channels.leave')}
				</button>
			</p>
		</>
	);
}

/** A command to those who are ticked, or to everybody where nobody is. */
function CommandForm({ others }: { readonly others: readonly string[] }) {
	const [ticked, setTicked] = useState<readonly string[]>([]);
	const [text, setText] = useState('');
	const [failed, setFailed] = useState(false);
	const to = others.filter((member) => ticked.includes(member));
	const submit = async (event: Event): Promise<void> => {
		event.preventDefault();
		try {
			await sayTo(to.length === 0 ? 'all' : to, text);
			setText('');
			setFailed(false);
		} catch {
			setFailed(true);
		}
	};
	const tick = (member: string, isOn: boolean): void =>
		setTicked(isOn ? [...ticked, member] : ticked.filter((one) => one !== member));
	return (
		<form class="price-form" onSubmit={(event) => void submit(event)}>
			<fieldset class="field">
				<legend>{to.length === 0 ? t.value('channels.everybody') : to.join(', ')}</legend>
				{others.map((member) => (
					<label key={member} class="check">
						<input
							type="checkbox"
							checked={ticked.includes(member)}
							onChange={(event) => tick(member, event.currentTarget.checked)}
						/>
						<span>{member}</span>
					</label>
				))}
			</fieldset>
			<label class="field">
				<span>{t.value('channels.command')}</span>
				<input value={text} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
			</label>
			<div role="status">{failed && <p class="fault">{t.value('channels.unsent')}</p>}</div>
			<button type="submit" class="primary" disabled={text === '' || others.length === 0}>
				{t.value('channels.send')}
			</button>
		</form>
	);
}

function Heard() {
	return (
		<>
			<h3>{t.value('channels.heard')}</h3>
			{heard.value.length === 0 ? (
				<p class="quiet">{t.value('channels.heard.none')}</p>
			) : (
				<ul class="plain-list channel-heard">
					{heard.value.map(({ atMs, kind, from, text }) => (
						<li key={`${atMs} ${kind} ${from} ${text}`}>
							<span class="quiet">
								{format.value.moment(atMs, now.value)}, {t.value(`channels.kind.${kind}`)}{' '}
								{from === '' ? t.value('channels.everybody') : from}
							</span>{' '}
							{text}
						</li>
					))}
				</ul>
			)}
		</>
	);
}

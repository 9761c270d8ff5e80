import { useState } from 'preact/hooks';
import { signIn } from '../app/controller.ts';
import { format, session, t } from '../app/store.ts';
import type { SignIn as Outcome } from '../io/session.ts';
import { Icon } from './icons.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { Mark } from './mark.tsx';

function sentence(result: Outcome): string {
	switch (result.outcome) {
		case 'wrong':
			return t.value('signin.wrong');
		case 'unreachable':
			return t.value('signin.unreachable');
		case 'wait':
			return result.seconds === undefined
				? t.value('signin.wait.unknown')
				: t.value('signin.wait', { time: format.value.duration(result.seconds * 1000) });
		case 'done':
			return '';
	}
}

/** Name and password, and nothing else. */
export function SignIn() {
	const [busy, setBusy] = useState(false);
	const [shown, setShown] = useState(false);
	const [result, setResult] = useState<Outcome>();
	const notice = session.value.kind === 'out' ? session.value.notice : undefined;
	const submit = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		const data = new FormData(event.currentTarget as HTMLFormElement);
		setBusy(true);
		setResult(undefined);
		setResult(await signIn(String(data.get('username')), String(data.get('password'))));
		setBusy(false);
	};
	const failed = result !== undefined && result.outcome !== 'done';
	return (
		<main class="signin">
			<div class="signin-card">
				<Mark />
				<h1>{t.value('signin.title')}</h1>
				<p class="quiet">{t.value('signin.lead')}</p>
				{notice !== undefined && (
					<p class="notice">{t.value(notice === 'ended' ? 'signin.ended' : 'signin.unconfirmed')}</p>
				)}
				<form onSubmit={submit}>
					<label class="field">
						<span>{t.value('signin.name')}</span>
						<input
							name="username"
							autocomplete="username"
							autocapitalize="none"
							spellcheck={false}
							required
							maxLength={64}
						/>
					</label>
					<label class="field">
						<span>{t.value('signin.password')}</span>
						<input
							name="password"
							{...(shown ? { type: 'text' as const } : { type: 'password' as const })}
							autocomplete="current-password"
							required
							maxLength={256}
							aria-describedby={failed ? 'signin-fault' : undefined}
						/>
					</label>
					<label class="check">
						<input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
						<span>{t.value('signin.show')}</span>
					</label>
					<div role="alert">
						{failed && (
							<p id="signin-fault" class="fault">
								<Icon name="alert" />
								{sentence(result)}
							</p>
						)}
					</div>
					<button type="submit" class="primary" disabled={busy}>
						{t.value(busy ? 'signin.busy' : 'signin.submit')}
					</button>
				</form>
			</div>
			<LanguageChoice />
		</main>
	);
}

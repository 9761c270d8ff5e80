// One's own password, for anybody who is signed in.
import { useState } from 'preact/hooks';
import { setOwnPassword } from '../app/accounts.ts';
import { t } from '../app/store.ts';
import { accountFault } from '../core/accounts.ts';
import '../i18n/accounts.ts';
import { Fault, Faults, TextField } from './forms.tsx';
import { Sheet } from './parts.tsx';

export const roleKeys = { admin: 'role.admin', resident: 'role.resident', viewer: 'role.viewer' } as const;

/** The sheet; once the password is another, the session ends and the way leads to signing in. */
export function PasswordSheet({ onClose }: { readonly onClose: () => void }) {
	const [current, setCurrent] = useState('');
	const [password, setPassword] = useState('');
	const [code, setCode] = useState<string>();
	const [busy, setBusy] = useState(false);
	const save = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		setBusy(true);
		setCode(await setOwnPassword(current, password));
		setBusy(false);
	};
	return (
		<Sheet title={t.value('accounts.password.change')} lead={t.value('accounts.password.own.hint')} onClose={onClose}>
			<form class="price-form" onSubmit={(event) => void save(event)}>
				<TextField
					required
					type="password"
					autocomplete="current-password"
					label={t.value('accounts.password.current')}
					value={current}
					onInput={setCurrent}
				/>
				<TextField
					required
					type="password"
					autocomplete="new-password"
					label={t.value('accounts.password.new')}
					value={password}
					onInput={setPassword}
					hint={t.value('accounts.password.hint')}
				/>
				<Faults>{code !== undefined && <Fault text={t.value(accountFault(code))} />}</Faults>
				<button type="submit" class="primary" disabled={busy}>
					{t.value(busy ? 'accounts.busy' : 'accounts.password.set')}
				</button>
			</form>
		</Sheet>
	);
}

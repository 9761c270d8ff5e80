// One's own password, for anybody who is signed in.
import { useState } from 'preact/hooks';
import { setOwnPassword } from '../app/accounts.ts';
import { t } from '../app/store.ts';
import { AccountForm, NewPassword, useAsking } from './account-form.tsx';
import { TextField } from './forms.tsx';
import { Sheet } from './parts.tsx';

export const roleKeys = { admin: 'role.admin', resident: 'role.resident', viewer: 'role.viewer' } as const;

/** The sheet; once the password is another, the session ends and the way leads to signing in. */
export function PasswordSheet({ onClose }: { readonly onClose: () => void }) {
	const [current, setCurrent] = useState('');
	const [password, setPassword] = useState('');
	const asking = useAsking();
	return (
		<Sheet title={t.value('accounts.password.change')} lead={t.value('accounts.password.own.hint')} onClose={onClose}>
			<AccountForm
				asking={asking}
				submit="accounts.password.set"
				onSubmit={() => void asking.run(() => setOwnPassword(current, password))}
			>
				<TextField
					required
					type="password"
					autocomplete="current-password"
					label={t.value('accounts.password.current')}
					value={current}
					onInput={setCurrent}
				/>
				<NewPassword label="accounts.password.new" value={password} onInput={setPassword} />
			</AccountForm>
		</Sheet>
	);
}

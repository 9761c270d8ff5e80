// What the sheets of accounts have in common: a form that asks the server, and says what that refused.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../app/store.ts';
import { accountFault } from '../core/accounts.ts';
import '../i18n/accounts.ts';
import type { Key } from '../i18n/index.ts';
import { Fault, Faults, TextField } from './forms.tsx';

/** What is being asked of the server, and what it refused: a code. */
export interface Asking {
	readonly busy: boolean;
	readonly code: string | undefined;
	/** Asks; `done` where it was not refused. */
	readonly run: (ask: () => Promise<string | undefined>, done?: () => void) => Promise<void>;
}

/** Nothing is being asked yet. */
export function useAsking(): Asking {
	const [busy, setBusy] = useState(false);
	const [code, setCode] = useState<string>();
	return {
		busy,
		code,
		run: async (ask, done) => {
			setBusy(true);
			const refused = await ask();
			setBusy(false);
			setCode(refused);
			if (refused === undefined) done?.();
		},
	};
}

/** What the server refused, in words. */
export function Refused({ code }: Pick<Asking, 'code'>) {
	return <Faults>{code !== undefined && <Fault text={t.value(accountFault(code))} />}</Faults>;
}

interface FormProps {
	readonly asking: Asking;
	/** What the button says. */
	readonly submit: Key;
	/** It is one thing among others on its sheet, where what was refused is said once for all. */
	readonly among?: boolean;
	readonly onSubmit: () => void;
	readonly children: ComponentChildren;
}

/** Fields, what was refused, and a button. */
export function AccountForm({ asking: { busy, code }, submit, among = false, onSubmit, children }: FormProps) {
	return (
		<form
			class="price-form"
			onSubmit={(event) => {
				event.preventDefault();
				onSubmit();
			}}
		>
			{children}
			{!among && <Refused code={code} />}
			<button type="submit" class={among ? 'secondary' : 'primary'} disabled={busy}>
				{t.value(busy ? 'accounts.busy' : submit)}
			</button>
		</form>
	);
}

interface NewPasswordProps {
	readonly label: Key;
	readonly value: string;
	readonly onInput: (value: string) => void;
}

/** A password that somebody shall have. */
export function NewPassword({ label, value, onInput }: NewPasswordProps) {
	return (
		<TextField
			required
			type="password"
			autocomplete="new-password"
			label={t.value(label)}
			value={value}
			onInput={onInput}
			hint={t.value('accounts.password.hint')}
		/>
	);
}

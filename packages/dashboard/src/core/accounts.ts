// The accounts as the server lists them, and what it refuses about them.
import { type AccountsAnswer, accountsAnswer } from '@pilotwire/contract';
import type { Key } from '../i18n/index.ts';

export type HouseAccount = AccountsAnswer['accounts'][number];

/** The server's list; undefined where it is none. */
export function readAccounts(body: unknown): AccountsAnswer | undefined {
	const { success, data } = accountsAnswer.safeParse(body);
	return success ? data : undefined;
}

const faults: Readonly<Record<string, Key>> = {
	ACCOUNT_NAME_REFUSED: 'accounts.fault.name',
	ACCOUNT_EXISTS: 'accounts.fault.taken',
	ACCOUNT_UNKNOWN: 'accounts.fault.gone',
	LAST_ADMIN: 'accounts.fault.last',
	PASSWORD_REFUSED: 'accounts.fault.password',
	PASSWORD_WRONG: 'accounts.fault.wrong',
	TOO_MANY_SIGN_INS: 'accounts.fault.wait',
	ADMINS_ONLY: 'accounts.fault.rights',
	NOT_SIGNED_IN: 'accounts.fault.rights',
	UNREACHABLE: 'signin.unreachable',
};

/** The sentence for a refusal. */
export function accountFault(code: string): Key {
	return faults[code] ?? 'accounts.fault.other';
}

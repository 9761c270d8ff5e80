import type { Accounts } from '@pilotwire/accounts';

/** The accounts as sign-in needs them. */
type SigningAccounts = Pick<Accounts, 'signIn' | 'issueToken' | 'apiTokenOf' | 'stampOf' | 'onChange' | 'close'>;

/** The accounts as administrators change them. */
export type ChangeableAccounts = Pick<
	Accounts,
	'list' | 'addPerson' | 'addMachine' | 'rotateSecret' | 'setPassword' | 'setRole' | 'remove'
>;

/** The accounts as this service needs them. */
export type HouseAccounts = SigningAccounts & ChangeableAccounts;

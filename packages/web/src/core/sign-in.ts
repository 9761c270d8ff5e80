import type { Accounts } from '@pilotwire/accounts';

/** The accounts as this service needs them. */
export type HouseAccounts = Pick<Accounts, 'signIn' | 'issueToken' | 'stampOf' | 'onChange' | 'close'>;

import type { Person } from '@pilotwire/accounts';
import type { Credentials } from './connect-packet.ts';
import type { HouseAccounts } from './sign-in.ts';

/** The accounts that an outside broker has for the people of each role. */
export type RoleAccounts = Readonly<Partial<Record<Person['role'], Credentials>>>;

/** What the broker accepts from a person; undefined where there is no account for the role. */
export type CredentialsOf = (person: Person) => Promise<Credentials | undefined>;

/** The embedded broker knows people by name, with a token in place of a password. */
export function embeddedCredentials(accounts: Pick<HouseAccounts, 'issueToken'>): CredentialsOf {
	return async (person) => ({ username: person.name, password: await accounts.issueToken(person) });
}

/** An outside broker knows roles only. */
export function outsideCredentials(accounts: RoleAccounts): CredentialsOf {
	return async ({ role }) => accounts[role];
}

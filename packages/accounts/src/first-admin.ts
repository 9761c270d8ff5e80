import { randomBytes } from 'node:crypto';
import type { Accounts } from './accounts.ts';
import { firstAccount, keepFirstAccount } from './io/first-account-file.ts';

const firstName = 'home';
/** Base 32 without letters that pass for another one (Crockford's). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Makes the administrator `home` in a house that has none, with a password of 100 random bits, and gives it back once
 * for printing; undefined where there is one already, or another process has just made it. Until it is changed the
 * password stands in `<dataDir>/secrets/first-account`, see `firstAccount`.
 */
export async function ensureFirstAdmin(accounts: Accounts): Promise<{ name: string; password: string } | undefined> {
	const people = await accounts.list();
	if (people.some(({ principal }) => principal.kind === 'person' && principal.role === 'admin')) return undefined;
	// Written down before it is made: a start that breaks off in between leaves no account that nobody knows.
	const { dataDir } = accounts;
	const { name, password } = firstAccount(dataDir) ?? keepFirstAccount(dataDir, firstName, readablePassword());
	return (await accounts.addFirstAdmin(name, password)) ? { name, password } : undefined;
}

/** Four groups of five letters and digits. */
function readablePassword(): string {
	const letters = [...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length]).join('');
	return (letters.match(/.{5}/g) ?? []).join('-');
}

import { exitCodes, messageOf, PilotwireError } from '@pilotwire/runtime';

/** Shortest password that people may choose, in characters. */
export const shortestPassword = 8;
/** Longest password, in characters: what is hashed stays small. */
export const longestPassword = 256;

/** A name that no account may have. */
export function nameRefused(name: string): PilotwireError {
	return new PilotwireError({
		code: 'ACCOUNT_NAME_REFUSED',
		expected:
			'a name of 1 to 64 lower-case letters, digits and "-", which is not "all", "anonymous" or the name of a service of this house',
		received: JSON.stringify(name.slice(0, 80)),
		action: 'Choose another name.',
		exitCode: exitCodes.usage,
	});
}

/** A name that no house can have. */
export function houseNameRefused(name: string): PilotwireError {
	return new PilotwireError({
		code: 'HOUSE_NAME_REFUSED',
		expected: 'the name of a house: 1 to 64 lower-case letters, digits and "-", which is not "all"',
		received: JSON.stringify(name.slice(0, 80)),
		action: 'Give the name that the house has as `site`, or as `bridge.house`.',
		exitCode: exitCodes.usage,
	});
}

/** The name is taken already. */
export function nameTaken(name: string): PilotwireError {
	return new PilotwireError({
		code: 'ACCOUNT_EXISTS',
		expected: 'a name that no account has',
		received: `${name}, which exists`,
		action: `Choose another name, or remove that account first (pilotwire account remove ${name}).`,
		exitCode: exitCodes.usage,
	});
}

/** No account, or none of the kind that was meant, has this name. */
export function accountUnknown(name: string, kind: 'account' | 'person' | 'machine' | 'integrator'): PilotwireError {
	const expected = {
		account: 'an account that exists',
		person: "a person's account",
		machine: 'the account of a device or service',
		integrator: 'the account of an integrator',
	};
	return new PilotwireError({
		code: 'ACCOUNT_UNKNOWN',
		expected: expected[kind],
		received: JSON.stringify(name.slice(0, 80)),
		action: 'Correct the name; pilotwire account list shows all of them.',
		exitCode: exitCodes.usage,
	});
}

/** An API token of this name exists. */
export function apiTokenExists(name: string): PilotwireError {
	return new PilotwireError({
		code: 'API_TOKEN_EXISTS',
		expected: 'a name that no API token has',
		received: `${name}, which exists`,
		action: `Choose another name, or remove that one first (pilotwire account api-token remove ${name}).`,
		exitCode: exitCodes.usage,
	});
}

/** No API token has this name. */
export function apiTokenUnknown(name: string): PilotwireError {
	return new PilotwireError({
		code: 'API_TOKEN_UNKNOWN',
		expected: 'an API token that exists',
		received: JSON.stringify(name.slice(0, 80)),
		action: 'Correct the name; pilotwire account api-token list shows all of them.',
		exitCode: exitCodes.usage,
	});
}

/** A password that is too short or too long. */
export function passwordRefused(length: number): PilotwireError {
	return new PilotwireError({
		code: 'PASSWORD_REFUSED',
		expected: `a password of ${shortestPassword} to ${longestPassword} characters`,
		received: `${length} characters`,
		action: 'Choose another; four words that have nothing to do with each other make a good one.',
		exitCode: exitCodes.usage,
	});
}

/** Without an administrator nobody could give rights again. */
export function lastAdmin(name: string): PilotwireError {
	return new PilotwireError({
		code: 'LAST_ADMIN',
		expected: 'one administrator to remain',
		received: `${name} to lose the role, who is the only one`,
		action: 'Make another person administrator first (pilotwire account role NAME admin).',
		exitCode: exitCodes.usage,
	});
}

/** Asked for a token for an account that isn't in the database, or has changed meanwhile. */
export function noTokenFor(name: string): PilotwireError {
	return new PilotwireError({
		code: 'ACCOUNT_GONE',
		expected: 'an account that still exists as it signed in',
		received: `${name}, which was removed or changed`,
		action: 'Sign in again.',
	});
}

/** A password could be neither hashed nor checked. */
export function hashingFailed(why: string): PilotwireError {
	return new PilotwireError({
		code: 'PASSWORD_NOT_HASHED',
		expected: 'the thread that hashes passwords to answer',
		received: why,
		action: 'Try again; if it repeats, look for missing memory (free -h).',
	});
}

/** So many passwords wait to be checked that one more would wait too long. */
export class HashQueueFull extends Error {
	override readonly name = 'HashQueueFull';
}

/** The Redis with a cluster's accounts does not answer. `url`: where it should be. */
export function accountsAway(url: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'ACCOUNTS_AWAY',
		expected: `the Redis of the cluster to answer at ${url.replace(/\/\/.*@/, '//').replace(/\?.*/, '')}`,
		received: messageOf(cause),
		action: 'Start it, or correct broker.cluster: its address, user and password.',
		cause,
	});
}

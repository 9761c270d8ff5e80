import { pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Filters } from './rules.ts';

/** Rounds for 256 random bits, where guessing is hopeless anyway: what mosquitto_passwd takes for everything. */
const secretRounds = 101;
/** Rounds for a password that a person chose. Mosquitto reckons them in its only thread: about 10 ms. */
const passwordRounds = 10_000;
/** Mosquitto up to 2.0 reads salts of this length alone. Bytes. */
const saltBytes = 12;

/** Whether Mosquitto's files can hold the name of an account. */
export function isMosquittoName(name: string): boolean {
	return name.length > 0 && name.trim() === name && !/[:\p{Cc}]|^#/u.test(name);
}

/** A line of Mosquitto's `password_file`, PBKDF2 with SHA-512. `chosen`: by a person, and not made of random bits. */
export function mosquittoPassword(name: string, secret: string, { chosen }: { chosen: boolean }): string {
	const salt = randomBytes(saltBytes);
	const rounds = chosen ? passwordRounds : secretRounds;
	const hash = pbkdf2Sync(secret, salt, rounds, 64, 'sha512');
	return `${name}:$7$${rounds}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/**
 * The lines of Mosquitto's `acl_file` that give an account its rights; without a name those of clients that have none,
 * which belong at the top.
 */
export function mosquittoRights(name: string | undefined, { publish, read }: Filters): string[] {
	const all = [...new Set([...publish, ...read])].filter((filter) => !/\p{Cc}/u.test(filter));
	const lines = all.map((filter) => {
		const kind = !read.includes(filter) ? 'write' : publish.includes(filter) ? 'readwrite' : 'read';
		return `topic ${kind} ${filter}`;
	});
	return name === undefined ? lines : [`user ${name}`, ...lines];
}

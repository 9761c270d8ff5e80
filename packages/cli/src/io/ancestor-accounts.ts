import { readFileSync } from 'node:fs';
import { type ImportedAccount, isBearableBcrypt } from '@pilotwire/accounts';
import { messageOf } from '@pilotwire/runtime';
import * as z from 'zod';
import { accountsFileInvalid, fileUnreadable } from '../errors.ts';

const text = z.string().min(1).max(256);
const hashKeys = ['password_hash', 'passwordHash', 'hash', 'password'] as const;
const entry = z
	.object({
		...Object.fromEntries(hashKeys.map((key) => [key, text.optional()])),
		name: text.optional(),
		username: text.optional(),
		id: text.optional(),
		role: text.optional(),
		is_admin: z.boolean().optional(),
		admin: z.boolean().optional(),
		type: text.optional(),
	})
	.loose();
const entries = z.union([z.record(z.string(), z.union([text, entry])), z.array(entry)]).optional();
const dataFile = z.object({ users: entries, devices: entries }).loose();

type Entry = z.output<typeof entry>;

/**
 * The people and devices in `data.json` of the gateway that this one follows. `users` and `devices` are each an object by
 * name or a list; an entry is a password or an object with one. People's are bcrypt hashes, devices' those or plain.
 * Throws `FILE_UNREADABLE` or `ACCOUNTS_FILE_INVALID`, which names the first entry that is wrong; then nothing is taken.
 */
export function readAncestorAccounts(path: string): ImportedAccount[] {
	const file = dataFile.safeParse(jsonIn(path));
	if (!file.success) {
		const [issue] = file.error.issues;
		throw accountsFileInvalid(path, `${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
	}
	const { users, devices } = file.data;
	if (users === undefined && devices === undefined) throw accountsFileInvalid(path, 'neither "users" nor "devices"');
	const all = [
		...named(users).map(([given, user]) => person(path, given, user)),
		...named(devices).map(([given, device]) => machine(path, given, device)),
	];
	const names = all.map(({ principal }) => principal.name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw accountsFileInvalid(path, `two entries that are both called ${twice} here`);
	return all;
}

function jsonIn(path: string): unknown {
	let content: string;
	try {
		content = readFileSync(path, 'utf8');
	} catch (error) {
		throw fileUnreadable(path, messageOf(error));
	}
	try {
		return JSON.parse(content);
	} catch (error) {
		throw accountsFileInvalid(path, messageOf(error));
	}
}

function named(given: z.output<typeof entries>): [string, Entry][] {
	if (given === undefined) return [];
	if (Array.isArray(given)) return given.map((one) => [one.username ?? one.name ?? one.id ?? '', one]);
	return Object.entries(given).map(([name, one]) => [name, typeof one === 'string' ? { password: one } : one]);
}

function person(path: string, given: string, user: Entry): ImportedAccount {
	const hash = passwordOf(user);
	if (hash === undefined || !isBearableBcrypt(hash)) {
		throw accountsFileInvalid(path, `no bcrypt hash of a cost up to 14 for the user ${JSON.stringify(given)}`);
	}
	const isAdmin =
		user.admin === true || user.is_admin === true || /^(admin|administrator|root)$/i.test(user.role ?? '');
	const role = isAdmin ? 'admin' : /^(viewer|guest|readonly|read-only)$/i.test(user.role ?? '') ? 'viewer' : 'resident';
	return { principal: { kind: 'person', name: nameOf(path, given), role }, secret: { bcrypt: hash } };
}

function machine(path: string, given: string, device: Entry): ImportedAccount {
	const password = passwordOf(device);
	if (password === undefined) throw accountsFileInvalid(path, `no password for the device ${JSON.stringify(given)}`);
	if (/^\$2/.test(password) && !isBearableBcrypt(password)) {
		throw accountsFileInvalid(path, `a bcrypt hash that can't be checked for the device ${JSON.stringify(given)}`);
	}
	const type = device.type
		?.toLowerCase()
		.replaceAll(/[^a-z0-9_-]+/g, '-')
		.replace(/^[-_]+/, '')
		.slice(0, 32);
	return {
		principal: { kind: 'device', name: nameOf(path, given) },
		secret: isBearableBcrypt(password) ? { bcrypt: password } : { password },
		...(type === undefined || type === '' ? {} : { type }),
	};
}

function passwordOf(given: Entry): string | undefined {
	const values = given as Readonly<Record<string, string | undefined>>;
	return hashKeys.map((key) => values[key]).find((value) => value !== undefined);
}

/** As the house writes names; the device gateway reads the names that firmware sends in the same way. */
function nameOf(path: string, given: string): string {
	const name = given
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-+|-+$/g, '');
	if (name === '' || name.length > 64)
		throw accountsFileInvalid(path, `a name that can't be used: ${JSON.stringify(given)}`);
	return name;
}

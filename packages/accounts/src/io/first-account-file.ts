import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '@pilotwire/runtime';

/** The first account, as it waits for its owner. */
export interface FirstAccount {
	readonly name: string;
	readonly password: string;
	/** Where it is written down, until the password is changed. */
	readonly file: string;
}

/** The account that the first start made, while its password is still that one. */
export function firstAccount(dataDir: string): FirstAccount | undefined {
	const file = fileIn(dataDir);
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return undefined;
		throw error;
	}
	const [, name, password] = /^name: (\S+)\npassword: (\S+)\n/.exec(text) ?? [];
	return name === undefined || password === undefined ? undefined : { name, password, file };
}

/** Writes it down, readable by its owner alone; where another process did so first, gives back that one's. */
export function keepFirstAccount(dataDir: string, name: string, password: string): FirstAccount {
	const file = fileIn(dataDir);
	const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
	mkdirSync(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
	writeFileSync(draft, `name: ${name}\npassword: ${password}\n`, { mode: 0o600, flush: true });
	try {
		linkSync(draft, file);
	} catch (error) {
		if (systemCodeOf(error) !== 'EEXIST') throw error;
	} finally {
		rmSync(draft, { force: true });
	}
	return firstAccount(dataDir) ?? { name, password, file };
}

/** The account's password isn't that one any more. */
export function forgetFirstAccount(dataDir: string, name: string): void {
	const kept = firstAccount(dataDir);
	if (kept?.name === name) rmSync(kept.file, { force: true });
}

function fileIn(dataDir: string): string {
	return join(dataDir, 'secrets', 'first-account');
}

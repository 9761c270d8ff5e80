import type { AccountSummary, Accounts, Principal, Role } from '@pilotwire/accounts';
import { exitCodes, instantOf, PilotwireError } from '@pilotwire/runtime';
import { readAncestorAccounts } from '../io/ancestor-accounts.ts';
import { HiddenLines } from '../io/hidden-lines.ts';
import { exportReport, exportToMosquitto } from './account-export.ts';
import { emqxReport, exportToEmqx } from './account-export-emqx.ts';
import type { ConfigOptions } from './options.ts';
import { withAccounts } from './with-accounts.ts';

/** `pilotwire account list`. */
export function listAccounts(options: ConfigOptions): Promise<void> {
	return withAccounts(options, list);
}

/** `pilotwire account add`. */
export function addPerson(who: string, options: ConfigOptions & { readonly role: Role }): Promise<void> {
	return withAccounts(options, async (accounts) => {
		await accounts.addPerson(who, options.role, await askPassword(who));
		console.log(`${who} may sign in as ${options.role}.`);
	});
}

/** `pilotwire account passwd`. */
export function setPassword(who: string, options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		await accounts.setPassword(who, await askPassword(who));
		console.log(`${who} has a new password; what was open with the old one is closed.`);
	});
}

/** `pilotwire account role`. */
export function setRole(who: string, role: Role, options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		await accounts.setRole(who, role);
		console.log(`${who} is ${role} now.`);
	});
}

/** `pilotwire account remove`. */
export function removeAccount(who: string, options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		await accounts.remove(who);
		console.log(`${who} is removed.`);
	});
}

/** `pilotwire account import`. */
export function importAccounts(file: string, options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		const { added, taken } = await accounts.import(readAncestorAccounts(file));
		console.log(`${added.length} accounts were taken in.`);
		if (taken.length > 0) console.log(`Left as they were, because their names are taken: ${taken.join(', ')}`);
	});
}

interface ExportOptions extends ConfigOptions {
	/** Folders. */
	readonly mosquitto?: string;
	readonly emqx?: string;
}

/** `pilotwire account export`. */
export async function exportAccounts(options: ExportOptions): Promise<void> {
	const { mosquitto, emqx } = options;
	if (mosquitto === undefined && emqx === undefined) throw noBroker();
	await withAccounts(options, async (accounts, house) => {
		const all = await accounts.list();
		if (mosquitto !== undefined) console.log(exportReport(exportToMosquitto(house, all, mosquitto)));
		if (emqx !== undefined) console.log(emqxReport(exportToEmqx(house, all, await accounts.secretHashes(), emqx)));
	});
}

async function list(accounts: Accounts): Promise<void> {
	const all = await accounts.list();
	const width = Math.max(4, ...all.map(({ principal }) => principal.name.length));
	console.log(`${'name'.padEnd(width)}  may       since`);
	for (const summary of all) console.log(line(summary, width));
}

function line({ principal, type, createdMs }: AccountSummary, width: number): string {
	const may = principal.kind === 'person' ? principal.role : principal.kind;
	const what = [type, ...housesOf(principal)]
		.filter((one) => one !== undefined)
		.map((one) => `  ${one}`)
		.join('');
	return `${principal.name.padEnd(width)}  ${may.padEnd(8)}  ${instantOf(createdMs).slice(0, 10)}${what}`;
}

function housesOf(principal: Principal): readonly string[] {
	if (principal.kind === 'integrator') return principal.houses;
	return principal.kind === 'home' ? [principal.house] : [];
}

/** A password, typed twice in a terminal, else the first line of standard input. Never an argument: those anybody sees. */
async function askPassword(name: string): Promise<string> {
	const terminal = process.stdin.isTTY === true;
	const typed = new HiddenLines(terminal);
	try {
		const first = await typed.next(terminal ? `Password for ${name}: ` : '');
		if (first === undefined) throw noPassword(terminal ? 'none' : 'none on standard input');
		if (terminal && (await typed.next('Once more: ')) !== first) throw noPassword('two that differ');
		return first;
	} finally {
		typed.close();
	}
}

function noPassword(received: string): PilotwireError {
	return new PilotwireError({
		code: 'PASSWORD_MISSING',
		expected: 'the same password twice at the terminal, or one line on standard input',
		received,
		action: 'Try again.',
		exitCode: exitCodes.usage,
	});
}

function noBroker(): PilotwireError {
	return new PilotwireError({
		code: 'EXPORT_FOR_NOBODY',
		expected: '--mosquitto FOLDER or --emqx FOLDER',
		received: 'neither',
		action: 'Say which broker the files are for, and where to write them.',
		exitCode: exitCodes.usage,
	});
}

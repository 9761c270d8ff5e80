import { type AccountSummary, type Accounts, type Principal, type Role, roles } from '@pilotwire/accounts';
import { exitCodes, instantOf, PilotwireError } from '@pilotwire/runtime';
import { Argument, type Command, Option } from 'commander';
import { readAncestorAccounts } from '../io/ancestor-accounts.ts';
import { HiddenLines } from '../io/hidden-lines.ts';
import { exportReport, exportToMosquitto } from './account-export.ts';
import { emqxReport, exportToEmqx } from './account-export-emqx.ts';
import { apiTokenCommand } from './api-token.ts';
import { machineCommands } from './machine-accounts.ts';
import type { ConfigOptions } from './options.ts';
import { withAccounts } from './with-accounts.ts';

const roleHelp = 'viewer reads the house, resident gives orders too, admin does everything';

/**
 * `pilotwire account ...`: who may sign in. Works beside a running house, which hears of each change within a second.
 * `configurable` adds the options that every command has that reads the configuration.
 */
export function accountCommand(root: Command, configurable: (command: Command) => Command): void {
	const account = root.command('account').description('people, devices and programs that may sign in');
	const name = new Argument('<name>', 'lower-case letters, digits and "-"');
	configurable(account.command('list'))
		.description('all accounts')
		.action((options: ConfigOptions) => withAccounts(options, list));
	configurable(account.command('add'))
		.description('add a person; the password is asked for, or read from standard input')
		.addArgument(name)
		.addOption(new Option('--role <role>', roleHelp).choices(roles).default('resident' satisfies Role))
		.action((who: string, options: ConfigOptions & { role: Role }) =>
			withAccounts(options, async (accounts) => {
				await accounts.addPerson(who, options.role, await askPassword(who));
				console.log(`${who} may sign in as ${options.role}.`);
			}),
		);
	configurable(account.command('passwd'))
		.description("change a person's password and end the sessions that are open")
		.addArgument(name)
		.action((who: string, options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				await accounts.setPassword(who, await askPassword(who));
				console.log(`${who} has a new password; what was open with the old one is closed.`);
			}),
		);
	configurable(account.command('role'))
		.description(`change what a person may do: ${roleHelp}`)
		.addArgument(name)
		.addArgument(new Argument('<role>').choices(roles))
		.action((who: string, role: Role, options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				await accounts.setRole(who, role);
				console.log(`${who} is ${role} now.`);
			}),
		);
	configurable(account.command('remove'))
		.description('remove an account and end what it has open')
		.addArgument(name)
		.action((who: string, options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				await accounts.remove(who);
				console.log(`${who} is removed.`);
			}),
		);
	machineCommands(account, configurable);
	configurable(account.command('import'))
		.description('take in the users and devices of an older gateway, with their passwords')
		.argument('<file>', 'its data.json')
		.action((file: string, options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				const { added, taken } = await accounts.import(readAncestorAccounts(file));
				console.log(`${added.length} accounts were taken in.`);
				if (taken.length > 0) console.log(`Left as they were, because their names are taken: ${taken.join(', ')}`);
			}),
		);
	apiTokenCommand(account, configurable);
	configurable(account.command('export'))
		.description('write all accounts and their rights for an outside broker')
		.option('--mosquitto <folder>', "folder for Mosquitto's password and rights files; made where there is none")
		.option('--emqx <folder>', 'the same for EMQX 5: its users to import, its ACL file, and the configuration for both')
		.action((options: ConfigOptions & { mosquitto?: string; emqx?: string }) => {
			const { mosquitto, emqx } = options;
			if (mosquitto === undefined && emqx === undefined) throw noBroker();
			return withAccounts(options, async (accounts, house) => {
				const all = await accounts.list();
				if (mosquitto !== undefined) console.log(exportReport(exportToMosquitto(house, all, mosquitto)));
				if (emqx !== undefined) console.log(emqxReport(exportToEmqx(house, all, await accounts.secretHashes(), emqx)));
			});
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

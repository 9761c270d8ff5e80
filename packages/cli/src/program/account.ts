import type { Role } from '@pilotwire/accounts';
import { roles } from '@pilotwire/accounts/rules';
import { Argument, type Command, Option } from 'commander';
import { apiTokenCommand } from './api-token.ts';
import { machineCommands } from './machine-accounts.ts';
import { configurable } from './options.ts';

const actions = () => import('../commands/account.ts');
const roleHelp = 'viewer reads the house, resident gives orders too, admin does everything';

/** `pilotwire account ...`: who may sign in. Works beside a running house, which hears of each change within a second. */
export function accountCommand(root: Command): void {
	const account = root.command('account').description('people, devices and programs that may sign in');
	const name = new Argument('<name>', 'lower-case letters, digits and "-"');
	configurable(account.command('list'))
		.description('all accounts')
		.action(async (options) => (await actions()).listAccounts(options));
	configurable(account.command('add'))
		.description('add a person; the password is asked for, or read from standard input')
		.addArgument(name)
		.addOption(new Option('--role <role>', roleHelp).choices(roles).default('resident' satisfies Role))
		.action(async (who, options) => (await actions()).addPerson(who, options));
	configurable(account.command('passwd'))
		.description("change a person's password and end the sessions that are open")
		.addArgument(name)
		.action(async (who, options) => (await actions()).setPassword(who, options));
	configurable(account.command('role'))
		.description(`change what a person may do: ${roleHelp}`)
		.addArgument(name)
		.addArgument(new Argument('<role>').choices(roles))
		.action(async (who, role, options) => (await actions()).setRole(who, role, options));
	configurable(account.command('remove'))
		.description('remove an account and end what it has open')
		.addArgument(name)
		.action(async (who, options) => (await actions()).removeAccount(who, options));
	machineCommands(account);
	configurable(account.command('import'))
		.description('take in the users and devices of an older gateway, with their passwords')
		.argument('<file>', 'its data.json')
		.action(async (file, options) => (await actions()).importAccounts(file, options));
	apiTokenCommand(account);
	configurable(account.command('export'))
		.description('write all accounts and their rights for an outside broker')
		.option('--mosquitto <folder>', "folder for Mosquitto's password and rights files; made where there is none")
		.option('--emqx <folder>', 'the same for EMQX 5.8: its users, its ACL file, and the configuration for both')
		.action(async (options) => (await actions()).exportAccounts(options));
}

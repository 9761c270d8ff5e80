import { type Role, roles } from '@pilotwire/accounts';
import { instantOf } from '@pilotwire/runtime';
import { Argument, type Command, Option } from 'commander';
import type { ConfigOptions } from './options.ts';
import { withAccounts } from './with-accounts.ts';

/** `pilotwire account api-token ...`: programs that may use the API. */
export function apiTokenCommand(account: Command, configurable: (command: Command) => Command): void {
	const token = account.command('api-token').description('programs that may use the API over HTTP');
	const name = new Argument('<name>', 'lower-case letters, digits and "-"');
	configurable(token.command('add'))
		.description('make a token and print it, once')
		.addArgument(name)
		.addOption(
			new Option('--role <role>', 'viewer reads, resident commands too, admin adds and removes devices')
				.choices(roles)
				.default('resident' satisfies Role),
		)
		.action((who: string, options: ConfigOptions & { role: Role }) =>
			withAccounts(options, async (accounts) => {
				console.log((await accounts.addApiToken(who, options.role)).secret);
			}),
		);
	configurable(token.command('list'))
		.description('all tokens, without their secrets')
		.action((options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				for (const { name, role, createdMs } of await accounts.apiTokens())
					console.log(`${name}  ${role}  ${instantOf(createdMs).slice(0, 10)}`);
			}),
		);
	configurable(token.command('remove'))
		.description('take a token back; it opens nothing any more')
		.addArgument(name)
		.action((who: string, options: ConfigOptions) =>
			withAccounts(options, async (accounts) => {
				await accounts.removeApiToken(who);
				console.log(`The token of ${who} is removed.`);
			}),
		);
}

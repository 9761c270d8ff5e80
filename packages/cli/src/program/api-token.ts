import type { Role } from '@pilotwire/accounts';
import { roles } from '@pilotwire/accounts/rules';
import { Argument, type Command, Option } from 'commander';
import { configurable } from './options.ts';

const actions = () => import('../commands/api-token.ts');

/** `pilotwire account api-token ...`: programs that may use the API. */
export function apiTokenCommand(account: Command): void {
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
		.action(async (who, options) => (await actions()).addApiToken(who, options));
	configurable(token.command('list'))
		.description('all tokens, without their secrets')
		.action(async (options) => (await actions()).listApiTokens(options));
	configurable(token.command('remove'))
		.description('take a token back; it opens nothing any more')
		.addArgument(name)
		.action(async (who, options) => (await actions()).removeApiToken(who, options));
}

import type { Role } from '@pilotwire/accounts';
import { instantOf } from '@pilotwire/runtime';
import type { ConfigOptions } from './options.ts';
import { withAccounts } from './with-accounts.ts';

/** `pilotwire account api-token add`. */
export function addApiToken(who: string, options: ConfigOptions & { readonly role: Role }): Promise<void> {
	return withAccounts(options, async (accounts) => {
		console.log((await accounts.addApiToken(who, options.role)).secret);
	});
}

/** `pilotwire account api-token list`. */
export function listApiTokens(options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		for (const { name, role, createdMs } of await accounts.apiTokens())
			console.log(`${name}  ${role}  ${instantOf(createdMs).slice(0, 10)}`);
	});
}

/** `pilotwire account api-token remove`. */
export function removeApiToken(who: string, options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		await accounts.removeApiToken(who);
		console.log(`The token of ${who} is removed.`);
	});
}

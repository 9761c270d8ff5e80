import type { Accounts } from '@pilotwire/accounts';
import { deviceType } from '@pilotwire/contract';
import { exitCodes, PilotwireError } from '@pilotwire/runtime';
import type { Command } from 'commander';
import type { ConfigOptions } from './options.ts';
import { withAccounts } from './with-accounts.ts';

interface TokenOptions extends ConfigOptions {
	readonly kind: 'device' | 'service' | 'home' | 'integrator';
	readonly type?: string;
	readonly house: readonly string[];
}

/** `pilotwire account token`. */
export async function addMachine(who: string, options: TokenOptions, command: Command): Promise<void> {
	const { type } = options;
	const fault = type === undefined ? undefined : deviceType.safeParse(type).error;
	if (fault !== undefined) {
		command.error(`error: option '--type <type>' argument '${type}' is invalid. ${fault.issues[0]?.message ?? ''}`);
	}
	await withAccounts(options, async (accounts) => {
		console.log((await added(accounts, who, options)).secret);
	});
}

/** `pilotwire account rotate`. */
export function rotateSecret(who: string, options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		console.log((await accounts.rotateSecret(who)).secret);
	});
}

/** `pilotwire account houses`. */
export function setHouses(who: string, houses: readonly string[], options: ConfigOptions): Promise<void> {
	return withAccounts(options, async (accounts) => {
		await accounts.setHouses(who, houses);
		console.log(`${who} may command ${houses.length === 0 ? 'no house' : houses.join(', ')}.`);
	});
}

function added(accounts: Accounts, name: string, options: TokenOptions): Promise<{ secret: string }> {
	const { kind, type, house } = options;
	if (kind === 'integrator') return accounts.addHouseAccount({ kind, name, houses: house });
	if (kind !== 'home') return accounts.addMachine(kind, name, type);
	const [own = name, ...others] = house;
	if (others.length > 0) throw oneHouse(house.join(', '));
	return accounts.addHouseAccount({ kind, name, house: own });
}

function oneHouse(received: string): PilotwireError {
	return new PilotwireError({
		code: 'HOUSE_NOT_ONE',
		expected: 'one house for a home',
		received,
		action: 'Make an account for each house; an integrator has several (--kind integrator).',
		exitCode: exitCodes.usage,
	});
}

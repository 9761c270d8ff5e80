import { join } from 'node:path';
import { Accounts, ensureFirstAdmin } from '@pilotwire/accounts';
import { createContext, type ServiceContext, silentLog, systemClock } from '@pilotwire/runtime';
import type { House } from './config.ts';

/** Opens the house's accounts for a service; where the file fails, so does the service. */
export function openAccounts(
	house: House,
	{ log, clock, fail }: Pick<ServiceContext, 'log' | 'clock' | 'fail'>,
): Promise<Accounts> {
	return Accounts.open({ path: join(house.dataDir, 'accounts.db'), log, clock, onCrash: fail });
}

/** Makes the first administrator of a house that has none, before anything starts. */
export async function prepareAccounts(house: House): Promise<void> {
	const context = createContext('accounts', silentLog, systemClock, () => undefined);
	const accounts = await openAccounts(house, context);
	try {
		await ensureFirstAdmin(accounts);
	} finally {
		await accounts.close();
		context.end();
	}
}

import { Accounts } from '@pilotwire/accounts';
import { createLog, systemClock } from '@pilotwire/runtime';
import { type House, readHouse } from '../config.ts';
import { whereAccountsAre } from '../house-accounts.ts';
import type { ConfigOptions } from './options.ts';

/** Opens the accounts of a house for one command, and closes them whatever comes of it. */
export async function withAccounts(
	options: ConfigOptions,
	action: (accounts: Accounts, house: House) => Promise<void>,
): Promise<void> {
	const house = await readHouse(options);
	const { level } = house.log;
	// Whoever sits at the terminal reads the answer; the line in the log is for those who keep logs.
	const watched = process.stderr.isTTY === true && (level === 'info' || level === 'debug');
	const log = createLog({ ...house.log, level: watched ? 'warn' : level }).child({ service: 'account' });
	const accounts = await Accounts.open({ ...whereAccountsAre(house), log, clock: systemClock });
	try {
		await action(accounts, house);
	} finally {
		await accounts.close();
	}
}

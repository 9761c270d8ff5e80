import { configuredCluster } from '@pilotwire/broker/config';
import { PilotwireError, silentLog, systemClock } from '@pilotwire/runtime';
import type { House } from '../../config.ts';
import { type Finding, failing } from '../../doctor/finding.ts';
import { judgeClusterAccounts, judgeRedis } from '../../doctor/redis.ts';
import { whereAccountsAre } from '../../house-accounts.ts';

/** Looks at the Redis of a house's cluster; nothing to find where it is none. */
export async function examineRedis(house: Pick<House, 'dataDir' | 'broker'>): Promise<Finding[]> {
	try {
		const cluster = configuredCluster(house.broker);
		if (cluster === undefined) return [];
		const { askRedis } = await import('@pilotwire/broker');
		const answer = await askRedis(cluster);
		const found = judgeRedis(cluster.url, answer);
		// A sound one alone is asked for more.
		return found.every(({ verdict }) => verdict !== 'wrong') ? [...found, await accounts(house)] : found;
	} catch (error) {
		if (!(error instanceof PilotwireError)) throw error;
		return [failing(error, 'Redis', error.received, error.action)];
	}
}

async function accounts(house: Pick<House, 'dataDir' | 'broker'>): Promise<Finding> {
	const { Accounts } = await import('@pilotwire/accounts');
	const open = await Accounts.open({ ...whereAccountsAre(house), log: silentLog, clock: systemClock });
	try {
		const all = (await open.list()).map(({ principal }) => principal);
		const roles = all.flatMap((principal) => (principal.kind === 'person' ? [principal.role] : []));
		return judgeClusterAccounts(all.length, roles);
	} finally {
		await open.close();
	}
}

import type { BrokerConfig } from '@pilotwire/broker';
import { redisCli } from '../redis-address.ts';

/** What a backup of a cluster's node does not hold, and how that is backed up. */
export function notIn({ cluster }: Pick<BrokerConfig, 'cluster'>): string {
	const url = typeof cluster === 'object' ? cluster.url : (cluster ?? '');
	return [
		'Not in it, since the nodes of a cluster have them in Redis: accounts, retained state, sessions and what waits in queues.',
		`To back these up: ${redisCli(url)} --rdb FILE (docs/guides/cluster.md says how they come back).`,
	].join('\n');
}

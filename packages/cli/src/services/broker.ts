import { join } from 'node:path';
import { rightsOf, serviceAccounts } from '@pilotwire/accounts';
import { Broker, configuredAccounts, hubOptions } from '@pilotwire/broker';
import { configuredCluster } from '@pilotwire/broker/config';
import { foreignRights } from '../foreign-rights.ts';
import { version } from '../version.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf =
	(house, { accounts }) =>
	(context) => {
		const { host, port, wsPort, tls, trustProxy, channels, hub, anonymous, anonymousRole, sysIntervalS } = house.broker;
		const common = {
			...{ host, port, wsPort, tls, trustProxy, channels, version, log: context.log, clock: context.clock },
			measure: (metrics: Parameters<typeof context.measure>[0]) => context.measure(metrics),
		};
		if (hub) return new Broker({ ...common, ...hubOptions });
		return new Broker({
			...common,
			sysIntervalS,
			anonymous: anonymous ? anonymousRole : undefined,
			accounts: [...serviceAccounts(house.dataDir), ...configuredAccounts(house.broker)],
			openDirectory: () => accounts.lend(context.fail),
			rights: (principal) => rightsOf(house.site, principal, foreignRights(house)),
			stateFile: join(house.dataDir, 'broker.db'),
			cluster: configuredCluster(house.broker),
		});
	};

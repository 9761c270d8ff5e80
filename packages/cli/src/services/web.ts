import { fileURLToPath } from 'node:url';
import { pagesAccount, type Role } from '@pilotwire/accounts';
import { machineSecretFile } from '@pilotwire/runtime';
import { Web } from '@pilotwire/web';
import { brokerUrl, type House } from '../config.ts';
import { bus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

/** The built dashboard. */
const assets = fileURLToPath(new URL('../../../dashboard/dist', import.meta.url));

export const serviceOf: ServiceOf =
	(house, { accounts, file }) =>
	(context) => {
		const broker = { url: brokerUrl(house), embedded: house.mqtt.url === undefined };
		const { site, dataDir } = house;
		const config = { ...house.web, brokerAccounts: pageAccounts(house), site, dataDir, assets, broker };
		return new Web(context, bus(context, house), config, () => accounts.lend(context.fail), file);
	};

/** The accounts of people's pages on an outside broker: those of the configuration, or those that are exported. */
function pageAccounts({ mqtt, web, dataDir }: House): House['web']['brokerAccounts'] {
	if (web.brokerAccounts !== undefined || mqtt.url === undefined || !mqtt.ownAccounts) return web.brokerAccounts;
	const account = (role: Role) => {
		const username = pagesAccount(role);
		return { username, passwordFile: machineSecretFile(dataDir, username) };
	};
	return { admin: account('admin'), resident: account('resident'), viewer: account('viewer') };
}

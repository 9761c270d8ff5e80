import { createLog, Metrics, Supervisor, systemClock } from '@pilotwire/runtime';
import { readHouse } from '../config.ts';
import { ConfigurationFile } from '../configuration-file.ts';
import { HouseAccounts, prepareAccounts } from '../house-accounts.ts';
import { preferSpeed } from '../io/speed.ts';
import { tellSystemd } from '../io/systemd.ts';
import { serveMetrics } from '../metrics.ts';
import { HEARTBEAT_MS } from '../processes.ts';
import { busHealth } from '../services/bus.ts';
import { factoryOf, serviceNames } from '../services.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire <service>`: one service in this process. */
export async function runOne(name: string, options: ConfigOptions): Promise<void> {
	if (name === 'broker') preferSpeed();
	const house = await readHouse(options);
	const log = createLog(house.log);
	const metrics = new Metrics();
	const supervisor = new Supervisor(systemClock, (service) => log.child({ service }), metrics);
	const stopped = untilAskedToStop();
	if (name === 'broker' || name === 'web') await prepareAccounts(house);
	const accounts = new HouseAccounts(house, log.child({ service: 'accounts' }), systemClock);
	const place = serviceNames.indexOf(name);
	const served = await serveMetrics(house, metrics, log.child({ service: 'metrics' }), place);
	const file = new ConfigurationFile(options, house, systemClock, false);
	await supervisor.start(name, await factoryOf(name, house, { accounts, file }));
	sayAlive();
	await tellSystemd({ house, services: [name], health: busHealth, log });
	await stopped;
	await served.close();
	await supervisor.stop();
	process.exit(0);
}

/** Where a parent watches over this process, it hears that the event loop turns. */
function sayAlive(): void {
	// A parent that has left meanwhile is no fault of ours: `untilAskedToStop` ends this process then.
	const say = (): void => {
		if (process.connected) process.send?.('alive', undefined, undefined, () => undefined);
	};
	systemClock.every(HEARTBEAT_MS, say);
	say();
}

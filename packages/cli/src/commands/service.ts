import { createLog, Supervisor, systemClock } from '@pilotwire/runtime';
import { readHouse } from '../config.ts';
import { prepareAccounts } from '../house-accounts.ts';
import { HEARTBEAT_MS } from '../processes.ts';
import { factoryOf } from '../services.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire <service>`: one service in this process. */
export async function runOne(name: string, options: ConfigOptions): Promise<void> {
	const house = await readHouse(options);
	const log = createLog(house.log);
	const supervisor = new Supervisor(systemClock, (service) => log.child({ service }));
	const stopped = untilAskedToStop();
	if (name === 'broker' || name === 'web') await prepareAccounts(house);
	await supervisor.start(name, factoryOf(name, house));
	sayAlive();
	await stopped;
	await supervisor.stop();
	process.exit(0);
}

/** Where a parent watches over this process, it hears that the event loop turns. */
function sayAlive(): void {
	if (process.send === undefined) return;
	systemClock.every(HEARTBEAT_MS, () => process.connected && process.send?.('alive'));
	process.send('alive');
}

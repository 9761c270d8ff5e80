import { fileURLToPath } from 'node:url';
import { createLog, type Logger, Metrics, Supervisor, systemClock } from '@pilotwire/runtime';
import { type House, readHouse } from '../config.ts';
import { unknownService } from '../errors.ts';
import { HouseAccounts, prepareAccounts } from '../house-accounts.ts';
import { serveMetrics } from '../metrics.ts';
import { Processes } from '../processes.ts';
import { factoryOf, serviceNames, servicesOf } from '../services.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import { startShow } from '../view/show.ts';
import { welcome } from '../view/welcome.ts';
import type { ConfigOptions } from './options.ts';

interface UpOptions extends ConfigOptions {
	readonly only?: string;
	readonly processes?: true;
	readonly show: boolean;
}

/** `pilotwire up`: all services, in this process or one process each. */
export async function up(options: UpOptions): Promise<void> {
	const house = await readHouse(options);
	const wanted = options.only === undefined ? servicesOf(house) : listed(options.only);
	if (wanted.includes('broker') || wanted.includes('web')) await prepareAccounts(house);
	console.log(welcome(house, wanted));
	const stopped = untilAskedToStop();
	const show = options.show ? startShow(house) : undefined;
	const log = createLog(house.log, show?.logStream);
	const stop =
		options.processes === true
			? await startProcesses(options, wanted, log.child({ service: 'up' }))
			: await startHere(house, wanted, (service) => log.child({ service }));
	await Promise.race([stopped, stop.gaveUp]);
	await show?.stop();
	await stop.all();
	process.exit(process.exitCode ?? 0);
}

interface Running {
	/** Resolves where going on can't help; the exit code is set. */
	readonly gaveUp: Promise<void>;
	all(): Promise<void>;
}

async function startHere(house: House, wanted: readonly string[], log: (service: string) => Logger): Promise<Running> {
	const metrics = new Metrics();
	const supervisor = new Supervisor(systemClock, log, metrics);
	const served = await serveMetrics(house, metrics, log('metrics'));
	const accounts = new HouseAccounts(house, log('accounts'), systemClock);
	try {
		for (const service of wanted) await supervisor.start(service, factoryOf(service, house, accounts));
	} catch (error) {
		await served.close();
		await supervisor.stop();
		throw error;
	}
	const all = async (): Promise<void> => {
		await served.close();
		await supervisor.stop();
	};
	return { gaveUp: new Promise(() => undefined), all };
}

async function startProcesses(options: UpOptions, wanted: readonly string[], log: Logger): Promise<Running> {
	const script = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url));
	const given = [
		...(options.config === undefined ? [] : ['--config', options.config]),
		...(options.set ?? []).flatMap((setting) => ['--set', setting]),
	];
	const processes = new Processes(systemClock, log, (service) => [script, service, ...given]);
	const gaveUp = new Promise<void>((resolve) => {
		for (const service of wanted) {
			processes.start(service, (exitCode) => {
				process.exitCode = exitCode;
				resolve();
			});
		}
	});
	return { gaveUp, all: () => processes.stop() };
}

function listed(only: string): string[] {
	const wanted = only.split(',').map((name) => name.trim());
	for (const name of wanted) if (!serviceNames.includes(name)) throw unknownService(name, serviceNames);
	return serviceNames.filter((name) => wanted.includes(name));
}

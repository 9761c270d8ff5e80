import { fileURLToPath } from 'node:url';
import { createLog, type Logger, Metrics, messageOf, Supervisor, systemClock } from '@pilotwire/runtime';
import { type House, readHouse } from '../config.ts';
import { ConfigurationFile } from '../configuration-file.ts';
import { unknownService } from '../errors.ts';
import { HouseAccounts, prepareAccounts } from '../house-accounts.ts';
import { tellSystemd } from '../io/systemd.ts';
import { serveMetrics } from '../metrics.ts';
import { Processes } from '../processes.ts';
import { busHealth } from '../services/bus.ts';
import { factoryOf, serviceNames, servicesOf } from '../services.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import { welcome } from '../view/welcome.ts';
import type { ConfigOptions } from './options.ts';

interface UpOptions extends ConfigOptions {
	readonly only?: string;
	readonly except?: string;
	readonly processes?: true;
	readonly show: boolean;
}

/** `pilotwire up`: all services, in this process or one process each. */
export async function up(options: UpOptions): Promise<void> {
	const house = await readHouse(options);
	const wanted = wantedOf(options, house);
	if (wanted.includes('broker') || wanted.includes('web')) await prepareAccounts(house);
	console.log(welcome(house, wanted));
	const stopped = untilAskedToStop();
	if (options.processes === true) {
		const running = await startProcesses(options, wanted, createLog(house.log).child({ service: 'up' }));
		await Promise.race([stopped, running.gaveUp]);
		await running.all();
	} else await runHere(options, house, stopped);
	process.exit(process.exitCode ?? 0);
}

/** Runs all services in this process, anew with each change of the configuration that a page makes. */
async function runHere(options: UpOptions, first: House, stopped: Promise<void>): Promise<void> {
	// Where other processes run the other services, a change is theirs as well: a person starts them again.
	const file = new ConfigurationFile(
		options,
		first,
		systemClock,
		options.only === undefined && options.except === undefined,
	);
	let house = first;
	let isTold = false;
	for (let asked = false; !asked; ) {
		const show = options.show ? (await import('../view/show.ts')).startShow(house) : undefined;
		const log = createLog(house.log, show?.logStream);
		try {
			const stopServices = await startHere(options, house, file, (service) => log.child({ service }));
			file.runsWith(house);
			if (!isTold) await tellSystemd({ house, services: wantedOf(options, house), health: busHealth, log });
			isTold = true;
			const changed = file.nextChange().then(() => false);
			asked = await Promise.race([stopped.then(() => true), changed]);
			await show?.stop();
			await stopServices();
		} catch (error) {
			await show?.stop();
			if (!(await file.takeBack(error))) throw error;
			log.error(
				{ err: error },
				`The services can't run with what a page changed, which is taken back: ${messageOf(error)}`,
			);
		}
		if (asked) return;
		house = await readHouse(options);
		log.info({ service: 'up' }, 'The configuration was changed at a page: all services start again with it');
	}
}

interface Running {
	/** Resolves where going on can't help; the exit code is set. */
	readonly gaveUp: Promise<void>;
	all(): Promise<void>;
}

async function startHere(
	options: UpOptions,
	house: House,
	file: ConfigurationFile,
	log: (service: string) => Logger,
): Promise<() => Promise<void>> {
	const metrics = new Metrics();
	const supervisor = new Supervisor(systemClock, log, metrics);
	const served = await serveMetrics(house, metrics, log('metrics'));
	const accounts = new HouseAccounts(house, log('accounts'), systemClock);
	try {
		for (const service of wantedOf(options, house)) {
			await supervisor.start(service, await factoryOf(service, house, { accounts, file }));
		}
	} catch (error) {
		await served.close();
		await supervisor.stop();
		throw error;
	}
	return async () => {
		await served.close();
		await supervisor.stop();
	};
}

function wantedOf({ only, except }: UpOptions, house: House): string[] {
	if (only !== undefined) return listed(only);
	const others = except === undefined ? [] : listed(except);
	return servicesOf(house).filter((service) => !others.includes(service));
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

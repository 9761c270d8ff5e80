import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
	askBroker,
	Bus,
	createContext,
	type Logger,
	MqttTransport,
	messageOf,
	silentLog,
	systemClock,
	type Timer,
} from '@pilotwire/runtime';
import type { BusHealth } from '../bus-health.ts';
import { busAddress, type House } from '../config.ts';
import { busWorks, keepAlive } from '../watchdog.ts';

const run = promisify(execFile);

/** It pings this often in the time after which systemd kills. */
const PINGS = 3;
/** The account that asks the broker whether it answers. */
const ACCOUNT = 'terminal';

/** What systemd says to a process that it starts (sd_notify(3), sd_watchdog_enabled(3)). */
export type SystemdEnvironment = Readonly<Partial<Record<'NOTIFY_SOCKET' | 'WATCHDOG_USEC' | 'WATCHDOG_PID', string>>>;

/**
 * Tells systemd, where it started this process and waits for a word (`Type=notify`), that the services run, and from then
 * on that they live, as often as its watchdog wants. The word goes by systemd-notify: Node has no such socket. Returns what
 * ends the pinging.
 */
export async function tellSystemd(
	{ house, services, health, log }: { house: House; services: readonly string[]; health: BusHealth; log: Logger },
	environment: SystemdEnvironment = process.env,
): Promise<Timer | undefined> {
	if (environment.NOTIFY_SOCKET === undefined) return undefined;
	const say = (...words: readonly string[]): Promise<void> => notify(words, environment, log);
	await say('--ready', `--status=${services.join(', ')}`);
	const everyMs = watchdogMs(environment) / PINGS;
	if (!Number.isFinite(everyMs)) return undefined;
	const isBroker = services.includes('broker');
	if (isBroker) connect(house, health);
	const ask = () => askBroker(busAddress(house, ACCOUNT), everyMs);
	const works = (): Promise<boolean> => busWorks({ isBroker, lostForMs: () => health.lostForMs, ask });
	return keepAlive(systemClock, everyMs, works, () => say('WATCHDOG=1'));
}

/** The broker is asked as its clients ask it, by a connection that stays. */
function connect(house: House, health: BusHealth): void {
	const context = createContext(ACCOUNT, silentLog, systemClock, () => undefined);
	new Bus(context, house.site, health.watch(new MqttTransport(busAddress(house, ACCOUNT), ACCOUNT, silentLog))).start();
}

/** The time after which systemd kills a silent process, ms; infinite where it doesn't. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: SystemdEnvironment): number {
	const isMeant = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
	const microseconds = Number(WATCHDOG_USEC ?? 0);
	return isMeant && microseconds > 0 ? microseconds / 1_000 : Number.POSITIVE_INFINITY;
}

async function notify(words: readonly string[], environment: SystemdEnvironment, log: Logger): Promise<void> {
	try {
		await run('systemd-notify', [...words], { env: { ...process.env, ...environment } });
	} catch (error) {
		log.warn({}, `systemd can't be told that this process lives: ${messageOf(error)}`);
	}
}

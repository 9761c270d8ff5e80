import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerAnswer, messageOf, systemCodeOf } from '@pilotwire/runtime';
import { historyFile } from '@pilotwire/telemetry/config';
import type { ConfigOptions } from '../../commands/options.ts';
import { brokerUrl, type House, readHouse, shedderMeter } from '../../config.ts';
import { judgeAlerts } from '../../doctor/alerts.ts';
import { judgeBackups } from '../../doctor/backup.ts';
import { judgeBroker } from '../../doctor/broker.ts';
import { judgeCertificate, SHOWN } from '../../doctor/certificates.ts';
import { judgeClock } from '../../doctor/clock.ts';
import { judgeConfiguration, soundConfiguration } from '../../doctor/configuration.ts';
import { judgeDisk } from '../../doctor/disk.ts';
import { type Finding, ok, wrong } from '../../doctor/finding.ts';
import { judgeI2c } from '../../doctor/i2c.ts';
import { judgeMachine } from '../../doctor/machine.ts';
import { judgeProtection } from '../../doctor/protection.ts';
import { judgeLine } from '../../doctor/serial.ts';
import { judgeDatabase, judgeInfluxdb, judgeLiveStores } from '../../doctor/store.ts';
import type { Asked } from '../../doctor/typed.ts';
import { servicesOf } from '../../services.ts';
import { backupFacts } from './backup.ts';
import { certificateFacts } from './certificates.ts';
import { diskFacts } from './disk.ts';
import { type Live, listenToHouse } from './live.ts';
import { clockFacts, machineFacts } from './machine.ts';
import { protectionFacts } from './protection.ts';
import { examineRedis } from './redis.ts';
import { shownCertificate } from './shown-certificate.ts';
import { databaseFacts, influxdbFacts } from './store.ts';

/** Where the installer puts a house's configuration; only its user may look inside. */
const INSTALLED = '/etc/pilotwire';

/** Hears what one look at something found. */
type Look = (check: string, judge: () => Promise<readonly Finding[]>) => Promise<void>;

/** Looks at everything, one after the other; `told` hears each finding as it comes. Changes nothing of the house. */
export async function examine(options: ConfigOptions, told: (finding: Finding) => void = () => {}): Promise<Finding[]> {
	const findings: Finding[] = [];
	const look: Look = async (check, judge) => {
		const found = await judge().catch((error: unknown) => [notLookedAt(check, error)]);
		for (const finding of found) {
			findings.push(finding);
			told(finding);
		}
	};
	await look('version', async () => judgeMachine(await machineFacts()));
	let house: House | undefined;
	await look('configuration', async () => {
		try {
			house = await readHouse(options);
			return [soundConfiguration(options.config, existsSync(INSTALLED) ? INSTALLED : undefined)];
		} catch (error) {
			return judgeConfiguration(options.config, error);
		}
	});
	await look('clock', async () => judgeClock(await clockFacts(house?.timeZone)));
	const asked = { config: options.config, user: process.env['USER'] ?? '' };
	if (house !== undefined) await examineHouse(house, asked, look);
	return findings;
}

/** A machine can be ill in ways that nobody thought of; the other looks are taken all the same. */
function notLookedAt(check: string, error: unknown): Finding {
	return wrong('NOT_LOOKED_AT', check, messageOf(error), 'sudo dmesg | tail says what the system has to say of it');
}

async function examineHouse(house: House, asked: Asked, look: Look): Promise<void> {
	await look('data folder', async () => judgeDisk(await diskFacts(house.dataDir), asked));
	await look('backups', async () => backups(house, asked));
	await look('Redis', () => examineRedis(house));
	let live: Live | undefined;
	await look('broker', async () => {
		const found = await listen(house);
		live = 'online' in found ? found : undefined;
		const [url, embedded] = [brokerUrl(house), house.mqtt.url === undefined];
		const answer = 'online' in found ? found.answer : found;
		// A node of a cluster is a broker alone.
		const online = house.broker.cluster === undefined ? live?.online : undefined;
		return judgeBroker({ url, embedded, answer, wanted: servicesOf(house), online });
	});
	for (const meter of house.meters) {
		await look(`meter ${meter.id}`, async () => {
			if (meter.source.startsWith('simulator:')) return [ok(`meter ${meter.id}`, 'simulated')];
			const { lineFacts } = await import('./line.ts');
			return judgeLine(await lineFacts(meter, house, live));
		});
	}
	await look('I2C bus', () => boards(house, live));
	for (const judge of stores(house, live)) await look('history', judge);
	await look('alerts', async () => (live?.online.has('alerts') === true ? judgeAlerts(live.alerts, asked) : []));
	const { tls } = house.broker;
	if (tls !== undefined && house.mqtt.url === undefined) {
		await look('certificate', async () => [judgeCertificate(await certificateFacts(tls), Date.now())]);
	}
	const { url } = house.alerts;
	if (url !== undefined) await look('certificate', () => shown(url));
	await look('protection', async () =>
		judgeProtection(await protectionFacts(house, live?.loads.get(shedderMeter(house)))),
	);
}

async function backups({ site }: House, { config }: Asked): Promise<readonly Finding[]> {
	const facts = config === undefined ? undefined : await backupFacts(site, config);
	return facts === undefined ? [] : [judgeBackups(facts, Date.now())];
}

/** What browsers are shown at the house's address from outside. */
async function shown(url: string): Promise<readonly Finding[]> {
	const facts = await shownCertificate(url);
	return facts === undefined ? [] : [judgeCertificate(facts, Date.now(), SHOWN)];
}

/** Asked before a first start, or by another user, the doctor makes no secrets of its own. */
async function listen(house: House): Promise<Live | BrokerAnswer> {
	if (house.mqtt.url !== undefined && !house.mqtt.ownAccounts) return listenToHouse(house);
	try {
		await access(join(house.dataDir, 'secrets'), constants.R_OK | constants.X_OK);
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return { kind: 'away', problem: 'the house was never started here' };
		return { kind: 'refused', problem: "this user may not read the house's secrets" };
	}
	return listenToHouse(house);
}

async function boards({ boards: { bus, modules } }: House, live: Live | undefined): Promise<readonly Finding[]> {
	if (modules.length === 0) return [];
	if (typeof bus !== 'number') return [ok('I2C bus', 'simulated')];
	const addresses = modules.map(({ address }) => address);
	const { i2cFacts } = await import('./i2c.ts');
	return judgeI2c(await i2cFacts(bus, addresses, live));
}

function* stores(house: House, live: Live | undefined): Generator<() => Promise<readonly Finding[]>> {
	const { dataDir, history, mqtt, broker } = house;
	const file = (name: string, path: string, shared: boolean) => async () => [
		judgeDatabase(await databaseFacts(name, path, shared)),
	];
	const isAlone = broker.cluster === undefined;
	if (isAlone) yield file('accounts', join(dataDir, 'accounts.db'), true);
	if (isAlone && mqtt.url === undefined) yield file('broker', join(dataDir, 'broker.db'), false);
	if (history.sqlite.enabled) yield file('history', historyFile(house), false);
	const { influxdb } = history;
	if (influxdb !== undefined) yield async () => [judgeInfluxdb(await influxdbFacts(influxdb.url))];
	if (live?.online.has('telemetry') === true) yield async () => judgeLiveStores(live.telemetry?.stores ?? []);
}

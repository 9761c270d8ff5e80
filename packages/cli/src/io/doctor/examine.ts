import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { historyFile } from '@pilotwire/telemetry';
import type { ConfigOptions } from '../../commands/options.ts';
import { brokerUrl, type House, readHouse, shedderMeter } from '../../config.ts';
import { judgeBroker } from '../../doctor/broker.ts';
import { judgeCertificate } from '../../doctor/certificates.ts';
import { judgeClock } from '../../doctor/clock.ts';
import { judgeConfiguration, soundConfiguration } from '../../doctor/configuration.ts';
import { judgeDisk } from '../../doctor/disk.ts';
import { type Finding, ok } from '../../doctor/finding.ts';
import { judgeI2c } from '../../doctor/i2c.ts';
import { judgeMachine } from '../../doctor/machine.ts';
import { judgeProtection } from '../../doctor/protection.ts';
import { judgeLine } from '../../doctor/serial.ts';
import { judgeDatabase, judgeInfluxdb, judgeLiveStores } from '../../doctor/store.ts';
import { servicesOf } from '../../services.ts';
import { certificateFacts } from './certificates.ts';
import { diskFacts } from './disk.ts';
import { i2cFacts } from './i2c.ts';
import { lineFacts } from './line.ts';
import { type Live, listenToHouse } from './live.ts';
import { clockFacts, machineFacts } from './machine.ts';
import { protectionFacts } from './protection.ts';
import { databaseFacts, influxdbFacts } from './store.ts';

/** Looks at everything, one after the other; `told` hears each finding as it comes. Changes nothing of the house. */
export async function examine(options: ConfigOptions, told: (finding: Finding) => void = () => {}): Promise<Finding[]> {
	const findings: Finding[] = [];
	const tell = (some: readonly Finding[]): void => {
		for (const finding of some) {
			findings.push(finding);
			told(finding);
		}
	};
	tell(judgeMachine(await machineFacts()));
	let house: House | undefined;
	try {
		house = await readHouse(options);
		tell([soundConfiguration(options.config)]);
	} catch (error) {
		tell(judgeConfiguration(options.config, error));
	}
	tell(judgeClock(await clockFacts(house?.timeZone)));
	if (house !== undefined) for await (const some of examineHouse(house)) tell(some);
	return findings;
}

async function* examineHouse(house: House): AsyncGenerator<readonly Finding[]> {
	yield judgeDisk(await diskFacts(house.dataDir));
	const live = await liveOf(house);
	yield broker(house, live);
	for (const meter of house.meters) {
		if (meter.source.startsWith('simulator:')) yield [ok(`meter ${meter.id}`, 'simulated')];
		else yield judgeLine(await lineFacts(meter, house, live));
	}
	yield await boards(house, live);
	yield await stores(house, live);
	const { tls } = house.broker;
	if (tls !== undefined && house.mqtt.url === undefined) {
		yield [judgeCertificate(await certificateFacts(tls), Date.now())];
	}
	yield judgeProtection(await protectionFacts(house, live?.loads.get(shedderMeter(house))));
}

/** Asked before a first start, the doctor makes no secrets of its own. */
async function liveOf(house: House): Promise<Live | undefined> {
	const outside = house.mqtt.url !== undefined && !house.mqtt.ownAccounts;
	return outside || existsSync(join(house.dataDir, 'secrets')) ? listenToHouse(house) : undefined;
}

function broker(house: House, live: Live | undefined): readonly Finding[] {
	const url = brokerUrl(house);
	const embedded = house.mqtt.url === undefined;
	const away = { kind: 'away', problem: 'the house was never started here' } as const;
	const answer = live?.answer ?? away;
	return judgeBroker({ url, embedded, answer, wanted: servicesOf(house), online: live?.online });
}

async function boards({ boards: { bus, modules } }: House, live: Live | undefined): Promise<readonly Finding[]> {
	if (modules.length === 0) return [];
	if (typeof bus !== 'number') return [ok('I2C bus', 'simulated')];
	const addresses = modules.map(({ address }) => address);
	return judgeI2c(await i2cFacts(bus, addresses, live));
}

async function stores(house: House, live: Live | undefined): Promise<readonly Finding[]> {
	const { dataDir, history, mqtt } = house;
	const files = [
		judgeDatabase(await databaseFacts('accounts', join(dataDir, 'accounts.db'), true)),
		...(mqtt.url === undefined
			? [judgeDatabase(await databaseFacts('broker', join(dataDir, 'broker.db'), false))]
			: []),
		...(history.sqlite.enabled ? [judgeDatabase(await databaseFacts('history', historyFile(house), false))] : []),
	];
	const influxdb = history.influxdb === undefined ? [] : [judgeInfluxdb(await influxdbFacts(history.influxdb.url))];
	const running = live?.online.has('telemetry') === true ? judgeLiveStores(live.telemetry?.stores ?? []) : [];
	return [...files, ...influxdb, ...running];
}

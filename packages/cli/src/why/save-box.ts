// Saves the black box on demand.
import { join } from 'node:path';
import { Bus, createContext, MqttTransport, messageOf, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { DiskBoxFolder, saveBox } from '@pilotwire/telemetry/black-box';
import { blackBoxPath } from '@pilotwire/telemetry/config';
import { busAddress, type House } from '../config.ts';
import { connected } from '../connected.ts';
import { boxUnreadable, noBox } from '../errors.ts';

/** Saves it and gives the file. Telemetry saves what it has; where it doesn't run, what is on the disk is saved. */
export async function saveNow(house: House): Promise<string> {
	const path = blackBoxPath(house);
	const name = (await savedByTelemetry(house)) ?? (await savedHere(path, house.blackBox.saves));
	return join(path, 'saved', name);
}

async function savedByTelemetry(house: House): Promise<string | undefined> {
	const address = busAddress(house, 'cli');
	const context = createContext('cli', silentLog, systemClock, () => undefined);
	const bus = new Bus(context, house.site, new MqttTransport(address, 'cli', context.log));
	const rpc = new RpcClient(bus, context.clock);
	try {
		await connected(bus, context.clock, address.url);
		const answer = await rpc.call('telemetry', 'blackBox.save', {});
		const { saved } = (answer ?? {}) as { saved?: unknown };
		return typeof saved === 'string' ? saved : undefined;
	} catch {
		return undefined;
	} finally {
		await bus.stop();
		context.end();
	}
}

async function savedHere(path: string, most: number): Promise<string> {
	const folder = new DiskBoxFolder(path);
	const numbers = await folder.segments().then(
		(segments) => segments.map(({ number }) => number),
		(error: unknown) => {
			throw boxUnreadable(path, messageOf(error));
		},
	);
	if (numbers.length === 0) throw noBox(path, false);
	return saveBox(folder, numbers, 'asked', { wallMs: Date.now(), most });
}

import { alertsTested } from '@pilotwire/contract';
import { Bus, createContext, exitCodes, MqttTransport, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { busAddress, readHouse } from '../config.ts';
import { connected } from '../connected.ts';
import type { ConfigOptions } from './options.ts';

/** A mail server may take its time. Seconds. */
const WITHIN_S = 60;

/** `pilotwire alerts test`. */
export async function testAlerts(channel: string | undefined, options: ConfigOptions): Promise<void> {
	const house = await readHouse(options);
	const address = busAddress(house, 'cli');
	const context = createContext('cli', silentLog, systemClock, () => undefined);
	const bus = new Bus(context, house.site, new MqttTransport(address, 'cli', context.log));
	const rpc = new RpcClient(bus, context.clock);
	try {
		await connected(bus, context.clock, address.url);
		const wanted = { withinS: WITHIN_S, ...(channel === undefined ? {} : { channel }) };
		const { channels } = alertsTested.parse(await rpc.call('alerts', 'test', wanted, (WITHIN_S + 10) * 1_000));
		if (channels.length === 0) console.log('Nobody can be told: no channel is configured (docs/guides/alerts.md).');
		for (const { channel: name, problem } of channels) console.log(`${name}: ${problem ?? 'sent'}`);
		if (channels.length === 0 || channels.some(({ sent }) => !sent)) process.exitCode = exitCodes.unavailable;
	} finally {
		await bus.stop();
		context.end();
	}
}

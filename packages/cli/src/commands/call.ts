import { Bus, createContext, MqttTransport, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { busAddress, readHouse } from '../config.ts';
import { connected } from '../connected.ts';
import { parametersNotJson } from '../errors.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire call SERVICE METHOD [PARAMETERS]`. */
export async function callService(
	service: string,
	method: string,
	text: string,
	options: ConfigOptions,
): Promise<void> {
	const parameters = parametersOf(text);
	const house = await readHouse(options);
	const address = busAddress(house, 'cli');
	const context = createContext('cli', silentLog, systemClock, () => undefined);
	const bus = new Bus(context, house.site, new MqttTransport(address, 'cli', context.log));
	const rpc = new RpcClient(bus, context.clock);
	try {
		await connected(bus, context.clock, address.url);
		const answer = await rpc.call(service, method, parameters);
		console.log(JSON.stringify(answer, undefined, 2));
	} finally {
		await bus.stop();
		context.end();
	}
}

function parametersOf(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch {
		// Said below, with what was expected.
	}
	throw parametersNotJson(text);
}

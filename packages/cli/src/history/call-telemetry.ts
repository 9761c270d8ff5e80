import { Bus, createContext, MqttTransport, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { busAddress, type House } from '../config.ts';
import { connected } from '../connected.ts';

/** Years on an SD card may take a while. Milliseconds. */
const ANSWER_WITHIN_MS = 60_000;

/** Calls a method of the running telemetry; `telemetry-admin` has those that change the history. */
export type CallTelemetry = (
	method: string,
	parameters: Record<string, unknown>,
	service?: 'telemetry' | 'telemetry-admin',
) => Promise<unknown>;

/** Lets `work` call the telemetry of the running house. Rejects with `BROKER_AWAY`, `RPC_TIMEOUT` or `RPC_REFUSED`. */
export async function callTelemetry<Result>(
	house: House,
	work: (call: CallTelemetry) => Promise<Result>,
): Promise<Result> {
	const address = busAddress(house, 'cli');
	const context = createContext('cli', silentLog, systemClock, () => undefined);
	const bus = new Bus(context, house.site, new MqttTransport(address, 'cli', context.log));
	const rpc = new RpcClient(bus, context.clock);
	try {
		await connected(bus, context.clock, address.url);
		return await work((method, parameters, service = 'telemetry') =>
			rpc.call(service, method, parameters, ANSWER_WITHIN_MS),
		);
	} finally {
		await bus.stop();
		context.end();
	}
}

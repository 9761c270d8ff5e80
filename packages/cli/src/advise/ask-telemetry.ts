import type { HistoryAnswer } from '@pilotwire/contract';
import { Bus, createContext, MqttTransport, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { busAddress, type House } from '../config.ts';
import { connected } from '../connected.ts';
import type { AskHistory } from './read-history.ts';

/** A day of an SD card's history may take a while. Milliseconds. */
const ANSWER_WITHIN_MS = 30_000;

/** Lets `read` ask the telemetry of the running house. Rejects with `BROKER_AWAY`, `RPC_TIMEOUT` or `RPC_REFUSED`. */
export async function askTelemetry<Answer>(house: House, read: (ask: AskHistory) => Promise<Answer>): Promise<Answer> {
	const address = busAddress(house, 'cli');
	const context = createContext('cli', silentLog, systemClock, () => undefined);
	const bus = new Bus(context, house.site, new MqttTransport(address, 'cli', context.log));
	const rpc = new RpcClient(bus, context.clock);
	try {
		await connected(bus, context.clock, address.url);
		return await read(
			async (question) => (await rpc.call('telemetry', 'query', question, ANSWER_WITHIN_MS)) as HistoryAnswer,
		);
	} finally {
		await bus.stop();
		context.end();
	}
}

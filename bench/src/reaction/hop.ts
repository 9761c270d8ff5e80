// One hop: a publisher here, a subscriber in a process of its own, the same broker, payload and QoS as the load's.
import { join } from 'node:path';
import { firstAccount } from '@pilotwire/accounts';
import { topics } from '@pilotwire/contract';
import { startProgram } from '@pilotwire/test/processes';
import { connectAsync } from 'mqtt';

const TOPIC = 'pilotwire/home/bench/hop';

export interface Hop {
	/** Sends one message and gives the time it took to the far end, µs. */
	measure(): Promise<number>;
	stop(): Promise<void>;
}

export async function startHop(folder: string, host: string): Promise<Hop> {
	const url = `mqtt://${host}:1883`;
	const account = firstAccount(join(folder, 'data'));
	if (account === undefined) throw new Error('the broker made no first account');
	const { name, password } = account;
	const far = startProgram(process.execPath, [
		...['--import', '@pilotwire/test/typescript', 'bench/src/reaction/subscriber.ts'],
		...[url, name, password, TOPIC],
	]);
	await far.line('ready');
	const near = await connectAsync(url, { username: name, password });
	let number = 0;
	return {
		measure: async () => {
			number += 1;
			const text = JSON.stringify({ number, ...samplePayload() });
			const mark = far.mark();
			const sentNs = process.hrtime.bigint();
			near.publish(TOPIC, text, { qos: topics.load.qos, retain: topics.load.retain });
			const { text: said } = await far.line(new RegExp(`^${number} `), { from: mark });
			return Number(BigInt(said.split(' ')[1] ?? 0) - sentNs) / 1_000;
		},
		stop: async () => {
			await near.endAsync();
			await far.kill();
		},
	};
}

/** A load as the meter-reader publishes it. */
function samplePayload(): object {
	const at = new Date().toISOString();
	const phases = [1, 2, 3].map((phase) => ({
		...{
			phase,
			at,
			apparentPowerVA: 12_250,
			currentA: 53.3,
			limitVA: 12_000,
			over: true,
			alert: false,
			label: `SINSTS${phase}`,
		},
	}));
	return { at, over: true, phases };
}

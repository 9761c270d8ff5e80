// A client beside a load, in a process of its own so that nothing but the brokers can keep it waiting: sends itself a
// message of QoS 1 through each broker again and again, until its parent says that it is enough.
import { type EventEmitter, once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ownThread, withoutProcessorMs } from '@pilotwire/test/processor';
import { connectAsync } from 'mqtt';

const betweenMs = 5;

const [username = '', password = '', ...brokers] = process.argv.slice(2);
let enough = false;
process.once('message', () => {
	enough = true;
});

/** The first threads of a Node process: the main one, and those that it collects garbage with. */
const threads = 6;

/** The threads of a process that its main one may wait for, itself among them. */
function threadsOf(pid: string): string[] {
	const numbers = readdirSync(`/proc/${pid}/task`).map(Number);
	return numbers
		.sort((left, right) => left - right)
		.slice(0, threads)
		.map((number) => `${pid}/task/${number}`);
}

/** How long each message took to come back and be acknowledged, less what the machine had no processor for, ms. */
async function waits(broker: string): Promise<number[]> {
	const [pid = '', url = ''] = broker.split(' ');
	const client = await connectAsync(url, { username, password, reconnectPeriod: 0 });
	// Without it the second of two small packets waits up to 40 ms for the answer to the first.
	(client.stream as Socket).setNoDelay(true);
	await client.subscribeAsync('bystander', { qos: 1 });
	const [main = '', ...helpers] = threadsOf(pid);
	const took: number[] = [];
	while (!enough) {
		const from = performance.now();
		const before = new Map([ownThread, main, ...helpers].map((thread) => [thread, withoutProcessorMs(thread)]));
		const starved = (thread: string): number => withoutProcessorMs(thread) - (before.get(thread) ?? 0);
		const back = once(client as unknown as EventEmitter, 'message');
		await client.publishAsync('bystander', 'x', { qos: 1 });
		await back;
		const tookMs = performance.now() - from;
		// One after the other; the helpers at the same time.
		const starvedMs = starved(ownThread) + starved(main) + Math.max(0, ...helpers.map(starved));
		took.push(tookMs - starvedMs);
		if (took.length === 1) process.send?.('began');
		await pause(betweenMs);
	}
	await client.endAsync();
	return took.sort((left, right) => left - right);
}

process.send?.(await Promise.all(brokers.map(waits)));
process.disconnect();

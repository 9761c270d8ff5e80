// A subscriber that reads nothing, beside healthy ones, on a broker in a process of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerProcess, brokerAccount, startBroker } from '@pilotwire/test/broker-process';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Broker } from '../src/index.ts';
import { WireClient } from './support/wire-client.ts';

const MESSAGES = 8000;
const payloadBytes = 1800;
/** Between two bursts of messages, ms; and messages per burst. */
const burstEveryMs = 5;
const burst = 10;
const numbers = Array.from({ length: MESSAGES }, (_, index) => index);

function residentBytes(pid: number): number {
	const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Number(kilobytes) * 1024;
}

describe('a frozen subscriber', () => {
	const folder = temporaryDirectory();
	const clients: MqttClient[] = [];
	let broker: BrokerProcess;
	let frozen: WireClient | undefined;

	beforeEach(async () => {
		broker = await startBroker(join(folder.path, 'broker.db'));
	});

	afterEach(async () => {
		frozen?.socket.destroy();
		await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
		await broker.kill();
	});

	async function client(): Promise<MqttClient> {
		const connected = await connectAsync(broker.url, { ...brokerAccount, reconnectPeriod: 0 });
		clients.push(connected);
		return connected;
	}

	/** Reads and acknowledges all that waits. */
	async function thaw(client: WireClient): Promise<number[]> {
		const got: number[] = [];
		client.socket.resume();
		while (got.length < MESSAGES) {
			const came = await client.next();
			if (came.cmd !== 'publish') throw new Error(`${came.cmd} instead of a message`);
			got.push((came.payload as Buffer).readUInt32BE(0));
			client.send({ cmd: 'puback', messageId: came.messageId });
		}
		return got;
	}

	for (const qos of [0, 1] as const) {
		it(`makes nobody else wait nor miss a message at QoS ${qos}, in bounded memory`, async () => {
			const port = Number(new URL(broker.url).port);
			const at = { addresses: () => ({ tcp: { host: '127.0.0.1', port } }) } as unknown as Broker;
			frozen = await WireClient.signIn(at, 4, { clientId: 'frozen', clean: qos === 0 });
			await frozen.subscribe('#', { qos });
			frozen.socket.pause();
			const healthy = await client();
			const publisher = await client();
			await healthy.subscribeAsync('t', { qos });
			const before = residentBytes(broker.pid);
			const arrived: number[] = [];
			const waits: number[] = [];
			const all = new Promise<void>((resolve) => {
				healthy.on('message', (_topic, payload) => {
					arrived.push(payload.readUInt32BE(0));
					waits.push(performance.now() - payload.readDoubleBE(4));
					if (arrived.length === MESSAGES) resolve();
				});
			});
			let most = 0;
			for (let sent = 0; sent < MESSAGES; ) {
				for (let count = 0; count < burst; count += 1, sent += 1) {
					const payload = Buffer.alloc(payloadBytes);
					payload.writeUInt32BE(sent, 0);
					payload.writeDoubleBE(performance.now(), 4);
					publisher.publish('t', payload, { qos });
				}
				await new Promise((resolve) => setTimeout(resolve, burstEveryMs));
				most = Math.max(most, residentBytes(broker.pid));
			}
			await all;
			expect(arrived).to.deep.equal(numbers);
			expect(Math.max(...waits)).to.be.lessThan(100);
			expect(most - before).to.be.lessThan(80e6);
			if (qos === 1) expect(await thaw(frozen)).to.deep.equal(numbers);
		}).timeout(60_000);
	}
});

// A subscriber that reads nothing, beside healthy ones, on a broker in a process of its own.
import { join } from 'node:path';
import { type BrokerProcess, brokerAccount, startBroker } from '@pilotwire/test/broker-process';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { connectAsync, type MqttClient } from 'mqtt';
import { Bystander } from './support/bystander.ts';
import { WireClient } from './support/wire-client.ts';

const MESSAGES = 4000;
const payloadBytes = 3600;
/** Messages that are under way at once. */
const burst = 10;
/**
 * What the broker may hold for the frozen one once its garbage is collected, as a multiple of all that was sent: nothing of
 * QoS 0, which it drops, and its queue of QoS 1 in memory as well as on the disk.
 */
const mayHold = { 0: 0.5, 1: 4 };
const numbers = Array.from({ length: MESSAGES }, (_, index) => index);

describe('a frozen subscriber', () => {
	const folder = temporaryDirectory();
	const clients: MqttClient[] = [];
	let broker: BrokerProcess;
	let idle: BrokerProcess;
	let bystander: Bystander | undefined;
	let frozen: WireClient | undefined;

	beforeEach(async () => {
		broker = await startBroker(join(folder.path, 'broker.db'));
		idle = await startBroker(join(folder.path, 'idle.db'));
	}).timeout(60_000);

	afterEach(async () => {
		frozen?.socket.destroy();
		await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
		bystander?.kill();
		await broker?.kill();
		await idle?.kill();
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
			frozen = await WireClient.signIn(broker, 4, { clientId: 'frozen', clean: qos === 0 });
			await frozen.subscribe('t', { qos });
			frozen.socket.pause();
			const healthy = await client();
			const publisher = await client();
			await healthy.subscribeAsync('t', { qos });
			bystander = await Bystander.start(broker, idle);
			const before = await broker.memory();
			const arrived: number[] = [];
			let onMessage = (): void => {};
			healthy.on('message', (_topic, payload) => {
				arrived.push(payload.readUInt32BE(0));
				onMessage();
			});
			for (let sent = 0; sent < MESSAGES; ) {
				for (let count = 0; count < burst; count += 1, sent += 1) {
					const payload = Buffer.alloc(payloadBytes);
					payload.writeUInt32BE(sent, 0);
					publisher.publish('t', payload, { qos });
				}
				const expected = sent;
				await new Promise<void>((resolve) => {
					onMessage = () => arrived.length >= expected && resolve();
					onMessage();
				});
			}
			expect(arrived).to.deep.equal(numbers);
			await bystander.check();
			expect((await broker.memory()) - before).to.be.lessThan(mayHold[qos] * MESSAGES * payloadBytes);
			if (qos === 1) expect(await thaw(frozen)).to.deep.equal(numbers);
		}).timeout(120_000);
	}
});

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { silentLog } from '@pilotwire/runtime';
import { expect } from 'chai';
import { generate, type Packet, parser } from 'mqtt-packet';
import { WebSocket } from 'ws';
import type { Broker } from '../src/index.ts';
import type { Directory } from '../src/options.ts';
import { account, addressOf, anything, Bench, Inbox, knownAccount } from './support/clients.ts';
import { WireClient } from './support/wire-client.ts';

const credentials = { username: account.username, password: Buffer.from(account.password) };

const connectPacket = (protocolVersion: 3 | 4 | 5, clientId: string): object => ({
	cmd: 'connect',
	protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
	protocolVersion,
	clean: true,
	keepalive: 60,
	clientId,
	...credentials,
});

/** What needs a look inside the broker; what loads it is in hostile-load.test.ts. */
describe('hostile clients', () => {
	const bench = new Bench();
	const sockets: Socket[] = [];
	const wires: WireClient[] = [];
	const webSockets: WebSocket[] = [];
	afterEach(async () => {
		for (const socket of sockets.splice(0)) socket.destroy();
		for (const wire of wires.splice(0)) wire.socket.destroy();
		for (const socket of webSockets.splice(0)) socket.terminate();
		await bench.close();
	});

	const dial = async (broker: Broker): Promise<Socket> => {
		const socket = connectTcp(addressOf(broker, 'tcp'));
		socket.on('error', () => {});
		sockets.push(socket);
		await once(socket, 'connect');
		return socket;
	};
	/** Somebody else is answered. */
	const answers = async (broker: Broker): Promise<void> => {
		const client = await bench.client(broker);
		const inbox = new Inbox(client);
		await client.subscribeAsync('alive', { qos: 1 });
		await client.publishAsync('alive', 'yes', { qos: 1 });
		await inbox.until((all) => all.length > 0);
		await client.endAsync();
	};

	it('is not fooled by protocols that are named as what every object has', async () => {
		const faults: string[] = [];
		const log = { ...silentLog, error: (_: object, line: string) => faults.push(line) } as unknown as typeof silentLog;
		const broker = await bench.broker({ log });
		const names = Object.getOwnPropertyNames(Object.prototype);
		expect(names).to.include.members(['constructor', '__proto__', 'toString']);
		for (const name of names) {
			const body = Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([4])]);
			const socket = await dial(broker);
			socket.resume();
			const closed = once(socket, 'close');
			socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
			await closed;
		}
		expect(faults).to.deep.equal([]);
		await answers(broker);
	});

	it('loses one connection to a fault of its own, and tells it', async () => {
		const lines: string[] = [];
		const log = { ...silentLog, error: (_: object, line: string) => lines.push(line) } as unknown as typeof silentLog;
		const faulty = (topic: string): boolean => {
			if (topic === 'fault') throw new Error('broken inside');
			return true;
		};
		const broker = await bench.broker({ log, rights: (principal) => ({ ...anything(principal), mayPublish: faulty }) });
		for (const [clientId, packet] of Object.entries({
			publisher: { cmd: 'publish', topic: 'fault', payload: 'x', qos: 0, dup: false, retain: false },
			willing: undefined,
		})) {
			const will = { topic: 'fault', payload: Buffer.from('x'), qos: 0, retain: false };
			const client = await WireClient.connect(broker, 5, packet === undefined ? { clientId, will } : { clientId });
			wires.push(client);
			if (packet !== undefined) {
				expect((await client.next()).cmd).to.equal('connack');
				client.send(packet);
				expect(await client.next()).to.deep.include({ cmd: 'disconnect', reasonCode: 0x80 });
			}
			expect(await client.next()).to.deep.equal({ cmd: 'closed' });
		}
		expect(lines).to.deep.equal(Array(2).fill('A packet could not be handled: broken inside'));
		await answers(broker);
	});

	describe('over WebSocket', () => {
		const dialWs = async (broker: Broker): Promise<WebSocket> => {
			const { host, port } = addressOf(broker, 'ws');
			const socket = new WebSocket(`ws://${host}:${port}`, 'mqtt');
			webSockets.push(socket);
			socket.on('error', () => {});
			await once(socket, 'open');
			return socket;
		};

		it('hold no more of a message than a CONNECT may have, before they sign in', async () => {
			const broker = await bench.broker();
			const socket = await dialWs(broker);
			const closed = once(socket, 'close');
			// The beginning of one message, whose end never comes.
			for (let count = 0; count < 20; count += 1) socket.send(Buffer.alloc(4096), { fin: false });
			await closed;
		});

		it('may send on behind their CONNECT, however much, and are answered once they are signed in', async () => {
			let arrive = (): void => {};
			const arrived = new Promise<void>((resolve) => {
				arrive = resolve;
			});
			const directory: Directory = {
				async authenticate() {
					await arrived;
					return { kind: 'signed_in', principal: knownAccount.principal, stamp: '' };
				},
				stampOf: async () => '',
				onChange: () => {},
				close: async () => {},
			};
			const broker = await bench.broker({ accounts: [], openDirectory: async () => directory });
			const socket = await dialWs(broker);
			const answered = new Promise<string[]>((resolve) => {
				const reader = parser({ protocolVersion: 4 });
				const got: string[] = [];
				reader.on('packet', ({ cmd }) => {
					if (got.push(cmd) === 4) resolve(got);
				});
				socket.on('message', (data: Buffer) => reader.parse(data));
			});
			socket.send(generate(connectPacket(4, 'eager') as Packet));
			const publish = (messageId: number, bytes: number, sent?: () => void): void => {
				const message = { topic: 't', payload: Buffer.alloc(bytes), qos: 1, dup: false, retain: false, messageId };
				socket.send(generate({ cmd: 'publish', ...message } as Packet), sent);
			};
			// More than a client may say before its sign-in, but what the system takes at once.
			await new Promise<void>((sent) => publish(1, 100_000, sent));
			for (const messageId of [2, 3]) publish(messageId, 1_000_000);
			// Of what had come by then, the broker has read all that it wants when somebody else has his answer.
			const other = await dial(broker);
			const closed = once(other.resume(), 'close');
			other.write(Buffer.from([0xff, 0xff]));
			await closed;
			arrive();
			expect(await answered).to.deep.equal(['connack', 'puback', 'puback', 'puback']);
		});
	});
});

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { silentLog } from '@pilotwire/runtime';
import { expect } from 'chai';
import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { WebSocket } from 'ws';
import type { Broker } from '../src/index.ts';
import type { Directory } from '../src/options.ts';
import { account, addressOf, Bench, Inbox, knownAccount } from './support/clients.ts';
import { WireClient } from './support/wire-client.ts';

/** Spoilt conversations of nine packets for each version; PILOTWIRE_MUTATIONS asks for more. */
const conversations = Number(process.env['PILOTWIRE_MUTATIONS'] ?? 150);

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

/** A conversation as a client may begin it, which is then spoilt. */
function talk(version: 3 | 4 | 5): Buffer[] {
	const properties = version === 5 ? { properties: { userProperties: { a: 'b' }, contentType: 'x' } } : {};
	const message = { topic: 'a/b', payload: Buffer.from('payload'), retain: false, dup: false, ...properties };
	const packets = [
		connectPacket(version, `mutant-${version}`),
		{ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/+', qos: 2 }] },
		{ cmd: 'publish', ...message, qos: 0 },
		{ cmd: 'publish', ...message, qos: 1, messageId: 2 },
		{ cmd: 'publish', ...message, qos: 2, messageId: 3 },
		{ cmd: 'pubrel', messageId: 3 },
		{ cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['a/+'] },
		{ cmd: 'pingreq' },
		{ cmd: 'disconnect' },
	];
	return packets.map((packet) => generate(packet as Packet, { protocolVersion: version }));
}

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
	/** Somebody else is answered, and how soon, ms. */
	const answered = async (broker: Broker): Promise<number> => {
		const client = await bench.client(broker);
		const at = performance.now();
		const inbox = new Inbox(client);
		await client.subscribeAsync('alive', { qos: 1 });
		await client.publishAsync('alive', 'yes', { qos: 1 });
		await inbox.until((all) => all.length > 0);
		const tookMs = performance.now() - at;
		await client.endAsync();
		return tookMs;
	};

	for (const version of [3, 4, 5] as const) {
		it(`survives mutated packets of version ${version}, and answers the others`, async () => {
			// Whose secret is not a person's is not slowed down when it comes out wrong.
			const broker = await bench.broker({
				accounts: [{ ...knownAccount, principal: { kind: 'service', name: account.username } }],
			});
			const well = Buffer.concat(talk(version));
			const mutation = fc.record({
				at: fc.integer({ min: 0, max: well.length - 1 }),
				byte: fc.integer({ min: 0, max: 255 }),
				cut: fc.integer({ min: 1, max: well.length }),
				insert: fc.uint8Array({ maxLength: 4 }),
			});
			await fc.assert(
				fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
					let bytes = Buffer.from(well);
					for (const { at, byte, insert } of mutations) {
						bytes[at % bytes.length] = byte;
						bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at)]);
					}
					const socket = await dial(broker);
					socket.resume();
					const closed = once(socket, 'close');
					socket.write(bytes.subarray(0, mutations[0]?.cut));
					socket.end();
					await closed;
				}),
				{ numRuns: conversations },
			);
			expect(await answered(broker)).to.be.lessThan(1000);
		}).timeout(30_000 + conversations * 20);
	}

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
		expect(await answered(broker)).to.be.lessThan(1000);
	});

	it('loses one connection to a fault of its own, and tells it', async () => {
		const lines: string[] = [];
		const log = { ...silentLog, error: (_: object, line: string) => lines.push(line) } as unknown as typeof silentLog;
		const faulty = (topic: string): boolean => {
			if (topic === 'fault') throw new Error('broken inside');
			return true;
		};
		const broker = await bench.broker({ log, rights: () => ({ mayPublish: faulty, maySubscribe: () => true }) });
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
		expect(await answered(broker)).to.be.lessThan(1000);
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
			const directory: Directory = {
				async authenticate() {
					// Long enough for all of it to arrive.
					await new Promise((resolve) => setTimeout(resolve, 200));
					return { kind: 'signed_in', principal: knownAccount.principal };
				},
				onChange: () => {},
				close: async () => {},
			};
			const broker = await bench.broker({ accounts: [], openDirectory: async () => directory });
			const socket = await dialWs(broker);
			const answers = new Promise<string[]>((resolve) => {
				const reader = parser({ protocolVersion: 4 });
				const got: string[] = [];
				reader.on('packet', ({ cmd }) => {
					if (got.push(cmd) === 4) resolve(got);
				});
				socket.on('message', (data: Buffer) => reader.parse(data));
			});
			socket.send(generate(connectPacket(4, 'eager') as Packet));
			const large = { topic: 't', payload: Buffer.alloc(1_000_000), qos: 1, dup: false, retain: false };
			for (const messageId of [1, 2, 3]) socket.send(generate({ cmd: 'publish', ...large, messageId } as Packet));
			expect(await answers).to.deep.equal(['connack', 'puback', 'puback', 'puback']);
		});
	});

	it('answers others while a thousand connections say nothing, and takes no more strangers than it bounds', async () => {
		const broker = await bench.broker({ limits: { strangers: 100 } });
		const silent: Socket[] = [];
		for (let index = 0; index < 1000; index += 1) silent.push(await dial(broker));
		expect(await answered(broker)).to.be.lessThan(1000);
		const open = (): number => silent.filter((socket) => !socket.destroyed && socket.readyState === 'open').length;
		for (const socket of silent) socket.resume();
		while (open() > 100) await new Promise((resolve) => setImmediate(resolve));
	}).timeout(30_000);

	it('holds nothing of giants that are only announced', async () => {
		const broker = await bench.broker();
		const before = process.memoryUsage().rss;
		for (let index = 0; index < 8; index += 1) {
			const socket = await dial(broker);
			socket.resume();
			const closed = once(socket, 'close');
			socket.write(Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(1_000_000)]));
			await closed;
		}
		expect(process.memoryUsage().rss - before).to.be.lessThan(80 * 1024 * 1024);
		expect(await answered(broker)).to.be.lessThan(1000);
	});

	it('takes ten thousand filters in one packet', async () => {
		const broker = await bench.broker();
		const client = await WireClient.signIn(broker, 4);
		wires.push(client);
		const subscriptions = Array.from({ length: 10_000 }, (_, index) => ({ topic: `many/${index}/+`, qos: 1 }));
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
		const came = await client.next();
		expect('granted' in came && came.granted).to.have.length(10_000);
		expect(await answered(broker)).to.be.lessThan(1000);
	}).timeout(10_000);

	it('sends one message to a client with 4,096 overlapping wildcards', async () => {
		const broker = await bench.broker();
		const client = await WireClient.signIn(broker, 5);
		wires.push(client);
		const levels = 12;
		const subscriptions = Array.from({ length: 2 ** levels }, (_, bits) => ({
			topic: Array.from({ length: levels }, (_, level) => ((bits >> level) & 1 ? '+' : 'x')).join('/'),
			qos: 0,
		}));
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
		await client.next();
		const topic = Array(levels).fill('x').join('/');
		client.send({ cmd: 'publish', topic, payload: 'x', qos: 0, retain: false, dup: false });
		expect((await client.settle()).map(({ cmd }) => cmd)).to.deep.equal(['publish']);
		expect(await answered(broker)).to.be.lessThan(1000);
	}).timeout(10_000);

	it('keeps one of many that fight for one client id', async () => {
		const broker = await bench.broker();
		const bytes = generate(connectPacket(4, 'fought-for') as Packet);
		const fighters = await Promise.all(Array.from({ length: 50 }, () => dial(broker)));
		const gone = fighters.map((socket) => once(socket.resume(), 'close'));
		for (const socket of fighters) socket.write(bytes);
		await Promise.race(gone);
		while (fighters.filter((socket) => socket.readyState === 'open').length > 1) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(await answered(broker)).to.be.lessThan(1000);
		expect(fighters.filter((socket) => socket.readyState === 'open')).to.have.length(1);
	});

	it('lets nobody take all the packets of a turn', async () => {
		const broker = await bench.broker();
		const flooder = await WireClient.signIn(broker, 4);
		wires.push(flooder);
		const flood = Buffer.alloc(400_000, Buffer.from([0xc0, 0]));
		flooder.socket.write(flood);
		flooder.socket.pause();
		expect(await answered(broker)).to.be.lessThan(1000);
		flooder.socket.resume();
	});
});

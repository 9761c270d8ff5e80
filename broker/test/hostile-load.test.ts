// What clients may do to the broker, beside somebody who has nothing to do with it: he is answered within 100 ms all the
// time, and once it is over the broker needs about the memory it needed before.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type BrokerProcess, startBroker } from '@pilotwire/test/broker-process';
import { openssl, selfSigned } from '@pilotwire/test/openssl';
import { need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { Bystander } from './support/bystander.ts';
import { account } from './support/clients.ts';
import { type Came, WireClient } from './support/wire-client.ts';

/** Packets of spoilt conversations, of all versions together. */
const mutated = Number(
	process.env['PILOTWIRE_MUTATIONS'] ?? (process.env['PILOTWIRE_SOAK'] === '1' ? 2_000_000 : 200_000),
);
const retainedAtOnce = 100_000;
/** Conversations at once. */
const together = 50;
const forgottenWithinMs = 60_000;
const lookAgainMs = 500;
/** What may be left of a load once it is over and its garbage is collected, bytes. */
const mostLeft = 8e6;

type Version = 3 | 4 | 5;

const connectPacket = (protocolVersion: Version, clientId: string, clean = true): Packet =>
	({
		...{ cmd: 'connect', protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT', protocolVersion, clean, clientId },
		...{ keepalive: 60, username: account.username, password: Buffer.from(account.password) },
	}) as Packet;

/** A conversation as a client may begin it, which is then spoilt. */
function talk(version: Version): Buffer[] {
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

interface Mutation {
	readonly at: number;
	readonly byte: number;
	readonly insert: Uint8Array;
	readonly cut: number | undefined;
}

function spoilt(well: Buffer, mutations: readonly Mutation[]): Buffer {
	let bytes = Buffer.from(well);
	for (const { at, byte, insert } of mutations) {
		bytes[at % bytes.length] = byte;
		bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at)]);
	}
	return bytes.subarray(0, mutations[0]?.cut);
}

describe('under a hostile load', function () {
	this.timeout(process.env['PILOTWIRE_SOAK'] === '1' ? 3_600_000 : 180_000);
	const folder = temporaryDirectory('suite');
	const sockets: Socket[] = [];
	let broker: BrokerProcess;
	let idle: BrokerProcess;
	let bystander: Bystander | undefined;

	before(async function () {
		need(this, openssl);
		const tls = { ...selfSigned(folder.path), port: 0, wsPort: 0 };
		// A spoilt conversation may leave a retained message, which must not take the room of the hundred thousand.
		const limits = { strangers: 100, retainedTopics: 2 * retainedAtOnce };
		broker = await startBroker(join(folder.path, 'broker.db'), {}, { limits, tls });
		idle = await startBroker(join(folder.path, 'idle.db'));
		// Code that never ran is compiled first, and that is nobody's load.
		await (await Bystander.start(broker, idle)).check();
	});
	afterEach(() => {
		bystander?.kill();
		for (const socket of sockets.splice(0)) socket.destroy();
	});
	after(async () => {
		await broker?.kill();
		await idle?.kill();
	});

	const dial = async (): Promise<Socket> => {
		const socket = connectTcp(broker.addresses().tcp);
		socket.on('error', () => {});
		sockets.push(socket);
		await once(socket, 'connect');
		return socket;
	};
	const signIn = async (version: Version, options: Record<string, unknown> = {}): Promise<WireClient> => {
		const client = await WireClient.signIn(broker, version, options);
		sockets.push(client.socket);
		return client;
	};
	const message = (topic: string, payload: string, more: object = {}): Record<string, unknown> => ({
		...{ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false },
		...more,
	});
	/** Publishes many at QoS 0, as fast as the broker takes them; all are through at the end. */
	const flood = async (client: WireClient, count: number, packet: (index: number) => Record<string, unknown>) => {
		for (let index = 0; index < count; index += 1) {
			client.send(packet(index));
			if (index % 1000 === 999) await client.settle();
		}
		await client.settle();
	};
	const ofKind = (all: readonly Came[], cmd: string): number => all.filter((came) => came.cmd === cmd).length;
	/** Loads the broker beside a bystander, and looks what is left of it. */
	const load = async (work: () => Promise<void>): Promise<void> => {
		const before = await broker.memory();
		bystander = await Bystander.start(broker, idle);
		await work();
		await bystander.check();
		for (const socket of sockets.splice(0)) socket.destroy();
		// What was deleted leaves the memory when the disk has forgotten it too: that begins within 5 s.
		const isLikeBefore = async (): Promise<boolean> => {
			if ((await broker.memory()) - before < mostLeft) return true;
			// Collecting garbage is a load as well.
			await pause(lookAgainMs);
			return false;
		};
		await until(`no more than ${mostLeft} bytes above ${before} are left`, isLikeBefore, forgottenWithinMs);
	};

	for (const version of [3, 4, 5] as const) {
		const well = Buffer.concat(talk(version));
		const mutation = fc.record({
			at: fc.integer({ min: 0, max: well.length - 1 }),
			byte: fc.integer({ min: 0, max: 255 }),
			insert: fc.uint8Array({ maxLength: 4 }),
			cut: fc.option(fc.integer({ min: 1, max: well.length }), { nil: undefined }),
		});
		const conversation = fc.array(mutation, { minLength: 1, maxLength: 4 });
		const say = async (mutations: readonly Mutation[]): Promise<void> => {
			const socket = connectTcp(broker.addresses().tcp).on('error', () => {});
			const closed = once(socket.resume(), 'close');
			socket.end(spoilt(well, mutations));
			await closed;
		};

		it(`of ${Math.round(mutated / 3)} mutated packets of version ${version}`, () =>
			load(async () => {
				const all = fc.array(conversation, { minLength: together, maxLength: together });
				const numRuns = Math.ceil(mutated / 3 / talk(version).length / together);
				const property = fc.asyncProperty(all, (some) => Promise.all(some.map(say)).then(() => undefined));
				await fc.assert(property, { numRuns });
			}));
	}

	it('of a thousand connections that say nothing: no more of them stay than it bounds', () =>
		load(async () => {
			const silent: Socket[] = [];
			for (let index = 0; index < 1000; index += 1) silent.push(await dial());
			const open = (): number => silent.filter((socket) => socket.readyState === 'open').length;
			for (const socket of silent) socket.resume();
			while (open() > 100) await new Promise((resolve) => setImmediate(resolve));
		}));

	it('of giants that are only announced', () =>
		load(async () => {
			const before = await broker.memory();
			for (let index = 0; index < 50; index += 1) {
				const socket = await dial();
				const closed = once(socket.resume(), 'close');
				socket.write(Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(1_000_000)]));
				await closed;
			}
			expect((await broker.memory()) - before).to.be.lessThan(mostLeft);
		}));

	it('of giants as large as it takes, from eight at once', () =>
		load(async () => {
			const giant = message('giant', 'x'.repeat(4 * 1024 * 1024 - 100), { qos: 1, messageId: 1 });
			const clients: WireClient[] = [];
			for (let index = 0; index < 8; index += 1) clients.push(await signIn(4, { clientId: `giant-${index}` }));
			for (let round = 0; round < 3; round += 1) {
				for (const client of clients) client.send(giant);
				for (const client of clients) expect((await client.next()).cmd).to.equal('puback');
			}
		}));

	it('of ten thousand filters in one packet, which it takes', () =>
		load(async () => {
			const client = await signIn(4);
			const subscriptions = Array.from({ length: 10_000 }, (_, index) => ({ topic: `many/${index}/+`, qos: 1 }));
			client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
			const came = await client.next();
			expect('granted' in came && came.granted).to.have.length(10_000);
			client.send({ cmd: 'disconnect' });
			expect((await client.next()).cmd).to.equal('closed');
		}));

	it('of 4,096 overlapping wildcards, for which it sends one message', () =>
		load(async () => {
			const client = await signIn(5);
			const levels = 12;
			const subscriptions = Array.from({ length: 2 ** levels }, (_, bits) => ({
				topic: Array.from({ length: levels }, (_, level) => ((bits >> level) & 1 ? '+' : 'x')).join('/'),
				qos: 0,
			}));
			client.send({ cmd: 'subscribe', messageId: 1, subscriptions });
			await client.next();
			client.send(message(Array(levels).fill('x').join('/'), 'x'));
			expect((await client.settle()).map(({ cmd }) => cmd)).to.deep.equal(['publish']);
			client.send({ cmd: 'disconnect' });
			expect((await client.next()).cmd).to.equal('closed');
		}));

	it('of 100,000 retained messages, which it sends to who wants them, and forgets', () =>
		load(async () => {
			const publisher = await signIn(4);
			const topic = (index: number): string => `retained/${index % 100}/${index}`;
			await flood(publisher, retainedAtOnce, (index) => message(topic(index), `payload ${index}`, { retain: true }));
			const reader = await signIn(4, { clientId: 'reader' });
			reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'retained/#', qos: 0 }] });
			for (let got = 0; got < retainedAtOnce; got += Number((await reader.next()).cmd === 'publish'));
			reader.socket.destroy();
			await flood(publisher, retainedAtOnce, (index) => message(topic(index), '', { retain: true }));
		}));

	it('of 50,000 messages for somebody who is absent: so many wait as it bounds', () =>
		load(async () => {
			const session = { clientId: 'absent', clean: false };
			const absent = await signIn(4, session);
			await absent.subscribe('queued', { qos: 1 });
			absent.send({ cmd: 'disconnect' });
			await absent.next();
			await flood(await signIn(4), 500, () => message('nobody', 'x'));
			const publisher = await signIn(5, { clientId: 'publisher' });
			for (let round = 0; round < 100; round += 1) {
				for (let id = 1; id <= 500; id += 1) publisher.send(message('queued', 'x', { qos: 1, messageId: id }));
				for (let acks = 0; acks < 500; acks += ofKind([await publisher.next()], 'puback'));
			}
			const back = await signIn(4, session);
			for (let got = 0; got < 20_000; got += 1) {
				const came = await back.next();
				back.send({ cmd: 'puback', messageId: 'messageId' in came ? came.messageId : 0 });
			}
			expect(await back.settle()).to.deep.equal([]);
			back.socket.destroy();
			await signIn(4, { ...session, clean: true });
		}));

	it('of a client that never acknowledges', () =>
		load(async () => {
			const mute = await signIn(5, { clientId: 'mute', properties: { receiveMaximum: 10 } });
			await mute.subscribe('unanswered', { qos: 2 });
			await flood(await signIn(4), 20_000, () => message('nobody', 'x'));
			const publisher = await signIn(5, { clientId: 'publisher' });
			for (let round = 0; round < 20; round += 1) {
				for (let id = 1; id <= 500; id += 1) publisher.send(message('unanswered', 'x', { qos: 1, messageId: id }));
				for (let acks = 0; acks < 500; acks += ofKind([await publisher.next()], 'puback'));
			}
			expect(ofKind(await mute.settle(), 'publish')).to.equal(10);
		}));

	it('of 10,000 sessions that are abandoned, of which it keeps as many as it bounds', () =>
		load(async () => {
			const enter = async (index: number, clean: boolean): Promise<void> => {
				const client = await WireClient.signIn(broker, 4, { clientId: `abandoned-${index}`, clean });
				if (!clean) await client.subscribe('abandoned/+', { qos: 1 });
				client.send({ cmd: 'disconnect' });
				expect((await client.next()).cmd).to.equal('closed');
			};
			for (const clean of [false, true]) {
				for (let index = 0; index < 10_000; index += together) {
					await Promise.all(Array.from({ length: together }, (_, at) => enter(index + at, clean)));
				}
			}
		}));

	it('of many that fight for one client id, of whom one has it', () =>
		load(async () => {
			const bytes = generate(connectPacket(4, 'fought-for'));
			for (let round = 0; round < 10; round += 1) {
				const fighters = await Promise.all(Array.from({ length: 50 }, dial));
				const left = (): number => fighters.filter((socket) => socket.readyState === 'open').length;
				for (const socket of fighters) socket.resume().write(bytes);
				while (left() > 1) await new Promise((resolve) => setImmediate(resolve));
				expect(left()).to.equal(1);
			}
		}));

	it('of pings without end', () =>
		load(async () => {
			const flooder = await signIn(4);
			flooder.socket.pause();
			flooder.socket.write(Buffer.alloc(400_000, Buffer.from([0xc0, 0])));
			flooder.socket.resume();
			for (let answers = 0; answers < 200_000; answers += ofKind([await flooder.next()], 'pingresp'));
		}));

	it('of TLS connections that are cut, in the handshake and in a packet', () =>
		load(async () => {
			const { tls } = broker.addresses();
			const ca = readFileSync(join(folder.path, 'cert.pem'));
			for (let index = 0; index < 100; index += 1) {
				const half = connectTcp(tls).on('error', () => {});
				await once(half, 'connect');
				half.write(Buffer.from('16030100f8010000f40303', 'hex'));
				half.resetAndDestroy();
				const raw = connectTcp(tls).on('error', () => {});
				const whole = connectTls({ socket: raw, host: tls.host, ca }).on('error', () => {});
				await once(whole, 'secureConnect');
				whole.write(generate(connectPacket(4, 'cut')).subarray(0, 10));
				raw.resetAndDestroy();
			}
		}));
});

import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSecret } from '@pilotwire/accounts';
import { Broker } from '@pilotwire/broker';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { generate, type IConnectPacket } from 'mqtt-packet';
import type { WebSocket } from 'ws';
import { readConnect } from '../src/core/connect-packet.ts';
import { ByteBroker, nextOf, readBytes, Site } from './support/site.ts';

const closeOf = async (ws: WebSocket): Promise<number> => ((await once(ws, 'close')) as [number])[0];
const connectBytes = (more: Partial<IConnectPacket> = {}): Buffer =>
	generate({ cmd: 'connect', clientId: 'page', clean: true, keepalive: 30, ...more } as IConnectPacket);

/** The CONNECT that a broker is sent, byte for byte. */
async function connectAt(socket: Awaited<ReturnType<ByteBroker['next']>>): Promise<IConnectPacket> {
	const header = await readBytes(socket, 2);
	const more = (header[1] ?? 0) > 127 ? await readBytes(socket, 1) : Buffer.alloc(0);
	const length = ((header[1] ?? 0) & 0x7f) + (more[0] ?? 0) * 128;
	const read = readConnect(Buffer.concat([header, more, await readBytes(socket, length)]));
	if (read.kind !== 'connect') throw new Error(`not a CONNECT: ${read.kind}`);
	return read.packet;
}

describe('/mqtt, byte by byte', () => {
	const directory = temporaryDirectory();
	let broker: ByteBroker;
	let site: Site;
	beforeEach(async () => {
		broker = await new ByteBroker().start();
		site = await new Site(directory.path, { broker: { url: broker.url, embedded: true } }).start();
	});
	afterEach(async () => {
		await site.close();
		await broker.close();
	});

	/** A page and its connection at the broker, behind the CONNECT. */
	const joined = async (): Promise<{ ws: WebSocket; socket: Awaited<ReturnType<ByteBroker['next']>> }> => {
		const ws = await site.openWebSocket(await site.cookieOf('alice'));
		const arriving = broker.next();
		ws.send(connectBytes());
		const socket = await arriving;
		await connectAt(socket);
		return { ws, socket };
	};

	it("gives the broker the session's credentials and a client id of its own, and the rest unchanged", async () => {
		const will = { topic: 'a/b', payload: Buffer.from([0, 255]), qos: 1, retain: true } as const;
		const asked = { clientId: 'load-shedder-1234abcd', clean: false, keepalive: 17, will };
		const ws = await site.openWebSocket(await site.cookieOf('victor'));
		const arriving = broker.next();
		ws.send(connectBytes({ ...asked, username: 'services', password: Buffer.from('guess') }));
		const packet = await connectAt(await arriving);
		expect(packet).to.deep.include({ username: 'victor', clean: false, keepalive: 17, protocolVersion: 4 });
		expect(packet.will).to.deep.equal(will);
		expect(packet.clientId).to.match(/^browser-[0-9a-f]{8}-load-shedder-1234abcd$/);
		expect(site.accounts.tokens.get(packet.password?.toString() ?? '')).to.equal('victor');
	});

	it('passes any bytes both ways unchanged, however they are cut', async () => {
		const { ws, socket } = await joined();
		const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { minLength: 1, maxLength: 8 });
		await fc.assert(
			fc.asyncProperty(pieces, pieces, async (up, down) => {
				for (const piece of up) ws.send(piece);
				const sent = Buffer.concat(up);
				expect((await readBytes(socket, sent.length)).equals(sent)).to.equal(true);
				const got: Buffer[] = [];
				const expected = Buffer.concat(down);
				const all = new Promise<void>((resolve) => {
					ws.on('message', (part: Buffer) => {
						got.push(part);
						if (Buffer.concat(got).length >= expected.length) resolve();
					});
				});
				for (const piece of down) socket.write(piece);
				await all;
				ws.removeAllListeners('message');
				expect(Buffer.concat(got).equals(expected)).to.equal(true);
			}),
			{ numRuns: 25 },
		);
	});

	it('passes on what comes with and right behind a CONNECT that arrives in pieces', async () => {
		const ws = await site.openWebSocket(await site.cookieOf('alice'));
		const arriving = broker.next();
		const bytes = Buffer.concat([connectBytes(), Buffer.from('right behind')]);
		for (const byte of bytes) ws.send(Buffer.of(byte));
		const socket = await arriving;
		await connectAt(socket);
		expect((await readBytes(socket, 12)).toString()).to.equal('right behind');
	});

	it('closes with a code that says what was wrong with the first packet', async () => {
		const cookie = await site.cookieOf('alice');
		const codeFor = async (bytes: Buffer | string): Promise<number> => {
			const ws = await site.openWebSocket(cookie);
			ws.send(bytes);
			return closeOf(ws);
		};
		expect(await codeFor(Buffer.from('GET / HTTP/1.1\r\n'))).to.equal(1002);
		expect(await codeFor(generate({ cmd: 'pingreq' }))).to.equal(1002);
		expect(await codeFor(connectBytes().fill(0xff, 4, 8))).to.equal(1002);
		expect(await codeFor(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff]))).to.equal(1009);
		expect(await codeFor(connectBytes({ clientId: 'x'.repeat(20_000) }))).to.equal(1009);
		expect(await codeFor('a text')).to.equal(1003);
		expect(await codeFor(Buffer.alloc(2 * 1024 * 1024, 0x10))).to.equal(1009);
		expect(broker.connections).to.deep.equal([]);
	});

	it('says that the broker is away, or went, so that a page tries again', async () => {
		const { ws, socket } = await joined();
		const closing = closeOf(ws);
		socket.destroy();
		expect(await closing).to.equal(1012);
		await broker.close();
		const late = await site.openWebSocket(await site.cookieOf('alice'));
		late.send(connectBytes());
		expect(await closeOf(late)).to.equal(1013);
	});

	it('lets go of the broker when the page leaves', async () => {
		const { ws, socket } = await joined();
		const ended = once(socket, 'close');
		socket.resume();
		ws.close();
		await ended;
	});

	it('reads a broker only as fast as the page takes, and loses nothing', async () => {
		const { ws, socket } = await joined();
		ws.pause();
		const block = Buffer.alloc(1024 * 1024, 'x');
		let blocks = 0;
		// Until the sockets between are full: then the broker's end must stay full.
		while (blocks < 200) {
			blocks += 1;
			if (socket.write(block)) continue;
			const drained = await Promise.race([once(socket, 'drain').then(() => true), quiet(150)]);
			if (drained !== true) break;
		}
		expect(blocks).to.be.lessThan(60);
		let received = 0;
		const all = new Promise<void>((resolve) => {
			ws.on('message', (part: Buffer) => {
				received += part.length;
				if (received === blocks * block.length) resolve();
			});
		});
		ws.resume();
		await all;
	});

	it('reads a page only as fast as the broker takes, and loses nothing', async () => {
		const { ws, socket } = await joined();
		const block = Buffer.alloc(512 * 1024, 'y');
		let taken = 0;
		for (let sent = 0; sent < 40; sent += 1) ws.send(block, () => taken++);
		await quiet(150);
		expect(taken).to.be.lessThan(40);
		// What waits lies with the page and in the sockets between, not in the service.
		expect((await readBytes(socket, 40 * block.length)).every((byte) => byte === 0x79)).to.equal(true);
	});
});

/** Where nothing can happen any more there is nothing to wait for but time. */
const quiet = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms));

describe('/mqtt with an outside broker', () => {
	const directory = temporaryDirectory();
	let broker: Broker;
	let site: Site;
	const roles = ['admin', 'resident'] as const;

	beforeEach(async () => {
		broker = new Broker({
			port: 0,
			wsPort: 0,
			accounts: roles.map((role) => ({
				principal: { kind: 'person', name: `house-${role}`, role },
				secretHash: hashSecret(`secret of house-${role}`),
			})),
			log: silentLog,
			clock: systemClock,
		});
		await broker.start();
		mkdirSync(join(directory.path, 'secrets'));
		const accountOf = (name: string) => {
			const passwordFile = join(directory.path, 'secrets', name);
			writeFileSync(passwordFile, `secret of ${name}\n`);
			return { username: name, passwordFile };
		};
		const brokerAccounts = { admin: accountOf('house-admin'), resident: accountOf('house-resident') };
		const { tcp, ws } = broker.addresses() ?? {};
		site = new Site(directory.path, {
			web: { brokerAccounts },
			broker: { url: `mqtt://127.0.0.1:${tcp?.port}`, embedded: false },
		});
		wsUrl = `ws://127.0.0.1:${ws?.port}`;
		options = { web: { brokerAccounts } };
		await site.start();
	});
	let wsUrl = '';
	let options = {};
	afterEach(async () => {
		await site.close();
		await broker.stop();
	});

	it("signs in with the account of the person's role", async () => {
		const alice = await site.openMqtt(await site.cookieOf('alice'));
		const robin = await site.openMqtt(await site.cookieOf('robin'));
		await robin.subscribeAsync('pilotwire/home/circuits/#');
		const heard = nextOf(robin, 'message');
		await alice.publishAsync('pilotwire/home/circuits/salon/set', 'eco');
		await heard;
		expect(site.accounts.tokens.size).to.equal(0);
	});

	it('refuses a role that has no account there', async () => {
		const ws = await site.openWebSocket(await site.cookieOf('victor'));
		ws.send(connectBytes());
		expect(await closeOf(ws)).to.equal(4403);
	});

	it('reaches a broker over WebSocket as well', async () => {
		await site.close();
		site = await new Site(directory.path, { ...options, broker: { url: wsUrl, embedded: false } }).start();
		const alice = await site.openMqtt(await site.cookieOf('alice'));
		await alice.publishAsync('pilotwire/home/circuits/salon/set', 'eco', { qos: 1 });
	});
});

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { generate } from 'mqtt-packet';
import { WebSocket } from 'ws';
import { ByteBroker, Site } from './support/site.ts';

describe('/mqtt as time passes', () => {
	const directory = temporaryDirectory();
	const connect = generate({ cmd: 'connect', clientId: 'page', clean: true, keepalive: 0 });
	let clock: VirtualClock;
	let broker: ByteBroker;
	let site: Site;
	beforeEach(async () => {
		clock = new VirtualClock();
		broker = await new ByteBroker().start();
	});
	afterEach(async () => {
		await site.close();
		await broker.close();
		expect(clock.pending).to.equal(0);
	});

	const start = async (web: object = {}, url = broker.url): Promise<void> => {
		site = await new Site(directory.path, { web, clock, broker: { url, embedded: true } }).start();
	};
	const closing = async (ws: WebSocket): Promise<number> => ((await once(ws, 'close')) as [number])[0];
	const joined = async (): Promise<{ ws: WebSocket; socket: Socket; first: Buffer }> => {
		const ws = await site.openWebSocket(await site.cookieOf('alice'));
		const arriving = broker.next();
		ws.send(connect);
		const socket = await arriving;
		// Bytes have arrived: the way to the broker is open on both ends.
		const [first] = (await once(socket, 'data')) as [Buffer];
		return { ws, socket, first };
	};

	it('waits ten seconds for a CONNECT, and for the rest of one', async () => {
		await start();
		const cookie = await site.cookieOf('alice');
		const silent = await site.openWebSocket(cookie);
		const slow = await site.openWebSocket(cookie);
		slow.send(connect.subarray(0, 5));
		const codes = Promise.all([closing(silent), closing(slow)]);
		clock.advance(10_000);
		expect(await codes).to.deep.equal([1008, 1008]);
	});

	it('waits five seconds for a broker, over TLS where its address says so', async () => {
		await start({}, broker.url.replace('mqtt:', 'mqtts:'));
		const { ws, first } = await joined();
		// The first byte of a TLS handshake (RFC 8446 section 5.1).
		expect(first[0]).to.equal(22);
		const code = closing(ws);
		clock.advance(5_000);
		expect(await code).to.equal(1013);
	});

	it('cuts off a page that gives no sign of life, and not one that does', async () => {
		await start();
		const headers = { cookie: await site.cookieOf('alice'), origin: site.origin };
		const gone = new WebSocket(`ws://127.0.0.1:${site.port}/mqtt`, ['mqtt'], { headers, autoPong: false });
		await once(gone, 'open');
		gone.send(connect);
		const { ws } = await joined();
		const cut = closing(gone);
		for (let round = 0; round < 3; round += 1) {
			const asked = once(ws, 'ping');
			clock.advance(30_000);
			await asked;
			// The pong left before this request did.
			await site.ask('GET', '/healthz');
		}
		expect(await cut).to.equal(1006);
		expect(ws.readyState).to.equal(WebSocket.OPEN);
	});

	it('counts what a page sends as use of its session, and closes the page when the session expires', async () => {
		await start({ session: { idleDays: 26 / 86_400 } });
		const { ws, socket } = await joined();
		clock.advance(15_000);
		ws.send(generate({ cmd: 'pingreq' }));
		await once(socket, 'data');
		clock.advance(15_000);
		await site.ask('GET', '/healthz');
		expect(ws.readyState).to.equal(WebSocket.OPEN);
		const code = closing(ws);
		clock.advance(11_000);
		expect(await code).to.equal(4401);
	});

	it('cuts off a page that does not let itself be closed', async () => {
		await start();
		const cookie = await site.cookieOf('alice');
		const key = randomBytes(16).toString('base64');
		const asked = request({
			host: '127.0.0.1',
			port: site.port,
			path: '/mqtt',
			headers: {
				...{ cookie, origin: site.origin, connection: 'Upgrade', upgrade: 'websocket' },
				...{ 'sec-websocket-key': key, 'sec-websocket-version': '13', 'sec-websocket-protocol': 'mqtt' },
			},
		});
		asked.end();
		const [, socket] = (await once(asked, 'upgrade')) as [unknown, Socket];
		const told = once(socket, 'data');
		await site.ask('DELETE', '/api/session', { cookie });
		// A close frame with code 4401 (RFC 6455 section 5.5.1).
		expect(((await told) as [Buffer])[0].subarray(0, 4).toString('hex')).to.match(/^88..1131$/);
		const cut = once(socket, 'close');
		clock.advance(500);
		await cut;
	});
});

import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { hashSecret } from '@pilotwire/accounts';
import { Broker } from '@pilotwire/broker';
import { type PilotwireError, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { makeAuthority, openssl } from '@pilotwire/test/openssl';
import { localName, need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { OutsideBroker } from '../src/index.ts';
import type { OutsideAddress, OutsideEvents } from '../src/io/outside-broker.ts';

const will = { name: 'pilotwire/dupont/services/bridge/status', payload: 'offline', qos: 1, retain: true } as const;

describe('the way to an outside broker', function () {
	this.timeout(60_000);
	const folder = temporaryDirectory('suite');
	const clock = new VirtualClock();
	let broker: Broker;
	let deaf: Server;
	let caFile: string;
	const open: OutsideBroker[] = [];

	before(async function () {
		need(this, openssl, localName);
		const authority = makeAuthority(folder.path);
		caFile = authority.caFile;
		const into = join(folder.path, 'localhost');
		mkdirSync(into);
		authority.issue('localhost', into);
		broker = new Broker({
			...{ port: 0, wsPort: 0, log: silentLog, clock: systemClock },
			tls: { certFile: join(into, 'fullchain.pem'), keyFile: join(into, 'privkey.pem'), port: 0, wsPort: 0 },
			accounts: [{ principal: { kind: 'home', name: 'dupont', house: 'dupont' }, secretHash: hashSecret('right') }],
		});
		await broker.start();
		deaf = createServer((socket) => socket.end('no broker\r\n')).listen(0, '127.0.0.1');
		await once(deaf, 'listening');
	});
	after(async () => {
		await broker?.stop();
		deaf?.close();
	});
	afterEach(async () => {
		for (const outside of open.splice(0)) await outside.stop();
	});

	/** What comes of an attempt: a code, or `connected`. */
	const attempt = async (address: Partial<OutsideAddress> & { url: string }): Promise<string> => {
		const outside = new OutsideBroker({ username: 'dupont', password: 'right', caFile, ...address }, 'dupont', clock);
		open.push(outside);
		const said: string[] = [];
		const events: OutsideEvents = {
			connected: () => said.push('connected'),
			disconnected: () => undefined,
			message: () => undefined,
			roomAgain: () => undefined,
			refused: () => undefined,
			problem: (error: PilotwireError) => said.push(error.code),
		};
		outside.start(events, will);
		return until('an answer', () => said[0]);
	};
	const port = (name: 'tcp' | 'ws' | 'tls' | 'wss'): number => broker.addresses()?.[name]?.port ?? 0;

	it('leads over TLS and WebSocket, to a certificate of its own authority too', async () => {
		expect(await attempt({ url: `mqtts://localhost:${port('tls')}` })).to.equal('connected');
		expect(await attempt({ url: `wss://localhost:${port('wss')}` })).to.equal('connected');
		expect(await attempt({ url: `ws://127.0.0.1:${port('ws')}`, caFile: undefined })).to.equal('connected');
	});

	it('says which of the things that can be wrong it is', async () => {
		expect(await attempt({ url: `mqtts://127.0.0.1:${port('tls')}` })).to.equal('BRIDGE_TLS_NAME');
		expect(await attempt({ url: `mqtts://localhost:${port('tls')}`, caFile: undefined })).to.equal(
			'BRIDGE_TLS_UNTRUSTED',
		);
		expect(await attempt({ url: `mqtts://localhost:${port('tls')}`, password: 'wrong' })).to.equal(
			'BRIDGE_ACCOUNT_REFUSED',
		);
		const { port: deafPort } = deaf.address() as { port: number };
		expect(await attempt({ url: `mqtts://127.0.0.1:${deafPort}` })).to.equal('BRIDGE_TLS_NONE');
		deaf.close();
		expect(await attempt({ url: `mqtt://127.0.0.1:${deafPort}`, caFile: undefined })).to.equal('BRIDGE_UNREACHABLE');
	});

	it('is not tried where the authority can’t be read', () => {
		const address = {
			url: 'mqtts://localhost',
			username: 'x',
			password: undefined,
			caFile: join(folder.path, 'none.pem'),
		};
		expect(() => new OutsideBroker(address, 'dupont', clock).start({} as OutsideEvents, will)).to.throw(
			'BRIDGE_CA_UNREADABLE',
		);
	});

	it('is tried again later and later', async () => {
		const asked: number[] = [];
		const server = createServer((socket) => {
			asked.push(clock.monotonicMs());
			socket.destroy();
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port: serverPort } = server.address() as { port: number };
		await attempt({ url: `mqtt://127.0.0.1:${serverPort}`, caFile: undefined });
		for (let attempts = 2; attempts <= 8; attempts += 1) {
			await until('a next attempt', () => {
				if (asked.length < attempts && clock.pending > 0) clock.advance(1_000);
				return asked.length >= attempts;
			});
		}
		server.close();
		const waits = asked.slice(1).map((at, index) => (at - (asked[index] ?? 0)) / 1_000);
		expect(waits).to.deep.equal([1, 2, 4, 8, 16, 32, 60]);
	});
});

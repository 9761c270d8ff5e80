import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { PilotwireError, systemClock } from '@pilotwire/runtime';
import { openssl, selfSigned } from '@pilotwire/test/openssl';
import { need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { Broker, BrokerOptions } from '../src/index.ts';
import { Bench, Inbox } from './support/clients.ts';

describe('TLS', () => {
	const folder = temporaryDirectory();
	const bench = new Bench();
	const sockets: Socket[] = [];
	before(function () {
		need(this, openssl);
	});
	afterEach(async () => {
		for (const socket of sockets.splice(0)) socket.destroy();
		await bench.close();
	});

	const dial = async (port: number): Promise<Socket> => {
		const socket = connectTcp({ host: '127.0.0.1', port });
		socket.on('error', () => {});
		sockets.push(socket);
		await once(socket, 'connect');
		return socket;
	};

	const tlsBroker = (limits: BrokerOptions['limits'] = {}): Promise<Broker> =>
		bench.broker({ tls: { ...selfSigned(folder.path), port: 0, wsPort: 0 }, limits });
	const certificate = (): Buffer => readFileSync(join(folder.path, 'cert.pem'));

	it('serves MQTT over TLS and secure WebSocket beside the plain ports', async () => {
		const broker = await tlsBroker();
		const { tls, wss } = broker.addresses() ?? {};
		const ca = certificate();
		const secure = await bench.clientAt(`mqtts://127.0.0.1:${tls?.port}`, { ca, protocolVersion: 5 });
		const web = await bench.clientAt(`wss://127.0.0.1:${wss?.port}`, { ca } as never);
		const inbox = new Inbox(secure);
		await secure.subscribeAsync('t', { qos: 1 });
		await web.publishAsync('t', 'hello', { qos: 1 });
		await inbox.until((all) => all.length === 1);
	});

	it('survives handshakes that are cut, no handshakes, and connections cut within a packet', async () => {
		const broker = await tlsBroker();
		const { tls, wss } = broker.addresses() ?? {};
		for (const port of [tls?.port ?? 0, wss?.port ?? 0]) {
			const rude = await dial(port);
			rude.write('GET / HTTP/1.0\r\n\r\n');
			rude.resume();
			await once(rude, 'close');
			const half = await dial(port);
			half.write(Buffer.from('16030100f8010000f40303', 'hex'));
			half.resetAndDestroy();
			const whole = connectTls({ host: '127.0.0.1', port, ca: certificate() });
			whole.on('error', () => {});
			await once(whole, 'secureConnect');
			whole.write(Buffer.from([0x10, 0x20, 0, 4, 0x4d, 0x51]));
			(whole as unknown as { _parent: Socket | null })._parent?.destroy();
			whole.destroy();
		}
		const client = await bench.client(broker);
		await client.publishAsync('alive', 'yes', { qos: 1 });
	});

	it('stops while handshakes are under way, without waiting for their end', async () => {
		const broker = await tlsBroker({ connectTimeoutMs: 3_600_000 });
		const { tls, wss, ws } = broker.addresses() ?? {};
		for (const { port } of [tls, wss, ws].filter((address) => address !== undefined)) (await dial(port)).write('G');
		await broker.stop();
	});

	it('shows a renewed certificate to whoever connects from then on, and who is connected goes on', async () => {
		const looks: (() => void)[] = [];
		const clock: typeof systemClock = {
			...systemClock,
			every: (periodMs, action) => {
				// Once a minute: the look at the files.
				if (periodMs !== 60_000) return systemClock.every(periodMs, action);
				looks.push(action);
				return { cancel: () => {} };
			},
		};
		const broker = await bench.broker({ clock, tls: { ...selfSigned(folder.path), port: 0, wsPort: 0 } });
		const { tls, wss } = broker.addresses() ?? {};
		const ports = [tls?.port ?? 0, wss?.port ?? 0];
		const shown = async (port: number): Promise<string> => {
			const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
			await once(socket, 'secureConnect');
			const { fingerprint256 } = socket.getPeerCertificate();
			socket.destroy();
			return fingerprint256;
		};
		const ca = certificate();
		const connected = await bench.clientAt(`mqtts://127.0.0.1:${ports[0]}`, { ca });
		const connectedWeb = await bench.clientAt(`wss://127.0.0.1:${ports[1]}`, { ca } as never);
		const before = await Promise.all(ports.map(shown));
		// As certbot does: both files at once, in the place of the old ones.
		const folderOfNew = mkdtempSync(join(folder.path, 'new-'));
		const { certFile, keyFile } = selfSigned(folderOfNew);
		renameSync(certFile, join(folder.path, 'cert.pem'));
		renameSync(keyFile, join(folder.path, 'key.pem'));
		let after = before;
		while (after.some((fingerprint, index) => fingerprint === before[index])) {
			for (const look of looks) look();
			after = await Promise.all(ports.map(shown));
		}
		expect(new Set(after).size).to.equal(1);
		const inbox = new Inbox(connectedWeb);
		await connectedWeb.subscribeAsync('t', { qos: 1 });
		await connected.publishAsync('t', 'goes on', { qos: 1 });
		await inbox.until((all) => all.length === 1);
		await bench.clientAt(`mqtts://127.0.0.1:${ports[0]}`, { ca: certificate() });
	});

	it('says which file it cannot use', async () => {
		const broker = await tlsBroker();
		await broker.stop();
		const { path } = folder;
		for (const [certFile, keyFile] of [
			[join(path, 'missing.pem'), join(path, 'key.pem')],
			[join(path, 'cert.pem'), join(path, 'cert.pem')],
		] as const) {
			const error = await bench.broker({ tls: { certFile, keyFile, port: 0, wsPort: 0 } }).then(
				() => expect.fail('it started'),
				(error: unknown) => error,
			);
			expect(error).to.be.instanceOf(PilotwireError).and.to.have.property('code', 'BROKER_TLS_UNUSABLE');
			expect((error as Error).message).to.contain(certFile);
		}
	});
});

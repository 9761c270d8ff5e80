import { once } from 'node:events';
import { mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { openssl, selfSigned } from '@pilotwire/test/openssl';
import { need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { Listener, type ListenerOptions } from '../src/io/listener.ts';

describe('the port for devices', () => {
	const folder = temporaryDirectory();
	let listener: Listener | undefined;
	afterEach(() => listener?.stop());

	const listen = async (options: Partial<ListenerOptions>): Promise<number> => {
		listener = new Listener({
			...{ host: '127.0.0.1', port: 0, setting: 'deviceGateway.port', maxMessageBytes: 1_000, mostConnections: 10 },
			...{ requestWithinMs: 10_000, trustProxy: [], clock: systemClock, log: silentLog, onConnection: () => {} },
			...options,
		});
		return (await listener.start()).port;
	};

	it('knows a device behind a trusted proxy by its own address, and believes nobody else', async () => {
		const headers = { 'x-forwarded-for': '192.0.2.66, 203.0.113.7' };
		for (const [trustProxy, expected] of [
			[['127.0.0.1'], '203.0.113.7'],
			[['192.0.2.0/24'], '127.0.0.1'],
		] as const) {
			const addresses: string[] = [];
			const port = await listen({ trustProxy, onConnection: (_ws, address) => addresses.push(address) });
			const ws = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
			await once(ws, 'open');
			ws.terminate();
			expect(addresses).to.deep.equal([expected]);
			await listener?.stop();
		}
	});

	it('shows a renewed certificate to whoever connects from then on', async function () {
		need(this, openssl);
		const clock = new VirtualClock();
		const tls = selfSigned(folder.path);
		const port = await listen({ tls, clock });
		const shown = async (): Promise<string> => {
			const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
			await once(socket, 'secureConnect');
			const { fingerprint256 } = socket.getPeerCertificate();
			socket.destroy();
			return fingerprint256;
		};
		const before = await shown();
		const renewed = selfSigned(mkdtempSync(join(folder.path, 'new-')));
		renameSync(renewed.certFile, tls.certFile);
		renameSync(renewed.keyFile, tls.keyFile);
		while ((await shown()) === before) clock.advance(60_000);
	});
});

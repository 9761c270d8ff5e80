import { once } from 'node:events';
import { createServer } from 'node:net';
import { silentLog, TrustedProxies } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { createHttp, listen } from '../src/io/http-server.ts';
import { Site } from './support/site.ts';

describe('The HTTP server', () => {
	const directory = temporaryDirectory();
	const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

	it('says which setting to change where its port is taken, and leaves nothing behind', async () => {
		const other = createServer();
		other.listen(0, '127.0.0.1');
		await once(other, 'listening');
		const { port } = other.address() as { port: number };
		const site = new Site(directory.path, { web: { port } });
		const error = await site.start().catch((thrown: unknown) => thrown);
		expect(codeOf(error)).to.equal('WEB_PORT_BUSY');
		expect((error as Error).message).to.include('web.port');
		await site.close();
		expect(site.accounts.closed).to.equal(1);
		other.close();
		const nowhere = new Site(directory.path, { web: { host: '192.0.2.1' } });
		expect(codeOf(await nowhere.start().catch((thrown: unknown) => thrown))).to.equal('WEB_HOST_UNKNOWN');
		await nowhere.close();
	});

	it('closes its port and everybody on it when it stops', async () => {
		const site = await new Site(directory.path).start();
		const ws = await site.openWebSocket(await site.cookieOf('alice'));
		const closing = once(ws, 'close');
		const idle = await site.socket();
		const dropped = once(idle, 'close');
		idle.resume();
		await site.stop();
		expect(((await closing) as [number])[0]).to.equal(1001);
		await dropped;
		await site.close();
	});

	it('drops a client that is slow to say what it wants, and takes no more than its bound', async () => {
		const app = await createHttp(new TrustedProxies([]), silentLog, [], {
			...{ headersWithinMs: 200, requestWithinMs: 300, connections: 4, lookEveryMs: 50 },
		});
		app.get('/', async () => 'well');
		const { port } = await listen(app, '127.0.0.1', 0);
		const site = Object.assign(new Site(directory.path), {});
		Object.defineProperty(site, 'port', { value: port });
		const silent = await site.socket();
		const slow = await site.socket();
		slow.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
		const body = await site.socket();
		body.write(
			'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
		);
		const fourth = await site.socket();
		const fifth = await site.socket();
		const gone = [silent, slow, body, fourth, fifth].map((socket) => once(socket.resume(), 'close'));
		await gone[4];
		await Promise.all(gone);
		expect((await site.ask('GET', '/')).body).to.equal('well');
		await app.close();
	});
});

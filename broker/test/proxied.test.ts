import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { createLog, type Logger, systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import type { Broker } from '../src/index.ts';
import { readProxyHeader } from '../src/io/proxy-header.ts';
import { account, addressOf, Bench } from './support/clients.ts';

/** A CONNECT of MQTT 3.1.1 with a name and password. */
function connectBytes(username: string, password: string): Buffer {
	const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
	const body = Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(''), text(username), text(password)]);
	return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

const rightConnect = connectBytes(account.username, account.password);
const wrongConnect = connectBytes(account.username, 'a guess');

describe('behind a proxy', () => {
	const bench = new Bench();
	let lines: { audit?: string; from?: string; msg: string }[] = [];
	let log: Logger;
	beforeEach(() => {
		lines = [];
		const stream = new Writable({
			write(chunk: Buffer, _encoding, done) {
				lines.push(JSON.parse(chunk.toString()));
				done();
			},
		});
		log = createLog({ level: 'info', format: 'json' }, stream);
	});
	afterEach(() => bench.close());

	const trusting = (): Promise<Broker> => bench.broker({ log, trustProxy: ['127.0.0.1'] });
	/** What the broker answers, in hexadecimal; empty where it only closes. */
	const answerTo = async (socket: Socket, ...pieces: (Buffer | string)[]): Promise<string> => {
		const answered = new Promise<Buffer>((resolve) => {
			socket.once('data', resolve);
			socket.once('close', () => resolve(Buffer.alloc(0)));
		});
		for (const piece of pieces) {
			socket.write(piece);
			await new Promise((resolve) => setImmediate(resolve));
		}
		return (await answered).toString('hex');
	};
	const fromOf = (audit: string): (string | undefined)[] =>
		lines.filter((line) => line.audit === audit).map(({ from }) => from);
	const header = 'PROXY TCP4 203.0.113.7 192.0.2.1 4711 8883\r\n';

	it('knows clients by the address that the PROXY line tells', async () => {
		const broker = await trusting();
		const whole = Buffer.concat([Buffer.from(header), rightConnect]);
		expect(await answerTo(await bench.socket(broker), whole)).to.equal('20020000');
		const six = 'PROXY TCP6 2001:db8::7 2001:db8::1 4712 8883\r\n';
		expect(await answerTo(await bench.socket(broker), six.slice(0, 3), six.slice(3), rightConnect)).to.equal(
			'20020000',
		);
		expect(fromOf('signed_in')).to.deep.equal(['203.0.113.7:4711', '2001:db8::7:4712']);
	});

	it('lets in who comes without one, as the services beside it do', async () => {
		const broker = await trusting();
		await bench.client(broker);
		expect(await answerTo(await bench.socket(broker), 'PROXY UNKNOWN\r\n', rightConnect)).to.equal('20020000');
		expect(fromOf('signed_in')).to.have.length(2);
		for (const from of fromOf('signed_in')) expect(from).to.match(/^127\.0\.0\.1:\d+$/);
	});

	it('believes nobody else', async () => {
		const broker = await bench.broker({ log, trustProxy: ['192.0.2.0/24'] });
		expect(await answerTo(await bench.socket(broker), header, rightConnect)).to.equal('');
		expect(fromOf('signed_in')).to.deep.equal([]);
		const { host, port } = addressOf(broker, 'ws');
		const ws = new WebSocket(`ws://${host}:${port}`, 'mqtt', { headers: { 'x-forwarded-for': '203.0.113.7' } });
		await once(ws, 'open');
		ws.send(rightConnect);
		await once(ws, 'message');
		ws.terminate();
		expect(fromOf('signed_in')[0]).to.match(/^127\.0\.0\.1:\d+$/);
	});

	it('closes on a PROXY line of another form, and says why', async () => {
		const broker = await trusting();
		for (const line of ['PROXY TCP4 home 192.0.2.1 1 2\r\n', `PROXY ${'x'.repeat(110)}`]) {
			expect(await answerTo(await bench.socket(broker), line, rightConnect)).to.equal('');
		}
		const refusals = lines.map(({ msg }) => msg).filter((msg) => msg.startsWith("A proxy's connection is refused"));
		expect(refusals).to.have.length(2);
	});

	it('closes what a proxy opens and says nothing in', async () => {
		const broker = await bench.broker({ log, trustProxy: ['127.0.0.1'], limits: { connectTimeoutMs: 20 } });
		const socket = await bench.socket(broker);
		socket.resume();
		await once(socket, 'close');
	});

	it('slows guessing down for the one who guesses, and not for everybody behind the proxy', async () => {
		// Nobody has waited long enough, however long this takes.
		const clock = { ...systemClock, monotonicMs: () => 1_000 };
		const broker = await bench.broker({ log, clock, trustProxy: ['127.0.0.1'] });
		const guess = async (from: string, bytes: Buffer): Promise<string> =>
			answerTo(await bench.socket(broker), `PROXY TCP4 ${from} 192.0.2.1 4711 8883\r\n`, bytes);
		for (let count = 0; count < 5; count += 1) expect(await guess('203.0.113.7', wrongConnect)).to.equal('20020004');
		// Even with the right password.
		expect(await guess('203.0.113.7', rightConnect)).to.equal('20020003');
		expect(await guess('203.0.113.8', rightConnect)).to.equal('20020000');
	});

	it('knows WebSocket clients by X-Forwarded-For', async () => {
		const broker = await trusting();
		const { host, port } = addressOf(broker, 'ws');
		const headers = { 'x-forwarded-for': '192.0.2.66, 203.0.113.7' };
		const ws = new WebSocket(`ws://${host}:${port}`, 'mqtt', { headers });
		await once(ws, 'open');
		ws.send(rightConnect);
		await once(ws, 'message');
		ws.terminate();
		expect(fromOf('signed_in')).to.deep.equal(['203.0.113.7:0']);
	});

	it('never reads past the line, nor waits where there is none', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), (tail, lined) => {
				const bytes = Buffer.concat([Buffer.from(lined ? header : ''), Buffer.from(tail)]);
				const reading = readProxyHeader(bytes);
				if (lined) {
					expect(reading).to.deep.equal({
						kind: 'origin',
						origin: { ip: '203.0.113.7', port: 4711 },
						bytes: header.length,
					});
				} else if (tail[0] !== 0x50) expect(reading).to.deep.equal({ kind: 'none', bytes: 0 });
			}),
		);
	});
});

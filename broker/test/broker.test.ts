import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Metric, type PilotwireError, silentLog, systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import { Broker, type Directory } from '../src/index.ts';
import { account, addressOf, Bench, Inbox } from './support/clients.ts';

describe('broker', () => {
	const bench = new Bench();
	afterEach(() => bench.close());

	const refusal = async (promise: Promise<unknown>): Promise<PilotwireError & { code: unknown }> =>
		promise.then(
			() => expect.fail('it was let in'),
			(error) => error,
		);

	const subscribedSocket = async (broker: Broker, filter: string, qos: number): Promise<Socket> => {
		const socket = await bench.socket(broker);
		socket.write(connectPacket('frozen'));
		await once(socket, 'data');
		socket.write(packet(0x82, [0, 1, ...text(filter), qos]));
		await once(socket, 'data');
		return socket;
	};

	describe('sign-in', () => {
		for (const over of ['tcp', 'ws'] as const) {
			it(`lets in an account with its secret over ${over}`, async () => {
				const broker = await bench.broker();
				const client = await bench.client(broker, {}, over);
				const inbox = new Inbox(client);
				await client.subscribeAsync('a/+');
				await client.publishAsync('a/b', 'hello', { qos: 1 });
				await inbox.until((all) => all.length === 1);
				expect(inbox.all).to.deep.equal([{ topic: 'a/b', text: 'hello', retain: false }]);
			});

			it(`refuses a wrong secret, a wrong name and no name over ${over}`, async () => {
				const broker = await bench.broker();
				expect((await refusal(bench.client(broker, { password: 'wrong' }, over))).code).to.equal(4);
				expect((await refusal(bench.client(broker, { username: 'nobody' }, over))).code).to.equal(4);
				const { host, port } = addressOf(broker, over);
				const url = `${over === 'tcp' ? 'mqtt' : 'ws'}://${host}:${port}`;
				const anonymous = bench.clientAt(url, { username: undefined as never, password: undefined as never });
				expect((await refusal(anonymous)).code).to.equal(5);
			});
		}

		it('lets in anonymous clients where configured, but still no wrong secret', async () => {
			const broker = await bench.broker({ anonymous: 'viewer' });
			const { host, port } = addressOf(broker, 'tcp');
			await bench.clientAt(`mqtt://${host}:${port}`, { username: undefined as never, password: undefined as never });
			expect((await refusal(bench.client(broker, { password: 'wrong' }))).code).to.equal(4);
		});

		it('asks the directory for who it does not know itself', async () => {
			const asked: string[] = [];
			const directory: Directory = {
				authenticate: async (name, secret) => {
					asked.push(name);
					if (name === 'broken') throw new Error('no accounts');
					if (name === 'guesser') return { kind: 'too_many', retryAfterS: 1 };
					if (secret !== 'right') return { kind: 'refused' };
					return { kind: 'signed_in', principal: { kind: 'person', name, role: 'viewer' }, stamp: '' };
				},
				stampOf: async () => '',
				onChange: () => {},
				close: async () => {},
			};
			const broker = await bench.broker({ openDirectory: async () => directory });
			await bench.client(broker, { username: 'guest', password: 'right' });
			expect((await refusal(bench.client(broker, { username: 'guest', password: 'wrong' }))).code).to.equal(4);
			expect((await refusal(bench.client(broker, { username: 'broken', password: 'right' }))).code).to.equal(3);
			expect((await refusal(bench.client(broker, { username: 'guesser', password: 'right' }))).code).to.equal(3);
			await bench.client(broker);
			expect(asked).to.deep.equal(['guest', 'guest', 'broken', 'guesser']);
		});

		it('writes a line for each sign-in, refusal and end, never with a secret', async () => {
			const lines: string[] = [];
			const note = (facts: object, text: string): void => {
				lines.push(`${text} ${JSON.stringify(facts)}`);
			};
			const log = { ...silentLog, info: note, warn: note, error: note } as unknown as typeof silentLog;
			const broker = await bench.broker({ log });
			const client = await bench.client(broker, { clientId: 'c1' });
			await refusal(bench.client(broker, { clientId: 'c2', password: 'wrong' }));
			await client.endAsync();
			await bench.close();
			expect(
				lines.some((line) => /tester from \S+ signed in.*"client":"c1","account":"tester","from":"127/.test(line)),
			).to.equal(true);
			expect(
				lines.some((line) => /was (refused|disconnected): wrong name or password.*"client":"c2"/.test(line)),
			).to.equal(true);
			expect(lines.some((line) => / is gone.*"client":"c1"/.test(line))).to.equal(true);
			expect(lines.join()).not.to.contain(account.password).and.not.to.contain('"wrong"');
		});
	});

	describe('delivery', () => {
		for (const over of ['tcp', 'ws'] as const) {
			for (const qos of [0, 1, 2] as const) {
				it(`loses and reorders nothing of retained and plain messages in one go, QoS ${qos} over ${over}`, async () => {
					const broker = await bench.broker();
					const [publisher, subscriber] = await Promise.all([
						bench.client(broker, {}, over),
						bench.client(broker, {}, over),
					]);
					const inbox = new Inbox(subscriber);
					await subscriber.subscribeAsync('t/#', { qos });
					const sent = Array.from({ length: 1000 }, (_, index) => `${index}`);
					const publications = sent.map((text, index) =>
						publisher.publishAsync(index < 40 ? `t/${index < 20}` : 't/x', text, {
							qos,
							retain: index < 40 ? index < 20 : index % 2 === 0,
						}),
					);
					await Promise.all(publications);
					await inbox.until((all) => all.length >= sent.length);
					expect(inbox.all.map(({ text }) => text)).to.deep.equal(sent);
				});
			}
		}

		it('gives a new subscriber the last retained message, and none that was cleared', async () => {
			const broker = await bench.broker();
			const client = await bench.client(broker);
			for (const [topic, text] of [
				['s/a', '1'],
				['s/a', '2'],
				['s/b', '1'],
				['s/b', ''],
				['s', 'parent'],
				['$own/a', 'hidden'],
			] as const) {
				await client.publishAsync(topic, text, { qos: 1, retain: true });
			}
			const inbox = new Inbox(await bench.client(broker));
			const filters: [string, string[]][] = [
				['s/a', ['2']],
				['s/#', ['2', 'parent']],
				['+/+', ['2']],
				['#', ['2', 'parent']],
				['$own/#', ['hidden']],
				['s/b', []],
			];
			for (const [filter, expected] of filters) {
				const reader = await bench.client(broker);
				const own = new Inbox(reader);
				await reader.subscribeAsync(filter);
				await own.until((all) => all.filter(({ retain }) => retain).length >= expected.length);
				expect(
					(await own.settle(client)).map(({ text }) => text),
					filter,
				).to.have.members(expected);
			}
			expect(inbox.all).to.deep.equal([]);
		});

		it('never gives an older retained message after a newer one while a long list is being sent', async () => {
			const broker = await bench.broker();
			const publisher = await bench.client(broker);
			const topics = Array.from({ length: 300 }, (_, index) => `many/${index}`);
			await Promise.all(topics.map((topic) => publisher.publishAsync(topic, '0', { qos: 1, retain: true })));
			const reader = await bench.client(broker);
			const inbox = new Inbox(reader);
			void reader.subscribeAsync('many/#');
			for (let round = 1; round <= 5; round += 1) {
				await Promise.all(topics.map((topic) => publisher.publishAsync(topic, `${round}`, { qos: 0, retain: true })));
				await new Promise<void>((resolve) => setImmediate(resolve));
			}
			await inbox.until((all) => all.filter(({ text }) => text === '5').length >= topics.length);
			const seen = new Map<string, number>();
			for (const { topic, text } of await inbox.settle(publisher)) {
				expect(Number(text), topic).to.be.at.least(seen.get(topic) ?? 0);
				seen.set(topic, Number(text));
			}
		});

		it('publishes the last will of a client whose connection breaks, and not of one that says goodbye', async () => {
			const broker = await bench.broker();
			const watcher = await bench.client(broker);
			const inbox = new Inbox(watcher);
			await watcher.subscribeAsync('will/#', { qos: 1 });
			const will = (topic: string) => ({
				will: { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true },
			});
			const polite = await bench.client(broker, will('will/polite'));
			const broken = await bench.client(broker, will('will/broken'));
			await polite.endAsync();
			broken.stream.destroy();
			await inbox.until((all) => all.length >= 1);
			expect(await inbox.settle()).to.deep.equal([{ topic: 'will/broken', text: 'gone', retain: false }]);
		});

		it('keeps QoS 1 messages for an absent client with a session, up to the bound, oldest first', async () => {
			const broker = await bench.broker({ limits: { queuedMessages: 5 } });
			const session = { clientId: 'keeper', clean: false };
			const first = await bench.client(broker, session);
			await first.subscribeAsync('q', { qos: 1 });
			await first.endAsync();
			const publisher = await bench.client(broker);
			for (let index = 0; index < 8; index += 1) await publisher.publishAsync('q', `${index}`, { qos: 1 });
			const { host, port } = addressOf(broker, 'tcp');
			const { connect } = await import('mqtt');
			const again = connect(`mqtt://${host}:${port}`, { ...account, ...session, reconnectPeriod: 0 });
			const inbox = new Inbox(again);
			await inbox.until((all) => all.length === 5);
			expect(inbox.all.map(({ text }) => text)).to.deep.equal(['0', '1', '2', '3', '4']);
			await publisher.publishAsync('q', 'live', { qos: 1 });
			await inbox.until((all) => all.length === 6);
			expect(inbox.all.at(-1)?.text).to.equal('live');
			await again.endAsync();
		});
	});

	describe('fairness', () => {
		it('never lets a client that stopped reading hold up the others, and bounds what waits for it', async () => {
			const limits = { slowBytes: 256 * 1024, frozenBytes: 8 * 1024 * 1024 };
			const warnings: string[] = [];
			const log = {
				...silentLog,
				warn: (_: object, line: string) => warnings.push(line),
			} as unknown as typeof silentLog;
			let metrics: readonly Metric[] = [];
			const measure = (all: readonly Metric[]): void => {
				metrics = all;
			};
			const broker = await bench.broker({ limits, log, measure });
			const frozen = await subscribedSocket(broker, 'load/#', 0);
			frozen.pause();
			const reader = await bench.client(broker);
			const inbox = new Inbox(reader);
			await reader.subscribeAsync('load/#');
			const publisher = await bench.client(broker);
			const payload = Buffer.alloc(10_000, 1);
			// Each is waited for, and the frozen one never reads: a message that waited for it would not come.
			for (let index = 0; index < 3000; index += 1) {
				await publisher.publishAsync('load/x', payload, { qos: 0 });
				await inbox.until((all) => all.length > index);
				inbox.all[index] = { topic: '', text: '', retain: false };
			}
			expect(warnings.filter((line) => line.includes('slow'))).to.have.length(1);
			const dropped = metrics.find(({ name }) => name === 'pilotwire_broker_dropped_total')?.read();
			const slow = Array.isArray(dropped) ? dropped.find(({ labels }) => labels['reason'] === 'slow') : undefined;
			// What was not dropped waits in the two sockets, which take up to 11 MB, and up to 256 kB of it here.
			expect(slow?.value).to.be.within(1500, 2999);
		});

		it('disconnects a client that takes no QoS 1 message once too much waits', async () => {
			const broker = await bench.broker({ limits: { slowBytes: 64 * 1024, frozenBytes: 1024 * 1024 } });
			const socket = await subscribedSocket(broker, 'q/#', 1);
			socket.pause();
			const closed = once(socket, 'close');
			const publisher = await bench.client(broker);
			const payload = Buffer.alloc(100_000);
			for (let index = 0; index < 200; index += 1) await publisher.publishAsync('q/x', payload, { qos: 1 });
			socket.resume();
			await closed;
		});
	});

	describe('what clients send', () => {
		const hostile: Record<string, Buffer> = {
			'an HTTP request': Buffer.from('GET / HTTP/1.1\r\n\r\n'),
			'a packet before CONNECT': Buffer.from([0xc0, 0]),
			'a length of five bytes': Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]),
			'a giant CONNECT': Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]),
			'a CONNECT cut short': Buffer.from([0x10, 0x02, 0x00, 0x04]),
			zeros: Buffer.alloc(1000),
			'a will on a wildcard': connectPacket('w', { topic: 'a/#', payload: 'x' }),
		};
		for (const [name, bytes] of Object.entries(hostile)) {
			it(`closes on ${name} and goes on with the others`, async () => {
				const broker = await bench.broker();
				const client = await bench.client(broker);
				const socket = await bench.socket(broker);
				const closed = once(socket, 'close');
				socket.resume();
				socket.write(bytes);
				await closed;
				await client.publishAsync('alive', 'yes', { qos: 1 });
			});
		}

		it('closes a connection that never sends CONNECT', async () => {
			const broker = await bench.broker({ limits: { connectTimeoutMs: 50 } });
			const socket = await bench.socket(broker);
			socket.resume();
			await once(socket, 'close');
		});

		const afterSignIn: Record<string, Buffer> = {
			'a publish to $SYS': publishPacket('$SYS/broker/x', 'mine'),
			'a publish to a wildcard': publishPacket('a/+/b', 'x'),
			'a publish to nothing': publishPacket('', 'x'),
			'a topic with a NUL': publishPacket('a\0b', 'x'),
			'a topic of 200 levels': publishPacket('a/'.repeat(200), 'x'),
			'a second CONNECT': connectPacket('again'),
			'a packet over the bound': Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]),
			'a publish with version 5 bytes': Buffer.from('32120005746F706963123401087061796C6F6164', 'hex'),
			'reserved type 15': Buffer.from([0xf0, 0]),
			'a SUBSCRIBE without filters': Buffer.from([0x82, 2, 0, 1]),
			'a filter of 200 levels': Buffer.from([0x82, 0x97, 3, 0, 1, 1, 0x90, ...Buffer.from('a/'.repeat(200)), 0]),
		};
		for (const [name, bytes] of Object.entries(afterSignIn)) {
			it(`survives ${name} from a client that signed in, and nobody gets it`, async () => {
				const broker = await bench.broker();
				const watcher = await bench.client(broker);
				const inbox = new Inbox(watcher);
				await watcher.subscribeAsync(['#', '$SYS/broker/#']);
				const socket = await bench.socket(broker);
				socket.write(connectPacket('rude'));
				await once(socket, 'data');
				socket.write(bytes);
				socket.write(Buffer.from([0xc0, 0]));
				const outcome = await Promise.race([once(socket, 'close'), once(socket, 'data')]);
				expect(outcome).to.be.an('array');
				const got = await inbox.settle();
				expect(got.filter(({ topic }) => topic !== 'topic')).to.deep.equal([]);
			});
		}

		it('keeps $SYS from those who subscribe to everything', async () => {
			const broker = await bench.broker();
			const everything = await bench.client(broker);
			const inbox = new Inbox(everything);
			await everything.subscribeAsync(['#', '+/#', '+/+/new/clients']);
			await bench.client(broker);
			expect(await inbox.settle()).to.deep.equal([]);
		});

		it('answers a browser that opens the WebSocket port with what it is', async () => {
			const broker = await bench.broker();
			const { host, port } = addressOf(broker, 'ws');
			const response = await fetch(`http://${host}:${port}/`);
			expect(response.status).to.equal(426);
			expect(await response.text()).to.contain('MQTT over WebSocket');
		});
	});

	describe('start and stop', () => {
		it('says which port is busy and what to do, and leaves nothing open', async () => {
			const other = createServer();
			other.listen(0, '127.0.0.1');
			await once(other, 'listening');
			const { port } = other.address() as { port: number };
			try {
				for (const busy of [
					{ port, wsPort: 0 },
					{ port: 0, wsPort: port },
				]) {
					const error = await refusal(bench.broker(busy));
					expect(error.code).to.equal('BROKER_PORT_BUSY');
					expect(error.message)
						.to.contain(`127.0.0.1:${port}`)
						.and.to.contain('port === 0' in busy ? '' : 'broker.');
				}
			} finally {
				other.close();
			}
		});

		it('says that a host is none of this machine', async () => {
			expect((await refusal(bench.broker({ host: '192.0.2.1' }))).code).to.equal('BROKER_HOST_UNKNOWN');
			expect((await refusal(bench.broker({ host: 'no-such-host.invalid' }))).code).to.equal('BROKER_HOST_UNKNOWN');
		});

		it('listens on loopback alone unless configured', async () => {
			expect(addressOf(await bench.broker(), 'tcp').host).to.equal('127.0.0.1');
		});

		it('stops without having started, and twice', async () => {
			const idle = new Broker({ log: silentLog, clock: systemClock });
			await idle.stop();
			const broker = await bench.broker();
			await broker.stop();
			await broker.stop();
		});
	});
});

function text(value: string): number[] {
	const bytes = Buffer.from(value);
	return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

function packet(first: number, body: number[]): Buffer {
	const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
	return Buffer.from([first, ...length, ...body]);
}

function connectPacket(clientId: string, will?: { topic: string; payload: string }): Buffer {
	const flags = 0xc2 | (will === undefined ? 0 : 0x04);
	const willFields = will === undefined ? [] : [...text(will.topic), ...text(will.payload)];
	const credentials = [...text(account.username), ...text(account.password)];
	return packet(0x10, [...text('MQTT'), 4, flags, 0, 60, ...text(clientId), ...willFields, ...credentials]);
}

function publishPacket(topic: string, payload: string): Buffer {
	return packet(0x30, [...text(topic), ...Buffer.from(payload)]);
}

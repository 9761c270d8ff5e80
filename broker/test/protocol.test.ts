import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import type { Broker } from '../src/index.ts';
import { Bench } from './support/clients.ts';
import { type Came, WireClient } from './support/wire-client.ts';

/** The rules of MQTT 5 and 3.1.1, by section of the specifications, as a client on the wire sees them. */
describe('protocol', () => {
	const bench = new Bench();
	const clients: WireClient[] = [];
	let broker: Broker;

	beforeEach(async () => {
		broker = await bench.broker({ limits: { receiveMaximum: 5, topicAliases: 4, packetBytes: 2000, keepAliveS: 60 } });
	});
	afterEach(async () => {
		for (const client of clients.splice(0)) client.socket.destroy();
		await bench.close();
	});

	const keep = async (client: Promise<WireClient>): Promise<WireClient> => {
		clients.push(await client);
		return client;
	};
	const signIn = (version: 3 | 4 | 5, options: Record<string, unknown> = {}): Promise<WireClient> =>
		keep(WireClient.signIn(broker, version, options));
	const connect = async (version: 3 | 4 | 5, options: Record<string, unknown> = {}): Promise<Came> =>
		(await keep(WireClient.connect(broker, version, options))).next();
	const publish = (client: WireClient, topic: string, payload: string, more: Record<string, unknown> = {}): void =>
		client.send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false, ...more });
	const messages = (all: readonly Came[]): string[] =>
		all.filter(({ cmd }) => cmd === 'publish').map((came) => `${'payload' in came ? came.payload : ''}`);
	const reason = async (client: WireClient): Promise<unknown> => {
		const came = await client.next();
		expect(came.cmd).to.equal('disconnect');
		expect((await client.next()).cmd).to.equal('closed');
		return 'reasonCode' in came ? came.reasonCode : undefined;
	};

	describe('3.1 CONNECT and 3.2 CONNACK', () => {
		it('tells version 5 what is bounded, and changes a keep-alive that is too long', async () => {
			expect(await connect(5, { keepalive: 120 })).to.deep.include({
				cmd: 'connack',
				sessionPresent: false,
				reasonCode: 0,
				properties: { receiveMaximum: 5, maximumPacketSize: 2000, topicAliasMaximum: 4, serverKeepAlive: 60 },
			});
		});

		it('gives an id to a client without one, and tells it in version 5', async () => {
			const came = await connect(5, { clientId: '' });
			expect(came)
				.to.have.nested.property('properties.assignedClientIdentifier')
				.that.matches(/^auto-/);
			expect(await connect(4, { clientId: '' })).to.include({ returnCode: 0 });
		});

		it('refuses no id in version 3.1, and in 3.1.1 with a session (MQTT-3.1.3-8)', async () => {
			for (const hex of ['10 0e 0006 4D5149736470 03 02 000a 0000', '10 0c 0004 4D515454 04 00 000a 0000']) {
				const client = await keep(WireClient.open(broker, 4));
				client.raw(hex);
				expect(await client.next()).to.include({ returnCode: 2 });
			}
		});

		it('answers a wrong password in the words of the version', async () => {
			const wrong = { password: Buffer.from('wrong') };
			expect(await connect(4, wrong)).to.include({ returnCode: 4 });
			expect(await connect(5, wrong)).to.include({ reasonCode: 0x86 });
			expect(await connect(5, { username: undefined, password: undefined })).to.include({ reasonCode: 0x87 });
		});

		it('refuses an authentication method, which it has none of (4.12)', async () => {
			expect(await connect(5, { properties: { authenticationMethod: 'SCRAM-SHA-1' } })).to.include({
				reasonCode: 0x8c,
			});
		});

		it('refuses unknown versions in words of version 5, and known ones under the wrong name (3.1.2.2)', async () => {
			const answer = async (hex: string): Promise<string> => {
				const client = await keep(WireClient.open(broker, 4));
				const bytes = new Promise<Buffer>((resolve) => client.socket.once('data', resolve));
				client.raw(hex);
				return (await bytes).toString('hex');
			};
			expect(await answer('10 0d 0004 4D515454 06 02 000a 0001 70')).to.equal('2003008400');
			expect(await answer('10 0f 0006 4D5149736470 04 02 000a 0001 70')).to.equal('20020001');
		});

		it('says what is wrong with a CONNECT of version 5, and closes on one of versions 3 (4.13)', async () => {
			const five = await keep(WireClient.open(broker, 5));
			five.raw('10 11 0004 4D515454 05 02 000a 03 210000 0001 61');
			expect(await five.next()).to.include({ cmd: 'connack', reasonCode: 0x82 });
			expect((await five.next()).cmd).to.equal('closed');
			const four = await keep(WireClient.open(broker, 4));
			four.raw('10 0e 0004 4D515454 04 02 000a 0001 61 00');
			expect((await four.next()).cmd).to.equal('closed');
		});

		it('closes on a second CONNECT (MQTT-3.1.0-2)', async () => {
			const five = await signIn(5);
			five.raw('10 0e 0004 4D515454 05 02 000a 00 0001 70');
			expect(await reason(five)).to.equal(0x82);
			const four = await signIn(4);
			four.raw('10 0d 0004 4D515454 04 02 000a 0001 70');
			expect((await four.next()).cmd).to.equal('closed');
		});

		it('says that a session is there, and forgets it at a clean start (3.1.2.4)', async () => {
			const session = { clean: false, properties: { sessionExpiryInterval: 100 } };
			for (const [options, present] of [
				[session, false],
				[session, true],
				[{ ...session, clean: true }, false],
				[{ clean: false }, true],
				[{ clean: false }, false],
			] as const) {
				const client = await keep(WireClient.connect(broker, 5, options));
				expect(await client.next()).to.include({ sessionPresent: present });
				client.send({ cmd: 'disconnect' });
				await client.next();
			}
		});

		it('throws the older of two clients with one id out, and tells it (MQTT-3.1.4-3)', async () => {
			const first = await signIn(5);
			await signIn(4);
			expect(await reason(first)).to.equal(0x8e);
		});

		it('closes when nothing comes for one and a half times the keep-alive (3.1.2.10)', async () => {
			const clock = new VirtualClock();
			broker = await bench.broker({ clock });
			const [five, four] = await Promise.all([
				signIn(5, { keepalive: 10 }),
				signIn(4, { keepalive: 10, clientId: 'other' }),
			]);
			clock.advance(15_000);
			expect(await Promise.all([five.settle(), four.settle()])).to.deep.equal([[], []]);
			clock.advance(17_000);
			expect(await reason(five)).to.equal(0x8d);
			expect((await four.next()).cmd).to.equal('closed');
		});
	});

	describe('3.1.3 wills', () => {
		const willing = (properties: object): Record<string, unknown> => ({
			clientId: 'dying',
			properties: { sessionExpiryInterval: 100 },
			will: { topic: 'will', payload: Buffer.from('gone'), qos: 1, retain: false, properties },
		});

		it('says a will with its properties when the connection breaks', async () => {
			const watcher = await signIn(5);
			await watcher.subscribe('will');
			const dying = await signIn(5, willing({ contentType: 'text/plain', userProperties: { a: 'b' } }));
			dying.socket.destroy();
			expect(await watcher.next()).to.deep.include({
				topic: 'will',
				properties: { contentType: 'text/plain', userProperties: { a: 'b' } },
			});
		});

		it('waits for its delay, and leaves it unsaid when the client is back in its session', async () => {
			const clock = new VirtualClock();
			broker = await bench.broker({ clock });
			const watcher = await signIn(5);
			await watcher.subscribe('will');
			// Goodbye with its will: this way it shows when the broker has noticed.
			const leave = async (clientId: string): Promise<void> => {
				const client = await signIn(5, { ...willing({ willDelayInterval: 60 }), clientId });
				client.send({ cmd: 'disconnect', reasonCode: 4 });
				expect(await client.next()).to.deep.equal({ cmd: 'closed' });
			};
			await leave('dying');
			await signIn(5, { ...willing({}), clean: false, will: undefined });
			await leave('later');
			clock.advance(59_000);
			expect(messages(await watcher.settle())).to.deep.equal([]);
			clock.advance(1250);
			expect(messages([await watcher.next()])).to.deep.equal(['gone']);
			clock.advance(30_000);
			expect(messages(await watcher.settle())).to.deep.equal([]);
		});

		it('says it at once when the session ends sooner, and at DISCONNECT 0x04, not at 0x00', async () => {
			const watcher = await signIn(5);
			await watcher.subscribe('will');
			const short = { ...willing({ willDelayInterval: 100 }), properties: { sessionExpiryInterval: 0 } };
			(await signIn(5, short)).socket.destroy();
			expect(messages([await watcher.next()])).to.deep.equal(['gone']);
			for (const reasonCode of [0x00, 0x04]) {
				const dying = await signIn(5, willing({}));
				dying.send({ cmd: 'disconnect', reasonCode });
				await dying.next();
				expect(messages(await watcher.settle())).to.deep.equal(reasonCode === 0x04 ? ['gone'] : []);
			}
		});
	});

	describe('3.3 PUBLISH', () => {
		const properties = {
			payloadFormatIndicator: true,
			contentType: 'text/plain',
			responseTopic: 'answers/here',
			correlationData: Buffer.from([0, 1, 255]),
			userProperties: { unit: 'W', phase: ['1', '2'] },
		};

		for (const qos of [0, 1, 2] as const) {
			it(`hands all properties on to version 5, and the bare message to version 3.1.1, at QoS ${qos}`, async () => {
				const five = await signIn(5);
				const four = await signIn(4, { clientId: 'four' });
				await five.subscribe('t', { qos });
				await four.subscribe('t', { qos });
				const sender = await signIn(5, { clientId: 'sender' });
				publish(sender, 't', 'x', { qos, messageId: 7, properties });
				expect(await five.next()).to.deep.include({ topic: 't', payload: Buffer.from('x'), qos, properties });
				expect(await four.next()).to.deep.include({ topic: 't', payload: Buffer.from('x'), qos });
			});
		}

		it('keeps the properties of retained messages, and of those that wait for an absent client', async () => {
			const session = { clientId: 'absent', clean: false, properties: { sessionExpiryInterval: 100 } };
			const absent = await signIn(5, session);
			await absent.subscribe('kept', { qos: 1 });
			absent.socket.destroy();
			const sender = await signIn(5);
			publish(sender, 'kept', 'x', { qos: 1, messageId: 1, retain: true, properties });
			await sender.next();
			await sender.subscribe('kept');
			expect(await sender.next()).to.deep.include({ retain: true, properties });
			expect(await (await signIn(5, session)).next()).to.deep.include({ retain: false, qos: 1, properties });
		});

		it('tells how long a message is still good, and drops it once it is not (3.3.2.3.3)', async () => {
			const clock = new VirtualClock();
			broker = await bench.broker({ clock });
			const session = { clientId: 'absent', clean: false, properties: { sessionExpiryInterval: 100 } };
			const absent = await signIn(5, session);
			await absent.subscribe('t', { qos: 1 });
			absent.send({ cmd: 'disconnect' });
			expect(await absent.next()).to.deep.equal({ cmd: 'closed' });
			const sender = await signIn(5);
			publish(sender, 't', 'short', { qos: 1, messageId: 1, properties: { messageExpiryInterval: 1 } });
			publish(sender, 't', 'long', { qos: 1, messageId: 2, retain: true, properties: { messageExpiryInterval: 1000 } });
			await sender.settle();
			clock.advance(1500);
			const back = await signIn(5, session);
			const [came] = (await back.settle()) as [Came];
			expect(messages([came])).to.deep.equal(['long']);
			expect(came).to.have.nested.property('properties.messageExpiryInterval', 999);
		});

		it('takes topic aliases, anew for each connection (3.3.2.3.4)', async () => {
			const client = await signIn(5);
			await client.subscribe('a/long/topic');
			publish(client, 'a/long/topic', '1', { properties: { topicAlias: 4 } });
			publish(client, '', '2', { properties: { topicAlias: 4 } });
			expect(messages(await client.settle())).to.deep.equal(['1', '2']);
			for (const topicAlias of [0, 3, 5]) {
				const other = await signIn(5, { clientId: 'other' });
				// mqtt-packet does not write an alias of 0.
				other.raw(`30 06 0000 03 23 00 0${topicAlias}`);
				expect(await reason(other), `${topicAlias}`).to.equal(0x94);
			}
			const beyond = await signIn(5, { clientId: 'other' });
			publish(beyond, 'a', 'x', { properties: { topicAlias: 5 } });
			expect(await reason(beyond)).to.equal(0x94);
			const without = await signIn(5, { clientId: 'other' });
			without.raw('30 03 0000 00');
			expect(await reason(without)).to.equal(0x82);
		});

		it('gives aliases to a client that takes them, as many as it takes', async () => {
			const client = await signIn(5, { properties: { topicAliasMaximum: 1 } });
			await client.subscribe('#');
			for (const topic of ['a', 'a', 'b', 'b', 'a']) publish(client, topic, topic);
			const got = (await client.settle()).map((came) => [
				'topic' in came && came.topic,
				(came as { properties?: { topicAlias?: number } }).properties?.topicAlias,
			]);
			expect(got).to.deep.equal([
				['a', 1],
				['', 1],
				['b', undefined],
				['b', undefined],
				['', 1],
			]);
		});

		it('closes on more messages of QoS 2 than it was told to send unreleased (3.3.4)', async () => {
			const client = await signIn(5);
			for (let messageId = 1; messageId <= 6; messageId += 1) publish(client, 't', 'x', { qos: 2, messageId });
			for (let messageId = 1; messageId <= 5; messageId += 1) {
				expect(await client.next()).to.include({ cmd: 'pubrec', messageId });
			}
			expect(await reason(client)).to.equal(0x93);
		});

		it('sends no more than the client takes unacknowledged (receive maximum, 4.9)', async () => {
			const client = await signIn(5, { properties: { receiveMaximum: 2 } });
			await client.subscribe('t', { qos: 1 });
			const sender = await signIn(4, { clientId: 'sender' });
			for (let index = 1; index <= 5; index += 1) publish(sender, 't', `${index}`, { qos: 1, messageId: index });
			await sender.settle();
			expect(messages(await client.settle())).to.deep.equal(['1', '2']);
			client.send({ cmd: 'puback', messageId: 1, reasonCode: 0 });
			expect(messages(await client.settle())).to.deep.equal(['3']);
			client.send({ cmd: 'puback', messageId: 2, reasonCode: 0x97 });
			expect(messages(await client.settle())).to.deep.equal(['4']);
		});

		it('never sends a packet larger than the client takes, nor waits for it (3.1.2.11.4)', async () => {
			const client = await signIn(5, { properties: { maximumPacketSize: 60, receiveMaximum: 1 } });
			await client.subscribe('t', { qos: 1 });
			publish(client, 't', 'x'.repeat(100), { qos: 1, messageId: 1 });
			publish(client, 't', 'small', { qos: 1, messageId: 2 });
			expect(messages(await client.settle())).to.deep.equal(['small']);
		});

		it('says that a packet is larger than it takes', async () => {
			const client = await signIn(5);
			publish(client, 't', 'x'.repeat(2000));
			expect(await reason(client)).to.equal(0x95);
		});

		it('publishes a message of QoS 2 once, however often it comes before its PUBREL (4.3.3)', async () => {
			const client = await signIn(4);
			await client.subscribe('t');
			publish(client, 't', 'x', { qos: 2, messageId: 9 });
			publish(client, 't', 'x', { qos: 2, messageId: 9, dup: true });
			const all = await client.settle();
			expect(messages(all)).to.deep.equal(['x']);
			expect(all.filter(({ cmd }) => cmd === 'pubrec')).to.have.length(2);
			client.send({ cmd: 'pubrel', messageId: 9 });
			expect(await client.next()).to.include({ cmd: 'pubcomp', messageId: 9 });
			publish(client, 't', 'again', { qos: 2, messageId: 9 });
			expect(messages(await client.settle())).to.deep.equal(['again']);
		});

		it('says in version 5 that nobody subscribed (3.4.2.1)', async () => {
			const client = await signIn(5);
			for (const [topic, reasonCode] of [
				['t', 0x10],
				['mine', 0],
			] as const) {
				await client.subscribe('mine');
				publish(client, topic, 'x', { qos: 1, messageId: 1 });
				const came = (await client.settle()).find(({ cmd }) => cmd === 'puback');
				expect(came, topic).to.include({ cmd: 'puback', reasonCode });
			}
		});

		it('says in version 5 that it knows no such identifier (3.7.2.1)', async () => {
			const client = await signIn(5);
			client.send({ cmd: 'pubrel', messageId: 77, reasonCode: 0 });
			expect(await client.next()).to.include({ cmd: 'pubcomp', reasonCode: 0x92 });
		});

		it('refuses wildcards, in a response topic too (MQTT-3.3.2-2, MQTT-3.3.2-14)', async () => {
			const topic = await signIn(5);
			publish(topic, 'a', 'x', { properties: { responseTopic: 'a/#' } });
			expect(await reason(topic)).to.equal(0x82);
			const other = await signIn(5);
			other.raw('30 04 0001 23 00');
			expect(await reason(other)).to.equal(0x90);
		});
	});

	describe('3.8 SUBSCRIBE', () => {
		it('sends no client its own messages where it asked so (no local)', async () => {
			const client = await signIn(5);
			const other = await signIn(4, { clientId: 'other' });
			await client.subscribe('t', { nl: true });
			publish(client, 't', 'mine');
			publish(other, 't', 'theirs');
			await other.settle();
			expect(messages(await client.settle())).to.deep.equal(['theirs']);
		});

		it('keeps the retain flag where it is asked to (retain as published)', async () => {
			for (const rap of [false, true]) {
				const client = await signIn(5);
				await client.subscribe('t', { rap, rh: 2 });
				publish(client, 't', 'x', { retain: true });
				expect(await client.next()).to.include({ retain: rap });
			}
		});

		it('sends what is retained as it is asked to (retain handling)', async () => {
			const client = await signIn(5);
			publish(client, 't', 'kept', { retain: true });
			const expected: [rh: number, messages: string[]][] = [
				[2, []],
				[1, []],
				[0, ['kept']],
				[0, ['kept']],
			];
			for (const [rh, kept] of expected) {
				await client.subscribe('t', { rh });
				expect(messages(await client.settle()), `${rh}`).to.deep.equal(kept);
			}
			await client.subscribe('+', { rh: 1 });
			expect(messages(await client.settle())).to.deep.equal(['kept']);
		});

		it('sends one message for overlapping filters, at the best QoS, with all identifiers (3.3.4)', async () => {
			const client = await signIn(5);
			await client.subscribe('t/#', { qos: 0 }, { subscriptionIdentifier: 2 });
			await client.subscribe('t/+', { qos: 2 }, { subscriptionIdentifier: 3 });
			await client.subscribe('t/a', { qos: 1 });
			publish(client, 't/a', 'x', { qos: 2, messageId: 1 });
			const got = (await client.settle()).filter(({ cmd }) => cmd === 'publish');
			expect(got).to.have.length(1);
			expect(got[0])
				.to.include({ qos: 2 })
				.and.to.have.deep.nested.property('properties.subscriptionIdentifier', [2, 3]);
		});

		it('hands each message of a shared subscription to one of its members, in all versions (4.8.2)', async () => {
			const members = [
				await signIn(5, { clientId: 'm1' }),
				await signIn(4, { clientId: 'm2' }),
				await signIn(3, { clientId: 'm3' }),
			];
			for (const member of members) {
				expect(await member.subscribe('$share/g/t/+', { qos: 1 })).to.deep.include({ cmd: 'suback', granted: [1] });
			}
			const sender = await signIn(4, { clientId: 'sender' });
			await sender.subscribe('t/#');
			for (let index = 0; index < 9; index += 1) publish(sender, 't/x', `${index}`);
			expect(messages(await sender.settle())).to.have.length(9);
			const each = await Promise.all(members.map(async (member) => messages(await member.settle())));
			expect(each.map((got) => got.length)).to.deep.equal([3, 3, 3]);
			expect(each.flat().sort()).to.deep.equal(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
		});

		it('sends nothing retained to a shared subscription (4.8.2)', async () => {
			const client = await signIn(5);
			publish(client, 't', 'kept', { retain: true });
			await client.subscribe('$share/g/t');
			expect(messages(await client.settle())).to.deep.equal([]);
		});

		it('grants in the order it was asked, and tells what was subscribed at the end (3.9, 3.11)', async () => {
			const client = await signIn(5);
			const subscriptions = ['a', 'b/'.repeat(150), 'c'].map((topic, qos) => ({ topic, qos }));
			client.send({ cmd: 'subscribe', messageId: 3, subscriptions });
			expect(await client.next()).to.deep.include({ cmd: 'suback', messageId: 3, granted: [0, 0x8f, 2] });
			client.send({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['a', 'never'] });
			expect(await client.next()).to.deep.include({ cmd: 'unsuback', granted: [0, 0x11] });
		});
	});

	describe('3.14 DISCONNECT and 4.1 sessions', () => {
		it('lets a client change how long its session is kept, but not begin one (3.14.2.2.2)', async () => {
			const none = await signIn(5);
			none.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 10 } });
			expect(await reason(none)).to.equal(0x82);
			const some = await signIn(5, { properties: { sessionExpiryInterval: 100 } });
			some.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
			await some.next();
			expect(await connect(5, { clean: false })).to.include({ sessionPresent: false });
		});

		it('sends again what was not acknowledged, marked so and in order (4.4)', async () => {
			for (const version of [4, 5] as const) {
				const session = {
					clean: false,
					clientId: `v${version}`,
					...(version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}),
				};
				const first = await signIn(version, session);
				await first.subscribe('t', { qos: 2 });
				const sender = await signIn(4, { clientId: 'sender' });
				for (let index = 1; index <= 3; index += 1) {
					publish(sender, 't', `${index}`, { qos: index === 3 ? 2 : 1, messageId: index });
				}
				await sender.settle();
				const got = (await first.settle()).filter(({ cmd }) => cmd === 'publish');
				first.socket.destroy();
				const again = (await (await signIn(version, session)).settle()).filter(({ cmd }) => cmd === 'publish');
				expect(messages(again)).to.deep.equal(['1', '2', '3']);
				expect(again.map((came) => ['dup' in came && came.dup, 'messageId' in came && came.messageId])).to.deep.equal(
					got.map((came) => [true, 'messageId' in came && came.messageId]),
				);
			}
		});

		it('says that it is shutting down', async () => {
			const client = await signIn(5);
			const stopping = broker.stop();
			expect(await reason(client)).to.equal(0x8b);
			await stopping;
		});

		it('closes on AUTH that nobody asked for (4.12)', async () => {
			const client = await signIn(5);
			client.raw('f0 00');
			expect(await reason(client)).to.equal(0x82);
		});
	});
});

// What a channel lets whom do: joining, hearing, saying, leaving, over real connections.
import { hashSecret, type KnownAccount, rightsOf } from '@pilotwire/accounts';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import type { Broker, BrokerOptions } from '../src/index.ts';
import { brokerConfig } from '../src/index.ts';
import { ChannelClient } from './support/channel-client.ts';
import { Bench, deviceAccount } from './support/clients.ts';

const bounds = brokerConfig.parse({ channels: {} }).channels;
if (bounds === undefined) throw new Error('no channels');

describe('channels', () => {
	const bench = new Bench();
	const clients: ChannelClient[] = [];
	let broker: Broker;

	const start = async (options: Partial<BrokerOptions> = {}): Promise<void> => {
		broker = await bench.broker({ channels: bounds, accounts: [deviceAccount], ...options });
	};
	const connect = async (
		id: string,
		more: Parameters<typeof ChannelClient.connect>[2] = {},
	): Promise<ChannelClient> => {
		const client = await ChannelClient.connect(broker, id, more);
		clients.push(client);
		return client;
	};
	/** Somebody who is in the channel and hears all that is for it. */
	const member = async (id: string, channel = 'attic', password = 'open sesame'): Promise<ChannelClient> => {
		const client = await connect(id);
		expect((await client.join(channel, id, password)).reason).to.equal(0);
		return client;
	};
	const refusedAs = (answer: Awaited<ReturnType<ChannelClient['publish']>>): string | undefined =>
		answer.notice !== undefined && 'refused' in answer.notice ? answer.notice.refused.code : undefined;

	afterEach(async () => {
		for (const client of clients.splice(0)) client.wire.socket.destroy();
		await bench.close();
	});

	it('let the first in by the password that it sets, and others by the same', async () => {
		await start();
		const one = await connect('one');
		expect((await one.join('attic', 'one', 'open sesame')).notice).to.deep.equal({
			joined: { member: 'one', first: true, protected: true, maxPayloadBytes: 262_144, maxBytesInFlight: 1_048_576 },
		});
		const two = await connect('two');
		const wrong = await two.join('attic', 'two', 'open barley');
		expect([wrong.reason, refusedAs(wrong)]).to.deep.equal([0x87, 'wrong_password']);
		const none = await two.join('attic', 'two');
		expect([none.reason, refusedAs(none)]).to.deep.equal([0x87, 'wrong_password']);
		const right = await two.join('attic', 'two', 'open sesame');
		expect(right.notice).to.have.nested.property('joined.first', false);
		await two.settle();
		expect(two.members).to.deep.equal([{ members: ['one', 'two'] }]);
		await one.settle();
		expect(one.members).to.deep.equal([{ members: ['one'] }, { joined: 'two' }]);
	});

	it('are open where the first gave no password, and say so to who gives one', async () => {
		await start();
		const one = await connect('one');
		expect((await one.join('hall', 'one')).notice).to.have.nested.property('joined.protected', false);
		const two = await connect('two');
		expect(refusedAs(await two.join('hall', 'two', 'mine'))).to.equal('no_password');
		expect((await two.join('hall', 'two')).reason).to.equal(0);
	});

	it('end with the last to leave, and the password with them', async () => {
		await start();
		const one = await member('one');
		const two = await member('two');
		await one.publish('channels/attic/leave', '');
		expect(one.notices.at(-1)).to.deep.equal({ left: { member: 'one', why: 'left' } });
		await two.settle();
		expect(two.members.at(-1)).to.deep.equal({ left: 'one', why: 'left' });
		expect(refusedAs(await one.join('attic', 'one', 'another'))).to.equal('wrong_password');
		await two.breakOff();
		expect((await one.join('attic', 'one', 'another')).notice).to.have.nested.property('joined.first', true);
	});

	it('live as long as somebody is connected', async () => {
		await start();
		const one = await member('one');
		const two = await member('two');
		await one.breakOff();
		await two.until(() => two.members.some((news) => 'left' in news && news.left === 'one' && news.why === 'gone'));
		const three = await connect('three');
		expect(refusedAs(await three.join('attic', 'three'))).to.equal('wrong_password');
		expect((await three.join('attic', 'three', 'open sesame')).reason).to.equal(0);
	});

	it('carry a command to one, to several or to all, answers, and broadcasts, and nothing to anybody else', async () => {
		await start();
		const [one, two, three] = [await member('one'), await member('two'), await member('three')];
		const outsider = await connect('outsider');
		expect(await outsider.subscribe('#', 2)).to.equal(2);
		expect(await outsider.subscribe('+/+/#', 2)).to.equal(2);
		expect(await outsider.subscribe('$share/group/#', 2)).to.equal(2);
		const said = [
			['channels/attic/command/one/two', 'to one'],
			['channels/attic/command/one/two,three/lamp', 'to several'],
			['channels/attic/command/one/all', 'to all'],
			['channels/attic/broadcast/one/temperature', 'broadcast'],
			['channels/attic/answer/one/three', 'an answer'],
		] as const;
		for (const [topic, text] of said) expect((await one.publish(topic, text)).reason, topic).to.equal(0);
		for (const client of [one, two, three, outsider]) await client.settle();
		const texts = (client: ChannelClient): string[] => client.heard.map(({ text }) => text);
		expect(texts(two)).to.deep.equal(['to one', 'to several', 'to all', 'broadcast']);
		expect(texts(three)).to.deep.equal(['to several', 'to all', 'broadcast', 'an answer']);
		expect(three.heard[0]).to.deep.equal({ topic: said[1][0], text: 'to several', qos: 1, retain: false });
		expect(texts(one)).to.deep.equal([]);
		expect(outsider.heard).to.deep.equal([]);
	});

	it('know a member by its connection alone', async () => {
		await start();
		const one = await member('one');
		const two = await member('two');
		expect(refusedAs(await two.publish('channels/attic/broadcast/one', 'forged'))).to.equal('other_sender');
		expect(refusedAs(await two.publish('channels/attic/members', '{"members":[]}'))).to.equal('bad_topic');
		expect(refusedAs(await two.publish('channels/attic/notice', '{}'))).to.equal('bad_topic');
		expect(refusedAs(await two.join('attic', 'three', 'open sesame'))).to.equal('already_joined');
		const other = await connect('other');
		expect(refusedAs(await other.join('attic', 'one', 'open sesame'))).to.equal('member_taken');
		expect(refusedAs(await other.publish('channels/attic/broadcast/other', 'x'))).to.equal('not_member');
		expect(await other.subscribe('channels/attic/#')).to.equal(0x87);
		expect(await other.subscribe('$share/group/channels/attic/#')).to.equal(0x8f);
		expect(await other.subscribe('channels/+/broadcast/#')).to.equal(0x8f);
		expect(await other.subscribe('channels/#')).to.equal(0x8f);
		await one.settle();
		expect(one.heard).to.deep.equal([]);
	});

	it('tell clients of version 3 of each refusal by a notice', async () => {
		await start();
		await member('one');
		const old = await connect('old', { version: 4 });
		expect(await old.subscribe('channels/attic/#')).to.equal(0x80);
		const wrong = await old.join('attic', 'old', 'no');
		expect([wrong.reason, refusedAs(wrong)]).to.deep.equal([0, 'wrong_password']);
		expect((await old.join('attic', 'old', 'open sesame')).notice).to.have.nested.property('joined.member', 'old');
	});

	it('take nothing that is not well said', async () => {
		await start();
		const one = await member('one');
		const refused = async (topic: string, text: string, more = {}): Promise<string | undefined> =>
			refusedAs(await one.publish(topic, text, more));
		expect(await refused('channels/attic/join', 'not JSON')).to.equal('bad_join');
		expect(await refused('channels/attic/join', '{"member":"a","passwort":"x"}')).to.equal('bad_join');
		expect(await refused('channels/attic/join', '{"member":"all"}')).to.equal('bad_join');
		expect(await refused('channels/attic/join', '{"member":"a","password":""}')).to.equal('bad_join');
		expect(await refused('channels/Attic/join', '{"member":"a"}')).to.equal('bad_topic');
		expect(await refused('channels/attic', 'x')).to.equal('bad_topic');
		expect(await refused('channels/attic/command/one', 'x')).to.equal('bad_topic');
		expect(await refused('channels/attic/command/one/', 'x')).to.equal('bad_topic');
		expect(await refused('channels/attic/command/one/a,,b', 'x')).to.equal('bad_topic');
		expect(await refused('channels/attic/join/x', '{"member":"a"}')).to.equal('bad_topic');
		expect(await refused('channels/attic/broadcast/one', 'x', { retain: true })).to.equal('retained');
		expect(await refused('channels/attic/broadcast/one', '', { retain: true })).to.equal('retained');
		const absent = await one.publish('channels/attic/command/one/two', 'x');
		expect(absent.reason).to.equal(0x10);
		expect(absent.notice).to.have.deep.nested.property('refused.missing', ['two']);
	});

	it('forget a subscription with its membership, whatever the session', async () => {
		await start();
		const one = await member('one');
		const kept = { clean: false, properties: { sessionExpiryInterval: 1000 } };
		const two = await connect('two', kept);
		await two.join('attic', 'two', 'open sesame');
		expect(await two.unsubscribe('channels/attic/#')).to.equal(0);
		expect(await two.unsubscribe('channels/attic/#')).to.equal(0x11);
		await two.subscribe('channels/attic/#', 2);
		await two.breakOff();
		await one.until(() => one.members.some((news) => 'left' in news));
		expect((await one.publish('channels/attic/broadcast/one', 'while away')).reason).to.equal(0x10);
		const again = await connect('two', kept);
		await one.publish('channels/attic/broadcast/one', 'not joined');
		await again.settle();
		expect(again.heard).to.deep.equal([]);
		await again.join('attic', 'two', 'open sesame');
		await one.publish('channels/attic/broadcast/one', 'now');
		await again.settle();
		expect(again.heard.map(({ text }) => text)).to.deep.equal(['now']);
	});

	it('say the will of a member before it leaves, and of nobody else', async () => {
		await start();
		const one = await member('one');
		const will = (from: string) => ({
			topic: `channels/attic/broadcast/${from}/gone`,
			payload: Buffer.from('bye'),
			qos: 1,
		});
		const two = await connect('two', { will: will('two') });
		await two.join('attic', 'two', 'open sesame');
		const forger = await connect('forger', { will: will('one') });
		await forger.join('attic', 'forger', 'open sesame');
		const outsider = await connect('outsider', { will: will('outsider') });
		for (const client of [outsider, forger, two]) await client.breakOff();
		await one.until(() => one.members.filter((news) => 'left' in news).length === 2);
		await one.settle();
		expect(one.heard.map(({ topic, text }) => [topic, text])).to.deep.equal([
			['channels/attic/broadcast/two/gone', 'bye'],
		]);
	});

	it('give what comes at QoS 2 once, and no more than QoS 1 to anybody', async () => {
		await start();
		const one = await member('one');
		const two = await connect('two');
		await two.join('attic', 'two', 'open sesame');
		expect(await two.subscribe('channels/attic/broadcast/#', 2)).to.equal(1);
		expect((await one.publish('channels/attic/broadcast/one', 'twice?', { qos: 2 })).reason).to.equal(0);
		expect(refusedAs(await one.publish('channels/attic/broadcast/two', 'x', { qos: 2 }))).to.equal('other_sender');
		expect((await one.publish('channels/attic/broadcast/one', 'fast', { qos: 0 })).reason).to.equal(0);
		await two.settle();
		expect(two.heard.map(({ text, qos }) => [text, qos])).to.deep.equal([
			['twice?', 1],
			['fast', 0],
		]);
	});

	it('carry what version 5 says of a message', async () => {
		await start();
		const [one, two] = [await member('one'), await member('two')];
		const came = new Promise<Record<string, unknown>>((resolve) => {
			const next = two.wire.next.bind(two.wire);
			two.wire.next = async () => {
				const packet = (await next()) as Record<string, unknown>;
				if (packet['cmd'] === 'publish') resolve(packet);
				return packet as never;
			};
		});
		await two.settle();
		const properties = { contentType: 'image/jpeg', correlationData: Buffer.from([1, 2]), userProperties: { a: 'b' } };
		await one.publish('channels/attic/command/one/two', 'x', { properties });
		expect(await came)
			.to.have.deep.property('properties')
			.that.deep.includes(properties);
	});

	it('keep to their bounds of channels, members, payload and memberships', async () => {
		const small = { ...bounds, maxChannels: 2, maxMembers: 2, maxPayloadBytes: 10 };
		await start({ channels: small });
		const [one, two, three] = [await member('one'), await member('two'), await connect('three')];
		expect(refusedAs(await three.join('attic', 'three', 'open sesame'))).to.equal('channel_full');
		expect((await three.join('cellar', 'three')).reason).to.equal(0);
		expect(refusedAs(await two.join('kitchen', 'two'))).to.equal('too_many_channels');
		const long = await one.publish('channels/attic/broadcast/one', '12345678901');
		expect([long.reason, refusedAs(long)]).to.deep.equal([0x97, 'payload_too_large']);
		for (let count = 0; count < 32; count += 1) {
			const granted = await one.subscribe(`channels/attic/broadcast/+/${count}`);
			expect(granted).to.equal(count < 31 ? 1 : 0x97);
		}
	});

	it('are for accounts that have the right, and where they are off for nobody', async () => {
		const viewer: KnownAccount = {
			principal: { kind: 'person', name: 'guest', role: 'viewer' },
			secretHash: hashSecret('secret'),
		};
		const rights: NonNullable<BrokerOptions['rights']> = (principal) => rightsOf('home', principal);
		await start({ accounts: [deviceAccount, viewer], rights });
		await member('one');
		const as = { username: 'guest', password: Buffer.from('secret') };
		const two = await connect('two', as);
		const refused = await two.join('attic', 'two', 'open sesame');
		expect([refused.reason, refusedAs(refused)]).to.deep.equal([0x87, 'not_allowed']);
		expect(await two.subscribe('channels/attic/#')).to.equal(0x87);
		await start({ channels: undefined, rights });
		const three = await connect('three');
		expect((await three.publish('channels/attic/join', '{"member":"three"}')).reason).to.equal(0x87);
		expect(await three.subscribe('channels/attic/#')).to.equal(0x87);
	});

	it('hold back the acknowledgements of who sends faster than others take, and lose nothing', async () => {
		const small = { ...bounds, maxPayloadBytes: 1000, maxBytesInFlight: 4000 };
		await start({ channels: small });
		const [one, two] = [await member('one'), await member('two')];
		const three = await member('three');
		two.acknowledges = false;
		let acknowledged = 0;
		const sent = Array.from({ length: 6 }, async (_, index) => {
			await one.send('channels/attic/command/one/two', `${index}`.padEnd(600));
			acknowledged += 1;
		});
		await one.settle();
		await two.until(() => two.heard.length === 6);
		await one.settle();
		expect(acknowledged).to.equal(3);
		// Somebody else's messages wait for nobody.
		expect((await three.publish('channels/attic/command/three/one', 'me')).reason).to.equal(0);
		// Who does not wait at all is refused at twice as much.
		const refusals = Array.from({ length: 4 }, () => one.send('channels/attic/command/one/two', 'x'.repeat(600)));
		await one.until(() => one.notices.some((notice) => 'refused' in notice));
		expect(one.notices.at(-1)).to.have.nested.property('refused.code', 'too_much_in_flight');
		await two.breakOff();
		await Promise.all([...sent, ...refusals]);
		expect(two.heard.slice(0, 6).map(({ text }) => text.trim())).to.deep.equal(['0', '1', '2', '3', '4', '5']);
	});

	it('put out who acknowledges nothing for 30 s, so that nobody waits for it', async () => {
		const clock = new VirtualClock();
		await start({ clock, channels: { ...bounds, maxPayloadBytes: 1000, maxBytesInFlight: 1000 } });
		const [one, two] = [await member('one'), await member('two')];
		two.acknowledges = false;
		let isAcknowledged = false;
		const sent = one.send('channels/attic/command/one/two', 'x'.repeat(900)).then(() => {
			isAcknowledged = true;
		});
		await one.settle();
		for (let s = 0; s < 29; s += 1) clock.advance(1000);
		await one.settle();
		expect(isAcknowledged).to.equal(false);
		for (let s = 0; s < 3; s += 1) clock.advance(1000);
		await sent;
		await two.settle();
		expect(two.notices.at(-1)).to.deep.equal({ left: { member: 'two', why: 'slow' } });
		await one.settle();
		expect(one.members.at(-1)).to.deep.equal({ left: 'two', why: 'slow' });
	});

	it('read more slowly who says more than its rate, and refuse nothing', async () => {
		const clock = new VirtualClock();
		await start({ clock, channels: { ...bounds, messagesPerS: 10 } });
		const [one, two] = [await member('one'), await member('two')];
		clock.advance(1000);
		let acknowledged = 0;
		for (let count = 0; count < 25; count += 1) {
			void one.send('channels/attic/broadcast/one', `${count}`).then(() => {
				acknowledged += 1;
			});
		}
		await one.until(() => acknowledged === 11);
		await two.settle();
		expect(two.heard).to.have.length(11);
		for (let s = 0; s < 40 && acknowledged < 25; s += 1) {
			clock.advance(100);
			await two.settle();
		}
		await one.until(() => acknowledged === 25);
		await two.until(() => two.heard.length === 25);
		expect(clock.monotonicMs()).to.be.within(2000, 4500);
	});
});

// Channels as people and agents use them: usual clients of several kinds, many at once, and somebody who guesses.
import { hashSecret, type KnownAccount } from '@pilotwire/accounts';
import { channelFilter } from '@pilotwire/contract';
import { silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import type { MqttClient } from 'mqtt';
import { Channels } from '../src/channels/channels.ts';
import type { ChannelClient as ChannelClientOfBroker } from '../src/channels/client.ts';
import type { Message, Peer, Router } from '../src/delivery/index.ts';
import { type Broker, type BrokerOptions, brokerConfig } from '../src/index.ts';
import { Pass } from '../src/pass.ts';
import { ChannelClient } from './support/channel-client.ts';
import { anything, Bench, deviceAccount, Inbox } from './support/clients.ts';

const { channels } = brokerConfig.parse({ channels: {} });
const password = 'open sesame';
const thiefAccount: KnownAccount = {
	principal: { kind: 'device', name: 'thief' },
	secretHash: hashSecret('secret'),
};

describe('a channel', () => {
	const bench = new Bench();
	let broker: Broker;

	const start = async (options: Partial<BrokerOptions> = {}): Promise<void> => {
		broker = await bench.broker({ channels, accounts: [deviceAccount], ...options });
	};
	const join = async (client: MqttClient, member: string): Promise<Inbox> => {
		const inbox = new Inbox(client);
		await client.publishAsync('channels/attic/join', JSON.stringify({ member, password }), { qos: 1 });
		await client.subscribeAsync(channelFilter('attic'), { qos: 1 });
		return inbox;
	};
	const said = (inbox: Inbox): string[] =>
		inbox.all.filter(({ topic }) => !/^marker|\/(notice|members)$/.test(topic)).map(({ text }) => text);

	afterEach(() => bench.close());

	it('holds two browsers and three agents, whichever version they speak', async () => {
		await start();
		const kinds = [
			{ member: 'browser-1', protocolVersion: 5, over: 'ws' },
			{ member: 'browser-2', protocolVersion: 4, over: 'ws' },
			{ member: 'agent-1', protocolVersion: 5, over: 'tcp' },
			{ member: 'agent-2', protocolVersion: 4, over: 'tcp' },
			{ member: 'agent-3', protocolVersion: 3, protocolId: 'MQIsdp', over: 'tcp' },
		] as const;
		const there = new Map<string, { client: MqttClient; inbox: Inbox }>();
		for (const { member, over, ...options } of kinds) {
			const client = await bench.client(broker, { ...options, clientId: member }, over);
			there.set(member, { client, inbox: await join(client, member) });
		}
		const say = async (from: string, kind: string, to: string, text: string): Promise<void> => {
			await there.get(from)?.client.publishAsync(`channels/attic/${kind}/${from}${to}`, text, { qos: 1 });
		};
		await say('browser-1', 'command', '/agent-1', 'first');
		await say('browser-2', 'command', '/agent-1,agent-3', 'both');
		await say('agent-1', 'answer', '/browser-1', 'done');
		await say('agent-2', 'broadcast', '', '21 degrees');
		const expected: Readonly<Record<string, readonly string[]>> = {
			'browser-1': ['done', '21 degrees'],
			'browser-2': ['21 degrees'],
			'agent-1': ['first', 'both', '21 degrees'],
			'agent-2': [],
			'agent-3': ['both', '21 degrees'],
		};
		for (const [member, texts] of Object.entries(expected)) {
			const inbox = there.get(member)?.inbox as Inbox;
			await inbox.settle();
			expect(said(inbox), member).to.deep.equal(texts);
		}
	});

	it('lets ten agents answer one command at once, each a hundred times', async () => {
		await start();
		const page = await bench.client(broker, { protocolVersion: 5 }, 'ws');
		const inbox = await join(page, 'page');
		for (let count = 0; count < 10; count += 1) {
			const agent = await bench.client(broker, { protocolVersion: 5 });
			const name = `agent-${count}`;
			await join(agent, name);
			agent.on('message', (topic, payload) => {
				if (!topic.startsWith('channels/attic/command/')) return;
				for (let part = 0; part < 100; part += 1) {
					agent.publish(`channels/attic/answer/${name}/page`, `${payload} ${name} ${part}`, { qos: 1 });
				}
			});
		}
		await page.publishAsync('channels/attic/command/page/all', 'report', { qos: 1 });
		await inbox.until(() => said(inbox).length === 1000);
		for (let count = 0; count < 10; count += 1) {
			const own = said(inbox).filter((text) => text.includes(`agent-${count} `));
			expect(own).to.deep.equal(Array.from({ length: 100 }, (_, part) => `report agent-${count} ${part}`));
		}
	});

	it('takes so many memberships from one address, whatever accounts it has', () => {
		if (channels === undefined) throw new Error('no channels');
		const handed: string[] = [];
		const router = {
			hand: (_peer: unknown, { payload }: Message) => handed.push(payload.toString()),
			forget: () => undefined,
		} as unknown as Router;
		const rooms = new Channels({ ...channels, maxPerAddress: 3 }, router, new VirtualClock());
		const from = (source: string): ChannelClientOfBroker => {
			const pass = new Pass(deviceAccount.principal, anything(deviceAccount.principal), undefined);
			return { peer: {} as Peer, pass, source, isRemote: true, refused: () => undefined };
		};
		const enter = (client: ChannelClientOfBroker, channel: string): number => {
			const payload = Buffer.from('{"member":"one"}');
			return rooms.publish(client, { topic: `channels/${channel}/join`, payload, qos: 1, retain: false }).reason;
		};
		const [one, two, other] = [from('10.0.0.1'), from('10.0.0.1'), from('10.0.0.2')];
		expect([enter(one, 'a'), enter(one, 'b'), enter(two, 'c')]).to.deep.equal([0, 0, 0]);
		expect(enter(two, 'd')).to.equal(0x97);
		expect(handed.at(-1)).to.include('too_many_channels');
		expect(enter(other, 'd')).to.equal(0);
		rooms.gone(one, undefined);
		expect([enter(two, 'a'), enter(two, 'b'), enter(two, 'e')]).to.deep.equal([0, 0, 0x97]);
		expect(rooms.figures).to.deep.include({ channels: 4, members: 4 });
	});

	it('keeps out who gives a wrong password a thousand times, and lets in who knows it meanwhile', async () => {
		const lines: string[] = [];
		const warn = (facts: object): void => {
			lines.push(JSON.stringify(facts));
		};
		const clock = new VirtualClock();
		const log = { ...silentLog, warn } as unknown as typeof silentLog;
		await start({ clock, log, accounts: [deviceAccount, thiefAccount] });
		const owner = await ChannelClient.connect(broker, 'owner');
		await owner.join('attic', 'owner', password);
		const codes = new Map<string, number>();
		const guess = async (client: ChannelClient, text: string): Promise<void> => {
			const { notice } = await client.join('attic', 'thief', text);
			const code = notice !== undefined && 'refused' in notice ? notice.refused.code : 'joined';
			codes.set(code, (codes.get(code) ?? 0) + 1);
		};
		const asThief = { version: 4, username: 'thief', password: Buffer.from('secret') } as const;
		let thief = await ChannelClient.connect(broker, 'thief', asThief);
		for (let count = 0; count < 1000; count += 1) {
			await guess(thief, `open ${count}`);
			clock.advance(10);
			if (count % 100 !== 99) continue;
			await thief.breakOff();
			thief = await ChannelClient.connect(broker, 'thief', asThief);
		}
		// Few of them were looked at; the right one isn't either, until the thief has waited.
		expect(codes.get('wrong_password')).to.be.within(5, 40);
		await guess(thief, password);
		expect(codes.get('too_many_guesses')).to.equal(1001 - (codes.get('wrong_password') ?? 0));
		const friend = await ChannelClient.connect(broker, 'friend');
		expect((await friend.join('attic', 'friend', password)).notice).to.have.property('joined');
		for (let count = 0; count < 20; count += 1) {
			for (const client of [owner, thief, friend]) await client.settle();
			clock.advance(20_000);
		}
		await guess(thief, password);
		expect(codes.get('joined')).to.equal(1);
		await owner.settle();
		expect(owner.members).to.deep.equal([{ members: ['owner'] }, { joined: 'friend' }, { joined: 'thief' }]);
		expect(lines.filter((line) => line.includes('channel_refused'))).to.have.length.within(1, 250);
		expect(lines.join()).to.not.include('attic');
		for (const client of [owner, thief, friend]) client.wire.socket.destroy();
	});
});

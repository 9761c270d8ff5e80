import { Writable } from 'node:stream';
import { decodeFrame, encodeFrame, readChannelTopic } from '@pilotwire/contract';
import { createLog, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import * as z from 'zod/mini';
import { Calls, operation } from '../src/core/calls.ts';
import { channelPlace } from '../src/core/channel-place.ts';
import type { Place } from '../src/core/place.ts';
import type { LinkMessage } from '../src/io/link.ts';

describe('an agent in a channel', () => {
	let clock: VirtualClock;
	let calls: Calls;
	let said: LinkMessage[];
	let subscribed: string[];
	let place: Place;

	const start = (broadcasts = true, broker: 'ours' | 'silent' = 'ours'): void => {
		const link = {
			publish: (message: LinkMessage) => void said.push(message),
			subscribe: (filters: readonly string[]) => void subscribed.push(...filters),
		};
		const operations = {
			note: operation(z.strictObject({ text: z.string() }), async () => ({})),
			echo: operation(z.strictObject({}), async () => ({ well: true })),
			stay: operation(z.strictObject({}), async (call) => {
				for await (const bytes of call.input()) call.info({ bytes });
				return {};
			}),
		};
		const home = { id: 'attic', state: () => ({ at: '2026-01-15T17:00:00.000Z', name: 'Attic', can: {} }) };
		place = channelPlace('our-house', 'open sesame', home, link, {
			calls,
			operations,
			log: silentLog,
			clock,
			broadcasts,
		});
		place.up();
		if (broker === 'ours') hear('channels/our-house/notice', notIn);
	};
	const hear = (topic: string, payload: object | Uint8Array): void =>
		place.message(topic, payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload)), false);
	const joined = {
		joined: { member: 'attic', first: true, protected: true, maxPayloadBytes: 262_144, maxBytesInFlight: 1_048_576 },
	};
	const notIn = { refused: { code: 'not_member', message: 'no', topic: 'channels/our-house/leave' } };
	const topics = (): string[] => said.map(({ topic }) => topic);

	beforeEach(() => {
		clock = new VirtualClock();
		calls = new Calls(clock, silentLog);
		[said, subscribed] = [[], []];
	});
	afterEach(() => calls.end());

	it('joins with its password at each connection, and says what it can do once it is in', () => {
		start();
		expect(said[1]).to.deep.include({
			topic: 'channels/our-house/join',
			payload: '{"member":"attic","password":"open sesame"}',
		});
		hear('channels/our-house/notice', joined);
		expect(subscribed).to.deep.equal(['channels/our-house/#']);
		expect(topics().slice(2)).to.deep.equal(['channels/our-house/broadcast/attic/remote/state']);
		place.down();
		place.up();
		hear('channels/our-house/notice', notIn);
		expect(topics().filter((topic) => topic.endsWith('/join'))).to.have.length(2);
	});

	it('gives a broker that has no channels neither its password nor an ear', async () => {
		start(true, 'silent');
		await clock.advanceAsync(120_000, 1_000);
		expect(new Set(topics())).to.deep.equal(new Set(['channels/our-house/leave']));
		expect(subscribed).to.deep.equal([]);
		expect(JSON.stringify(said)).not.to.include('sesame');
		// Whatever such a broker hands on.
		for (const ask of ['hello', '']) {
			const topic = `channels/our-house/command/page-1/attic/remote${ask === '' ? '' : `/${ask}`}`;
			hear(topic, encodeFrame({ id: 'a', op: 'echo' }));
		}
		expect(new Set(topics())).to.deep.equal(new Set(['channels/our-house/leave']));
		expect(calls.begun).to.equal(0);
	});

	it('hears nobody before it is in, nor once it is out', async () => {
		start();
		const ask = (): void =>
			hear('channels/our-house/command/page-1/attic/remote', encodeFrame({ id: `a${said.length}`, op: 'echo' }));
		ask();
		hear('channels/our-house/notice', joined);
		ask();
		hear('channels/our-house/notice', { left: { member: 'attic', why: 'slow' } });
		ask();
		place.down();
		ask();
		expect(calls.begun).to.equal(1);
	});

	it('tries again where it was refused, and not once it is in', async () => {
		start();
		hear('channels/our-house/notice', { refused: { code: 'wrong_password', message: 'no', topic: 'x' } });
		await clock.advanceAsync(61_000, 1_000);
		expect(topics().filter((topic) => topic.endsWith('/join'))).to.have.length(3);
		hear('channels/our-house/notice', joined);
		await clock.advanceAsync(120_000, 1_000);
		expect(topics().filter((topic) => topic.endsWith('/join'))).to.have.length(3);
	});

	it('answers whoever asks, and that one alone; of what is allowed there', async () => {
		start();
		hear('channels/our-house/notice', joined);
		hear('channels/our-house/command/page-1/all/remote/hello', new Uint8Array(0));
		expect(topics().at(-1)).to.equal('channels/our-house/answer/attic/page-1/remote/state');
		hear('channels/our-house/command/page-1/attic,other/remote', encodeFrame({ id: 'a', op: 'echo' }));
		await clock.advanceAsync(1);
		expect(topics().at(-1)).to.equal('channels/our-house/answer/attic/page-1/remote');
		expect(decodeFrame(said.at(-1)?.payload as Uint8Array)?.head).to.deep.equal({
			id: 'a',
			seq: 1,
			end: { well: true },
		});
		hear('channels/our-house/command/page-1/attic/remote', encodeFrame({ id: 'b', op: 'files.list' }));
		expect(decodeFrame(said.at(-1)?.payload as Uint8Array)?.head).to.have.nested.property('error.code', 'REMOTE_OFF');
		const before = said.length;
		for (const topic of ['command/page-1/attic/chat', 'answer/page-1/attic/remote', 'broadcast/page-1/remote'])
			hear(`channels/our-house/${topic}`, encodeFrame({ id: 'c', op: 'echo' }));
		hear('channels/another/command/page-1/attic/remote', encodeFrame({ id: 'd', op: 'echo' }));
		expect(said).to.have.length(before);
	});

	it('logs what was asked for, and neither by whom nor in which channel nor with what', async () => {
		const lines: string[] = [];
		const stream = new Writable({
			write: (line, _, done) => {
				lines.push(String(line));
				done();
			},
		});
		calls = new Calls(clock, createLog({ level: 'info', format: 'json' }, stream));
		start();
		hear('channels/our-house/notice', joined);
		hear(
			'channels/our-house/command/page-1/attic/remote',
			encodeFrame({ id: 'a', op: 'note', params: { text: 'milk' } }),
		);
		await clock.advanceAsync(1);
		expect(lines.join('')).to.include('"op":"note"');
		expect(lines.join('')).not.to.match(/our-house|page-1|milk/);
	});

	it('ends what runs for a member that has left', async () => {
		start();
		hear('channels/our-house/notice', joined);
		hear('channels/our-house/command/page-1/attic/remote', encodeFrame({ id: 'a', op: 'stay' }));
		hear('channels/our-house/command/page-2/attic/remote', encodeFrame({ id: 'a', op: 'stay' }));
		expect(calls.count).to.equal(2);
		hear('channels/our-house/members', { left: 'page-1', why: 'gone' });
		await clock.advanceAsync(1);
		expect(calls.count).to.equal(1);
	});

	it('says what it measures only where that is allowed, and retains nothing', () => {
		start(false);
		hear('channels/our-house/notice', joined);
		place.measured({ at: '2026-01-15T17:00:00.000Z' });
		expect(topics().some((topic) => topic.endsWith('/log'))).to.equal(false);
		start(true);
		hear('channels/our-house/notice', joined);
		place.measured({ at: '2026-01-15T17:00:00.000Z' });
		place.leave();
		expect(topics().slice(-2)).to.deep.equal([
			'channels/our-house/broadcast/attic/remote/log',
			'channels/our-house/leave',
		]);
		expect([...said, place.will].every(({ retain }) => retain !== true)).to.equal(true);
		expect([...said, place.will].every(({ topic }) => readChannelTopic(topic) !== undefined)).to.equal(true);
	});
});

import { decodeFrame, encodeFrame, type RemoteClient } from '@pilotwire/contract';
import { silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { wholeInput } from '../src/core/call.ts';
import { type Asker, Calls, operation } from '../src/core/calls.ts';
import { Held } from '../src/core/held.ts';
import { callLeft } from '../src/errors.ts';
import { Meeting, RunningAgent } from './support/meeting.ts';
import { refusalOf } from './support/transfer.ts';

describe('the messages of the remote control', () => {
	it('come back as they went, as bytes and as text', () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string(), fc.string()),
				fc.uint8Array({ maxLength: 200 }),
				fc.boolean(),
				(facts, body, asText) => {
					const head = { id: 'a', info: facts };
					const frame = decodeFrame(encodeFrame(head, body, asText));
					expect(frame?.head).to.deep.equal(JSON.parse(JSON.stringify(head)));
					expect(Buffer.from(frame?.body ?? [])).to.deep.equal(Buffer.from(body));
				},
			),
		);
	});

	it('of anybody are read without harm', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
				decodeFrame(bytes);
			}),
		);
		expect(decodeFrame(Buffer.from('[1]'))).to.equal(undefined);
		expect(decodeFrame(Buffer.from('{"base64":"%"}'))).to.equal(undefined);
	});
});

describe('the calls of an agent', () => {
	let clock: VirtualClock;
	let calls: Calls;
	let said: Record<string, unknown>[];
	let bodies: Buffer[];
	let asker: Asker;
	const send = (head: object, body?: Uint8Array): void => calls.receive(asker, encodeFrame(head, body));
	const settle = (): Promise<void> => clock.advanceAsync(1);

	beforeEach(() => {
		clock = new VirtualClock();
		calls = new Calls(clock, silentLog);
		[said, bodies] = [[], []];
		const operations = {
			flood: operation(z.strictObject({ count: z.int() }), async (call, { count }) => {
				for (let index = 0; index < count; index += 1) await call.send(Buffer.from([index]));
				return { count };
			}),
			gather: operation(z.strictObject({}), async (call) => {
				const input = call.input();
				let size = 0;
				for (;;) {
					const next = await input.next();
					if (next.done === true) return { size, ...next.value };
					size += next.value.length;
				}
			}),
			broken: operation(z.strictObject({}), () => Promise.reject(new Error('broken'))),
		};
		asker = {
			...{ place: 'here', client: 'c', isLogged: true, operations },
			send: (payload) => {
				const frame = decodeFrame(payload);
				said.push({ ...frame?.head });
				bodies.push(Buffer.from(frame?.body ?? []));
			},
		};
	});
	afterEach(() => calls.end());

	it('send no more than the window until they are answered', async () => {
		send({ id: 'a', op: 'flood', params: { count: 20 }, window: 4 });
		await settle();
		expect(said).to.have.length(4);
		send({ id: 'a', ack: 1 });
		await settle();
		expect(said).to.have.length(6);
		for (let ack = 5; ack < 40; ack += 4) {
			send({ id: 'a', ack });
			await settle();
		}
		expect(said.at(-1)).to.deep.equal({ id: 'a', seq: 21, end: { count: 20 } });
		expect(said.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 22 }, (_, index) => index));
	});

	it('speak base64 to clients that want text', async () => {
		asker = {
			...asker,
			send: (payload) => void said.push(JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>),
		};
		send({ id: 'a', op: 'flood', params: { count: 1 }, text: true });
		await settle();
		expect(said[1]).to.deep.equal({ id: 'a', seq: 1, base64: 'AA==' });
		calls.receive(asker, Buffer.from(JSON.stringify({ id: 'b', op: 'gather' })));
		calls.receive(asker, Buffer.from(JSON.stringify({ id: 'b', chunk: 0, base64: 'AAEC' })));
		calls.receive(asker, Buffer.from(JSON.stringify({ id: 'b', end: {} })));
		await settle();
		expect(said.at(-1)).to.deep.include({ id: 'b', end: { size: 3 } });
	});

	it('take chunks once and in order, answer each, and say where one was lost', async () => {
		send({ id: 'a', op: 'gather' });
		send({ id: 'a', chunk: 0 }, Buffer.from('one'));
		send({ id: 'a', chunk: 0 }, Buffer.from('one'));
		send({ id: 'a', chunk: 1 }, Buffer.from('two'));
		await settle();
		expect(said.filter((one) => 'taken' in one)).to.deep.equal([
			{ id: 'a', taken: 1 },
			{ id: 'a', taken: 2 },
		]);
		send({ id: 'a', chunk: 3 }, Buffer.from('four'));
		await settle();
		expect(said.at(-1)).to.have.nested.property('error.code', 'REMOTE_LOST');
	});

	it('end where a client runs ahead without waiting', async () => {
		send({ id: 'a', op: 'gather' });
		for (let chunk = 0; chunk < 70; chunk += 1) send({ id: 'a', chunk }, Buffer.alloc(10));
		await settle();
		expect(said.some((one) => (one['error'] as { code?: string } | undefined)?.code === 'REMOTE_TOO_FAST')).to.equal(
			true,
		);
	});

	it('end when their client is silent for longer than its lease', async () => {
		send({ id: 'a', op: 'gather' });
		await clock.advanceAsync(40_000, 1_000);
		send({ id: 'a', ack: 0 });
		await clock.advanceAsync(40_000, 1_000);
		expect(calls.count).to.equal(1);
		await clock.advanceAsync(20_000, 1_000);
		expect(calls.count).to.equal(0);
		expect(said.at(-1)).to.have.nested.property('error.code', 'REMOTE_LEFT');
	});

	it('are begun once, however often their request comes, and not after their time', async () => {
		for (let index = 0; index < 3; index += 1) {
			send({ id: 'a', op: 'flood', params: { count: 1 } });
			await settle();
		}
		expect(said.filter((one) => 'end' in one)).to.have.length(1);
		expect(calls.begun).to.equal(1);
		send({ id: 'b', op: 'flood', params: { count: 1 }, expiresAt: new Date(clock.wallMs() - 1_000).toISOString() });
		expect(said.at(-1)).to.have.nested.property('error.code', 'REMOTE_EXPIRED');
	});

	it('are bounded in number, of one client and of all', async () => {
		for (let index = 0; index < 17; index += 1) send({ id: `a${index}`, op: 'gather' });
		expect(said.at(-1)).to.have.nested.property('error.code', 'REMOTE_BUSY');
		for (let client = 0; client < 5; client += 1) {
			asker = { ...asker, client: `c${client}` };
			for (let index = 0; index < 16; index += 1) send({ id: `a${index}`, op: 'gather' });
		}
		expect(calls.count).to.equal(64);
	});

	it('hold no more of all clients in memory than there may be, and less once they have ended', async () => {
		const held = new Held(100);
		calls = new Calls(clock, silentLog, held);
		const operations = {
			keep: operation(z.strictObject({}), async (call) => {
				await wholeInput(call, 1_000, callLeft());
				await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()));
				return {};
			}),
		};
		asker = { ...asker, operations };
		const keep = async (id: string, bytes: number): Promise<void> => {
			send({ id, op: 'keep' });
			send({ id, chunk: 0 }, Buffer.alloc(bytes));
			send({ id, end: {} });
			await settle();
		};
		await keep('a', 60);
		expect(held.bytes).to.equal(60);
		await keep('b', 60);
		expect(said.at(-1)).to.have.nested.property('error.code', 'REMOTE_BUSY');
		expect(held.bytes).to.equal(60);
		await keep('c', 30);
		expect(held.bytes).to.equal(90);
		send({ id: 'a', cancel: true });
		await settle();
		expect(held.bytes).to.equal(30);
		send({ id: 'd', op: 'keep' });
		for (let chunk = 0; chunk < 10; chunk += 1) send({ id: 'd', chunk }, Buffer.alloc(10));
		expect(held.bytes).to.be.at.most(100);
		await calls.end();
		expect(held.bytes).to.equal(0);
	});

	it('refuse what is no request, and what they do not know, in words', async () => {
		const cases: [object | string, string][] = [
			[{ id: 'a', op: 'flood', params: { count: 'x' } }, 'REMOTE_REQUEST_INVALID'],
			[{ id: 'a', op: 'toString' }, 'REMOTE_OFF'],
			[{ id: 'a', nonsense: 1 }, 'REMOTE_REQUEST_INVALID'],
			[{ id: 'a', chunk: 0 }, 'REMOTE_CALL_UNKNOWN'],
			[{ id: 'a', op: 'broken' }, 'REMOTE_FAILED'],
		];
		for (const [index, [head, code]] of cases.entries()) {
			send({ ...(head as object), id: `a${index}` });
			await settle();
			expect(said.at(-1), code).to.have.nested.property('error.code', code);
		}
		const before = said.length;
		calls.receive(asker, Buffer.from('not JSON'));
		calls.receive(asker, Buffer.from('{}'));
		expect(said).to.have.length(before);
	});

	it('give live bytes only while somebody takes them', async () => {
		const shown: boolean[] = [];
		asker = {
			...asker,
			operations: {
				live: operation(z.strictObject({}), async (call) => {
					for (let index = 0; index < 10; index += 1) shown.push(call.offer(Buffer.from([index]), clock.monotonicMs()));
					return {};
				}),
			},
		};
		send({ id: 'a', op: 'live', window: 5 });
		await settle();
		expect(shown.filter(Boolean)).to.have.length(4);
	});
});

describe('an agent on the bus', () => {
	let meeting: Meeting;
	let agent: RunningAgent;
	let client: RemoteClient;
	beforeEach(async () => {
		meeting = new Meeting();
		agent = await RunningAgent.start(meeting, {
			name: 'Attic',
			commands: { named: { date: { run: ['date'], about: 'the time' } } },
		});
		client = meeting.client();
	});
	afterEach(() => agent.stop());

	it('says who it is and what it can do, and that it is there', () => {
		const state = JSON.parse(meeting.retained.get('pilotwire/home/agents/attic/state') ?? '') as Record<
			string,
			unknown
		>;
		expect(state).to.deep.include({
			name: 'Attic',
			can: { commands: [{ command: 'date', about: 'the time', arguments: {} }] },
		});
		expect(meeting.retained.get('pilotwire/home/agents/attic/status')).to.equal('online');
	});

	it('clears a request that was retained, and does not do it', async () => {
		const request = { topic: 'pilotwire/home/agents/attic/to/x', qos: 1, retain: true } as const;
		await agent.stop();
		meeting.publish({ ...request, payload: encodeFrame({ id: 'a', op: 'commands.run', params: { command: 'date' } }) });
		agent = await RunningAgent.start(meeting, { commands: { named: { date: { run: ['date'] } } } });
		await refusalOf(client.call('attic', 'nothing').ended);
		expect(meeting.retained.has(request.topic)).to.equal(false);
		expect(meeting.said.some(({ topic }) => topic.endsWith('/from/x'))).to.equal(false);
	});
});

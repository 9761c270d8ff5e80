// Parts of a node of a cluster by themselves, without Redis.
import { Duplex } from 'node:stream';
import { serialize } from 'node:v8';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { CatchUp } from '../src/cluster/catch-up.ts';
import { Claims } from '../src/cluster/claims.ts';
import { Committer } from '../src/cluster/committer.ts';
import { isWithin, shardOf, shardOfFilter, writeMessage } from '../src/cluster/entries.ts';
import { GroupWatch } from '../src/cluster/group-watch.ts';
import { Groups } from '../src/cluster/groups.ts';
import { compareIds } from '../src/cluster/log-id.ts';
import { LogReader } from '../src/cluster/log-reader.ts';
import { SessionJournal } from '../src/cluster/session-journal.ts';
import type { Committed, Operation, Page, StoredEntry } from '../src/cluster/shared-store.ts';
import { openDelivery } from '../src/delivery/index.ts';
import type { ClientStream } from '../src/edge/connection.ts';
import { Edge } from '../src/edge/edge.ts';
import type { Claimant } from '../src/edge/session-claims.ts';
import { Traffic } from '../src/edge/traffic.ts';
import { Gate } from '../src/gate.ts';
import { defaultLimits } from '../src/options.ts';
import { FilterTree } from '../src/persistence/filter-tree.ts';
import type { Message } from '../src/persistence/message.ts';
import { Session, SubscriptionRecord, type Target } from '../src/persistence/session.ts';
import { BrokerStore } from '../src/persistence/store.ts';
import { Body } from '../src/persistence/waiting.ts';
import { StoredWills } from '../src/persistence/wills.ts';

const [log, clock] = [silentLog, systemClock];
const done: Committed = { head: '1-1', unheld: [], fault: undefined };

function message(text: string, topic = 't'): Message {
	return { topic, payload: Buffer.from(text), qos: 1, retain: false };
}

function committerOf(
	commit: (batch: number, operations: readonly Operation[]) => Promise<Committed>,
	onUnheld: (client: string, epoch: string) => void = () => {},
): Committer {
	return new Committer({ store: { commit }, clock, log, waitingBytes: 1000, onUnheld });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what a node has Redis do', () => {
	it('is known to be undone for a session before anybody hears that the rest is done', async () => {
		const order: string[] = [];
		const unheld = [{ client: 'box', epoch: '1' }];
		const committer = committerOf(
			async () => ({ ...done, unheld }),
			(client, epoch) => order.push(`${client} ${epoch}`),
		);
		await committer.add(['set']).then(() => order.push('done'));
		expect(order).to.deep.equal(['box 1', 'done']);
	});

	it('is not told to be done where Redis could not do it', async () => {
		const committer = committerOf(async () => ({ ...done, fault: 'WRONGTYPE' }));
		const said = await committer.add(['say']).catch((error: Error) => error.message);
		expect(said).to.equal('WRONGTYPE');
	});

	it('counts who waits for it among what takes up room', async () => {
		const committer = committerOf(() => new Promise(() => {}));
		for (let count = 0; count < 3; count += 1) void committer.barrier();
		expect(committer.isFull).to.equal(false);
		void committer.barrier();
		expect(committer.isFull).to.equal(true);
		committer.close();
	});
});

describe('the claims of a node', () => {
	it('are heard again after one of the same client went wrong', async () => {
		let adopted = 0;
		const claims = new Claims({
			store: { claim: async () => ({ kind: 'mine', epoch: '1', fields: new Map() }) },
			...{ committer: committerOf(async () => done), clock, log },
			isOthers: () => false,
			evict: () => {},
			adopt: () => {
				adopted += 1;
				if (adopted < 3) throw new Error('broken');
			},
			abandon: () => {},
		});
		const entered: string[] = [];
		const claimant = (name: string): Claimant => ({
			...{ clientId: 'box', terms: { clean: false, expiryS: 60, owner: 'device:box' } },
			isOpen: () => true,
			enter: () => void entered.push(name),
			refuse: () => void entered.push('refused'),
		});
		const claim = (name: string) => claims.claim(claimant(name)).catch((error: Error) => error.message);
		expect(await claim('first')).to.equal('broken');
		expect(await Promise.all([claim('second'), claim('third')])).to.deep.equal(['broken', undefined]);
		expect(entered).to.deep.equal(['third']);
	});

	it('end where the account of a client is removed that waits for its own', async () => {
		const open = await openDelivery({ limits: defaultLimits, clock, log });
		const gate = new Gate({
			log,
			clock,
			rights: () => ({ mayPublish: () => true, maySubscribe: () => true, mayUseChannels: false }),
		});
		gate.ask({
			authenticate: async (name) => ({ kind: 'signed_in', principal: { kind: 'device', name }, stamp: '1' }),
			stampOf: async () => '1',
			onChange: () => {},
			close: async () => {},
		});
		const claimed: Claimant[] = [];
		let heard = (): void => {};
		const waiting = new Promise<void>((resolve) => {
			heard = resolve;
		});
		const claims = {
			...{ isLost: false, isFull: false },
			async claim(claimant: Claimant): Promise<void> {
				claimed.push(claimant);
				if (claimed.length === 2) heard();
			},
		};
		const channels = undefined;
		const edge = new Edge({
			...{ gate, router: open.router, channels, claims, limits: defaultLimits, traffic: new Traffic(), log, clock },
		});
		for (const username of ['box', 'lamp']) {
			const conn = new Duplex({ read: () => {}, write: (_chunk, _encoding, written) => written() });
			edge.accept(conn as ClientStream, { ip: '192.0.2.1', port: 1 });
			conn.push(
				generate({
					...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: `of-${username}`, clean: true },
					...{ keepalive: 60, username, password: Buffer.from('secret') },
				}),
			);
		}
		await waiting;
		edge.revoke(['box']);
		const standing = claimed.map(({ clientId, isOpen }) => [clientId, isOpen()]);
		edge.close();
		await open.close();
		expect(standing).to.have.deep.members([
			['of-box', false],
			['of-lamp', true],
		]);
	});
});

describe('a session that catches up', () => {
	it('gets what the log has not brought here yet when that does, and not before', async () => {
		const session = new Session('box', 1, true, 60);
		const filter = { filter: 't', qos: 1, nl: false, rap: false, rh: 0 } as const;
		session.subscriptions.set('t', new SubscriptionRecord(session, filter, '0-0'));
		const entry = (at: number): StoredEntry => ({ id: `1-${at}`, bytes: writeMessage(message(String(at))) });
		const [got, joined]: [string[], string[]] = [[], []];
		let applied = '1-2';
		const target: Target = { session, qos: 1, rap: false, identifiers: [] };
		const catchUp = new CatchUp({
			...{ session, from: '1-0', flight: { until: '1-0', items: [] }, clock: new VirtualClock(0), log, keptForS: 1000 },
			store: {
				shards: async () => ['t'],
				// The log reaches the third while the page is read, which has the fourth already.
				page: async (): Promise<Page> => {
					if (applied === '1-3') return new Promise(() => {});
					applied = '1-3';
					const body = new Body(1, 0, message('3'));
					body.at = '1-3';
					session.behind?.offer(body, target);
					return { entries: [1, 2, 3, 4].map(entry), until: undefined, cut: false };
				},
			},
			applied: () => applied,
			feed: ({ message: { payload } }) => got.push(payload.toString()) > 0,
			join: ({ message: { payload } }) => joined.push(payload.toString()),
			pump: () => {},
			onCut: () => {},
		});
		session.behind = catchUp;
		catchUp.start();
		for (let turns = 0; turns < 10 && session.behind !== undefined; turns += 1) await turn();
		expect({ got, joined, behind: session.behind }).to.deep.equal({
			got: ['1', '2', '3'],
			joined: [],
			behind: undefined,
		});
	});

	it('joins the others where a page reaches as far as the log has here, though that has more', async () => {
		const session = new Session('box', 1, true, 60);
		const filter = { filter: 't', qos: 1, nl: false, rap: false, rh: 0 } as const;
		session.subscriptions.set('t', new SubscriptionRecord(session, filter, '0-0'));
		const asked: string[] = [];
		const catchUp = new CatchUp({
			...{ session, from: '1-0', flight: { until: '1-0', items: [] }, clock: new VirtualClock(0), log, keptForS: 1000 },
			store: {
				shards: async () => ['t'],
				page: async (_shards, after): Promise<Page> => {
					asked.push(after);
					if (asked.length > 1) return new Promise(() => {});
					return { entries: [{ id: '1-9', bytes: writeMessage(message('9')) }], until: '1-9', cut: false };
				},
			},
			applied: () => '1-5',
			feed: ({ at }) => compareIds(at, '1-5') <= 0,
			...{ join: () => {}, pump: () => {}, onCut: () => {} },
		});
		session.behind = catchUp;
		catchUp.start();
		for (let turns = 0; turns < 10 && session.behind !== undefined; turns += 1) await turn();
		expect({ asked, behind: session.behind }).to.deep.equal({ asked: ['1-0'], behind: undefined });
	});
});

describe('parts of a log', () => {
	const level = fc.constantFrom('pilotwire', 'a', 'b', '');
	const topics = fc
		.array(level, { minLength: 1, maxLength: 4 })
		.map((levels) => levels.join('/'))
		.filter((topic) => topic !== '');

	it('are read by every filter that takes in a topic they have', () => {
		const filters = fc
			.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 })
			.chain((levels) => fc.constantFrom(levels.join('/'), [...levels, '#'].join('/'), '#'))
			.filter((filter) => filter !== '');
		fc.assert(
			fc.property(topics, filters, (topic, filter) => {
				const tree = new FilterTree<string>();
				tree.add(filter.split('/'), filter, filter);
				let matches = false;
				tree.match(topic, () => {
					matches = true;
				});
				const named = shardOfFilter(filter);
				if (matches)
					expect(named === undefined ? isWithin(filter, shardOf(topic)) : named === shardOf(topic)).to.equal(true);
			}),
			{ numRuns: 500 },
		);
	});

	it('are houses, and what is beside them by its first level: a device has one, however many topics', () => {
		const found = ['pilotwire/x/circuits/a/state', 'pilotwire/x', 'pilotwire', 'lamp/1', 'lamp/2/state', 'lamp'].map(
			shardOf,
		);
		expect(found).to.deep.equal(['pilotwire/x', 'pilotwire/x', 'pilotwire', 'lamp', 'lamp', 'lamp']);
	});
});

describe('what a node remembers', () => {
	it('of shared subscriptions is nothing of before once it begins anew', () => {
		const groups = new Groups();
		groups.set('$share/g/t', 'gone', 1);
		groups.clear();
		groups.set('$share/g/other', 'here', 1);
		expect([groups.of('t'), groups.nodeFor('$share/g/t', '1-1')]).to.deep.equal([[], undefined]);
		const watch = new GroupWatch();
		for (const node of ['gone', 'here']) watch.gave(node, { at: '1-1', filter: '$share/g/t', message: message('x') });
		watch.only(new Set(['here']));
		expect([watch.take('gone').length, watch.take('here').length]).to.deep.equal([0, 1]);
	});

	it('of a will whose delay runs is nothing: whichever node comes first says it', async () => {
		const written: Operation[] = [];
		const committer = committerOf(async (_batch, operations) => {
			written.push(...operations);
			return done;
		});
		const hold = { client: 'box', epoch: '1', isOver: false };
		const journal = new SessionJournal({ committer, clock, holdOf: () => hold, reachedBy: () => '0-0' });
		const wills = new StoredWills((item) => journal.note(item));
		const will = { topic: 'gone', delayS: 60, dueMs: clock.wallMs() + 60_000 };
		wills.put('box', will);
		await committer.committed();
		expect(written.map(([what, , , blob]) => [what, blob])).to.deep.equal([['later', serialize(will)]]);
		expect(wills.all()).to.deep.equal([]);
		wills.put('box', { topic: 'gone', delayS: 60 });
		expect(wills.all()).to.have.length(1);
	});

	it('that is past its expiry is told to all, once it goes', async () => {
		const [virtual, expired] = [new VirtualClock(), [] as string[]];
		const onExpired = ({ topic }: Message): void => void expired.push(topic);
		const store = new BrokerStore({ limits: defaultLimits, clock: virtual, log, onExpired });
		await store.load();
		store.retain({ ...message('x', 'stays'), retain: true });
		store.retain({ ...message('x', 'goes'), retain: true, expiresAt: virtual.wallMs() + 1000 });
		virtual.advance(120_000);
		expect(expired).to.deep.equal(['goes']);
		await store.close();
	});
});

describe('a node that stops', () => {
	it('does not wait for a Redis that is away', async () => {
		const away = async (): Promise<never> => {
			throw new Error('away');
		};
		const virtual = new VirtualClock();
		const reader = new LogReader({
			...{ store: { read: away, head: away }, clock: virtual, log },
			...{ onEntry: () => {}, onGap: async () => {} },
		});
		reader.start('0-0');
		await turn();
		await reader.stop();
	});
});

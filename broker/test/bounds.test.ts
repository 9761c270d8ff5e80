// What the store holds on to, and for how long.
import { join } from 'node:path';
import { serialize, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Database, openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { setStateAside } from '../src/io/state-file.ts';
import { defaultLimits, type Limits } from '../src/options.ts';
import type { Message, MessageProperties } from '../src/persistence/message.ts';
import { BrokerStore } from '../src/persistence/store.ts';
import { stateMigrations } from '../src/persistence/tables.ts';

const hour = 3_600_000;
const atLeastOnce = { qos: 1, retain: false, identifiers: [] } as const;
const subscription = { filter: 'private/#', qos: 1, nl: false, rap: false, rh: 0 } as const;

function message(topic: string, more: Partial<Message> = {}): Message {
	return { topic, payload: Buffer.from('x'), qos: 1, retain: true, ...more };
}

/** About 10 kB each, in every kind that a property can have. */
const heavy: readonly MessageProperties[] = [
	{ contentType: 'x'.repeat(10_000) },
	{ correlationData: Buffer.alloc(10_000) },
	{ userProperties: [['x'.repeat(5000), 'x'.repeat(5000)]] },
	{ userProperties: Array.from({ length: 200 }, () => ['', '']) },
];

describe('the bounds of the store', function () {
	this.timeout(30_000);
	const folder = temporaryDirectory();
	let clock: VirtualClock;
	let store: BrokerStore | undefined;

	beforeEach(() => {
		clock = new VirtualClock();
	});

	afterEach(async () => {
		await store?.close();
		store = undefined;
	});

	const openFile = (): Promise<Database> =>
		openDatabase({
			path: join(folder.path, 'broker.db'),
			migrations: stateMigrations,
			log: silentLog,
			clock: systemClock,
		});

	async function load(limits: Partial<Limits> = {}, open?: () => Promise<Database>): Promise<BrokerStore> {
		await store?.close();
		store = new BrokerStore({ open, limits: { ...defaultLimits, ...limits }, clock, log: silentLog });
		await store.load();
		return store;
	}

	it("leave what the broker tells of itself out: it takes nobody's room, and always has some", async () => {
		const { retained } = await load({ retainedTopics: 2, retainedBytes: 10_000 });
		for (let index = 0; index < 10; index += 1)
			retained.keep(message(`$SYS/broker/${index}`, { payload: Buffer.alloc(5000) }));
		const kept = ['a', 'b', 'c'].map((topic) => retained.keep(message(topic)));
		expect(kept).to.deep.equal(['kept', 'kept', 'full']);
		expect(retained.keep(message('$SYS/broker/more'))).to.equal('kept');
		expect(retained.keep(message('$SYS/broker/more', { payload: Buffer.alloc(0) }))).to.equal('cleared');
		expect([retained.size, [...retained.matching('$SYS/#')].length]).to.deep.equal([2, 10]);
		for (const topic of ['a', 'b']) retained.keep(message(topic, { payload: Buffer.alloc(0) }));
		expect([retained.size, retained.bytes]).to.deep.equal([0, 0]);
	});

	for (const [index, properties] of heavy.entries()) {
		it(`count the properties of retained messages and of what waits (${index + 1})`, async () => {
			const bounded = await load({ retainedBytes: 100_000, queuedBytes: 100_000 });
			const { retained, queues } = bounded;
			for (let count = 0; count < 50; count += 1) retained.keep(message(`t/${count}`, { properties }));
			expect(retained.size).to.equal(9);
			expect(retained.bytes).to.be.within(90_000, 100_000);
			const session = bounded.create('absent', 1000);
			for (let count = 0; count < 50; count += 1) {
				queues.add(session, queues.body(message('t', { properties })), atLeastOnce);
			}
			expect(session.queue.length).to.equal(9);
			for (let count = 0; count < 50; count += 1) retained.keep(message(`t/${count}`, { payload: Buffer.alloc(0) }));
			expect(retained.bytes).to.equal(0);
		});
	}

	it('count the same for a retained message that is replaced, and after a restart', async () => {
		const first = await load({}, openFile);
		first.retain(message('t', { properties: { contentType: 'x'.repeat(10_000) } }));
		first.retain(message('t', { properties: { contentType: 'x'.repeat(500) } }));
		first.retain(message('u'));
		const { bytes } = first.retained;
		expect(bytes).to.be.within(700, 1500);
		const second = await load({}, openFile);
		expect(second.retained.bytes).to.equal(bytes);
	});

	it('let go of expired messages while their client is absent', async () => {
		setFlagsFromString('--expose-gc');
		const collect = runInNewContext('gc') as () => void;
		const memory = await load();
		const { queues } = memory;
		const session = memory.create('absent', 1000);
		queues.add(session, queues.body(message('stays')), atLeastOnce);
		const expiring = (): WeakRef<object> => {
			const body = queues.body(message('t', { expiresAt: clock.wallMs() + 1000 }));
			queues.add(session, body, atLeastOnce);
			return new WeakRef(body);
		};
		const expired = Array.from({ length: 10 }, expiring);
		queues.add(session, queues.body(message('stays too')), atLeastOnce);
		clock.advance(60_000);
		await new Promise((resolve) => setImmediate(resolve));
		collect();
		expect(expired.filter((body) => body.deref() !== undefined)).to.have.length(0);
		expect([...session.queue.all()].map(({ body }) => body.message.topic)).to.deep.equal(['stays', 'stays too']);
	});

	it('keep sessions and what waits for their time, however the wall clock is set', async () => {
		const memory = await load({ queuedForS: 3600, sessionForS: 7200 });
		const session = memory.create('absent', 0xffff_ffff);
		memory.update(session, 0xffff_ffff, false);
		memory.queues.add(session, memory.queues.body(message('t')), atLeastOnce);
		clock.stepWall(400 * 24 * hour);
		clock.advance(hour - 60_000);
		expect([session.queue.length, memory.isOver(session)]).to.deep.equal([1, false]);
		clock.stepWall(-800 * 24 * hour);
		clock.advance(60_000);
		expect([session.queue.length, memory.isOver(session)]).to.deep.equal([0, false]);
		clock.advance(hour);
		expect(memory.isOver(session)).to.equal(true);
	});

	it('begin anew for what was restored, and keep whose a session is', async () => {
		const limits = { queuedForS: 3600, sessionForS: 7200 };
		const before = await load(limits, openFile);
		const left = before.create('absent', 0xffff_ffff, 'person:ada');
		before.update(left, 0xffff_ffff, false);
		before.queues.add(left, before.queues.body(message('t')), atLeastOnce);
		clock.stepWall(400 * 24 * hour);
		const after = await load(limits, openFile);
		const session = after.sessions.get('absent');
		if (session === undefined) throw new Error('no session');
		expect(session.owner).to.equal('person:ada');
		clock.advance(hour - 60_000);
		expect([session.queue.length, after.isOver(session)]).to.deep.equal([1, false]);
		clock.advance(60_000 + hour);
		expect([session.queue.length, after.isOver(session)]).to.deep.equal([0, true]);
	});

	it('leave nothing of a session that ends before it is on the disk to the next one', async () => {
		const first = await load({}, openFile);
		const short = first.create('short', 1000);
		first.subscribe(short, subscription);
		first.addIncoming(short, 7);
		first.drop(short);
		await store?.close();
		store = undefined;
		const database = await openFile();
		const left = await database.all('SELECT session FROM subscription UNION SELECT session FROM incoming');
		await database.close();
		expect(left).to.deep.equal([]);
	});

	it('take out what an older version left of sessions that are gone', async () => {
		const database = await openFile();
		const sql = `INSERT INTO subscription (session, filter, options) VALUES (1, X'41', '{"qos":1}')`;
		await database.batch([{ sql }, { sql: 'INSERT INTO incoming (session, packet) VALUES (1, 7)' }]);
		await database.close();
		(await load({}, openFile)).create('stranger', 1000);
		const session = (await load({}, openFile)).sessions.get('stranger');
		expect([session?.number, session?.subscriptions.size, session?.incoming.size]).to.deep.equal([1, 0, 0]);
	});

	it('read what the version before wrote: retained, sessions with what waits, wills', async () => {
		const migrations = stateMigrations.slice(0, 2);
		const path = join(folder.path, 'broker.db');
		const older = await openDatabase({ path, migrations, log: silentLog, clock: systemClock });
		const rows: readonly [table: string, ...values: (string | number | Uint8Array | null)[]][] = [
			['retained', Buffer.from('kept/state'), Buffer.from('on'), 1, null],
			['session', 7, Buffer.from('absent'), 1000, 1_700_000_000_000],
			['session', 8, Buffer.from('connected'), 0xffff_ffff, null],
			['subscription', 7, Buffer.from('t/#'), '{"qos":1,"nl":false,"rap":true,"rh":2}'],
			['message', 3, 1_700_000_000_000, Buffer.from('t/1'), Buffer.from('waiting'), 1, null],
			['waiting', 7, 5, 3, 1, 0, '[9]', 0, 0],
			['incoming', 8, 77],
			['will', Buffer.from('connected'), serialize({ topic: 'gone', payload: Buffer.from('x') })],
		];
		for (const [table, ...params] of rows) {
			await older.run(`INSERT INTO ${table} VALUES (${params.map(() => '?').join(', ')})`, params);
		}
		await older.close();
		const { retained, sessions, wills, queues } = await load({}, openFile);
		expect(retained.get('kept/state')?.payload.toString()).to.equal('on');
		const absent = sessions.get('absent');
		expect(absent).to.include({ number: 7, expiryS: 1000, owner: undefined });
		expect([...(absent?.subscriptions.values() ?? [])].map(({ value }) => value)).to.deep.equal([
			{ filter: 't/#', qos: 1, nl: false, rap: true, rh: 2 },
		]);
		const [waiting, ...others] = absent?.queue.all() ?? [];
		expect(others).to.have.length(0);
		expect(waiting?.body.message).to.deep.include({ topic: 't/1', payload: Buffer.from('waiting'), qos: 1 });
		expect(waiting?.how).to.deep.equal({ qos: 1, retain: false, identifiers: [9] });
		expect(queues.bytes).to.equal(absent?.queue.bytes);
		expect([...(sessions.get('connected')?.incoming.keys() ?? [])]).to.deep.equal([77]);
		expect(wills.all().map(([client, { topic }]) => [client, topic])).to.deep.equal([['connected', 'gone']]);
	});

	it('have nothing to put aside where there is no state file, and never lose one that there is', async () => {
		const path = join(folder.path, 'broker.db');
		expect(await setStateAside(path, 0)).to.equal(undefined);
		(await load({}, openFile)).retain(message('t'));
		await store?.close();
		store = undefined;
		const aside = await setStateAside(path, 0);
		expect(aside).to.equal(`${path}.unread-1970-01-01T00-00-00.000Z`);
		expect((await load({}, openFile)).retained.size).to.equal(0);
		const unread = (): Promise<Database> =>
			openDatabase({ path: String(aside), migrations: stateMigrations, log: silentLog, clock: systemClock });
		expect((await load({}, unread)).retained.size).to.equal(1);
	});
});

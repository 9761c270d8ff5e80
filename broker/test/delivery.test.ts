// Who gets what, in which order and within which bounds, without sockets.
import { join } from 'node:path';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import {
	type Message,
	type OpenDelivery,
	openDelivery,
	type Peer,
	type Router,
	type Sending,
} from '../src/delivery/index.ts';
import { defaultLimits, type Limits } from '../src/options.ts';

/** A client that keeps what it gets, and acknowledges when it is told to. */
class FakePeer implements Peer {
	readonly id: string;
	readonly window: number;
	readonly got: (Sending & { readonly topic: string; readonly text: string })[] = [];
	readonly released: number[] = [];
	backlogBytes = 0;
	overflows = 0;
	misses = 0;
	readonly #waiting = new Set<() => void>();

	constructor(id: string, window = 1000) {
		this.id = id;
		this.window = window;
	}

	get texts(): string[] {
		return this.got.map(({ text }) => text);
	}

	mayRead(topic: string): boolean {
		return topic !== 'forbidden';
	}

	send({ topic, payload }: Message, { qos, retain, dup, messageId, identifiers }: Sending): boolean {
		this.got.push({ ...{ qos, retain, dup, messageId, identifiers }, topic, text: payload.toString() });
		this.#happened();
		return true;
	}

	release(messageId: number): void {
		this.released.push(messageId);
		this.#happened();
	}

	/** Resolves once so many messages have come and so many were released. */
	async until({ got = 0, released = 0 }): Promise<void> {
		await new Promise<void>((resolve) => {
			const check = (): void => {
				if (this.got.length >= got && this.released.length >= released) resolve();
			};
			this.#waiting.add(check);
			check();
		});
	}

	overflow(): void {
		this.overflows += 1;
	}

	missed(): void {
		this.misses += 1;
	}

	#happened(): void {
		for (const check of this.#waiting) check();
	}
}

describe('delivery', function () {
	// The thread of the state file starts late where the machine is busy.
	this.timeout(60_000);
	const folder = temporaryDirectory();
	let open: OpenDelivery | undefined;

	afterEach(async () => {
		await open?.close();
		open = undefined;
	});

	async function start(limits: Partial<Limits> = {}, onDisk = false): Promise<Router> {
		const stateFile = onDisk ? join(folder.path, 'broker.db') : undefined;
		open = await openDelivery({
			limits: { ...defaultLimits, ...limits },
			clock: systemClock,
			log: silentLog,
			stateFile,
		});
		return open.router;
	}

	async function restart(): Promise<Router> {
		await open?.close();
		return start({}, true);
	}

	/** A client that connects and, the first time, subscribes. */
	function enter(router: Router, peer: FakePeer, filter: string, qos: 0 | 1 | 2, kept = true): boolean {
		const { sessionPresent } = router.sessions.attach(peer, { clean: !kept, expiryS: kept ? 0xffff_ffff : 0 });
		router.sessions.resume(peer);
		if (!sessionPresent) router.sessions.subscribe(peer, { filter, qos, nl: false, rap: false, rh: 0 });
		return sessionPresent;
	}

	const leave = (router: Router, peer: FakePeer): boolean => router.sessions.detach(peer, { expiryS: 0xffff_ffff });

	/** Comes back and acknowledges nothing. */
	function backAs(router: Router, id: string): FakePeer {
		const peer = new FakePeer(id);
		enter(router, peer, 't', 1);
		return peer;
	}

	function publish(router: Router, topic: string, text: string, qos: 0 | 1 | 2, retain = false) {
		return router.publish({ topic, payload: Buffer.from(text), qos, retain, from: 'publisher' });
	}

	const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

	for (const qos of [0, 1, 2] as const) {
		it(`loses and reorders none of 1,000 messages that are retained and not in turn, at QoS ${qos}`, async () => {
			const router = await start();
			const peer = new FakePeer('subscriber', 2000);
			enter(router, peer, 't', 2, false);
			for (const text of numbers(1000)) publish(router, 't', text, qos, Number(text) % 2 === 0);
			expect(peer.texts).to.deep.equal(numbers(1000));
		});
	}

	it('sends what waited before what comes, in order, while publishers go on', async () => {
		const router = await start();
		const absent = new FakePeer('absent', 10);
		enter(router, absent, 't', 1);
		leave(router, absent);
		for (const text of numbers(50)) publish(router, 't', text, 1);
		const back = new FakePeer('absent', 10);
		expect(enter(router, back, 't', 1)).to.equal(true);
		for (let count = 50; back.texts.length < 100; count += 1) {
			if (count < 100) publish(router, 't', String(count), 1);
			const last = back.got.at(-1);
			if (last !== undefined) router.acknowledge(back, 'puback', last.messageId);
			for (const { messageId } of back.got) router.acknowledge(back, 'puback', messageId);
		}
		expect(back.texts).to.deep.equal(numbers(100));
	});

	it('keeps a slow client on its newest retained states, and its QoS 1 messages in order', async () => {
		const router = await start();
		const slow = new FakePeer('slow');
		const healthy = new FakePeer('healthy');
		enter(router, slow, '#', 1, false);
		enter(router, healthy, '#', 1, false);
		slow.backlogBytes = defaultLimits.slowBytes;
		for (const text of numbers(100)) {
			publish(router, `state/${Number(text) % 3}`, text, 0, true);
			publish(router, 'event', text, 0);
			publish(router, 'order', text, 1);
		}
		expect(healthy.got).to.have.length(300);
		expect(slow.got).to.have.length(0);
		expect(slow.misses).to.equal(200);
		expect(router.sessions.counters.droppedSlow).to.equal(200);
		slow.backlogBytes = 0;
		router.drained(slow);
		const of = (topic: string): string[] => slow.got.filter((one) => one.topic === topic).map(({ text }) => text);
		expect([of('state/0'), of('state/1'), of('state/2')]).to.deep.equal([['99'], ['97'], ['98']]);
		expect(of('event')).to.deep.equal([]);
		expect(of('order')).to.deep.equal(numbers(100));
	});

	it('bounds what a client gets that never acknowledges, and what waits for it', async () => {
		const router = await start({ queuedMessages: 100 });
		const mute = new FakePeer('mute', 20);
		enter(router, mute, 't', 1);
		for (const text of numbers(50_000)) publish(router, 't', text, 1);
		expect(mute.texts).to.deep.equal(numbers(20));
		const { queued, queueFull } = router.sessions.counters;
		expect({ queued, queueFull }).to.deep.equal({ queued: 100, queueFull: 49_900 });
		for (const { messageId } of [...mute.got]) router.acknowledge(mute, 'puback', messageId);
		expect(mute.texts).to.deep.equal(numbers(40));
	});

	it('bounds all queues together, by what they take up', async () => {
		const router = await start({ queuedBytesInAll: 100_000 });
		for (const name of ['a', 'b']) {
			const peer = new FakePeer(name);
			enter(router, peer, name, 1);
			leave(router, peer);
		}
		for (let count = 0; count < 200; count += 1) publish(router, count % 2 === 0 ? 'a' : 'b', 'x'.repeat(1000), 1);
		expect(router.sessions.counters.queuedBytes).to.be.within(95_000, 100_000);
		expect(router.sessions.counters.queueFull).to.be.greaterThan(100);
	});

	it('counts a message that waits for many once, and a bit for each of them', async () => {
		const router = await start({ queuedBytesInAll: 100_000 });
		for (let count = 0; count < 100; count += 1) {
			const peer = new FakePeer(`client-${count}`);
			enter(router, peer, 't', 1);
			leave(router, peer);
		}
		for (let count = 0; count < 100; count += 1) publish(router, 't', 'x', 1);
		const { queued, queuedBytes, queueFull } = router.sessions.counters;
		expect(queuedBytes).to.be.within(99_000, 100_000);
		expect(queued).to.be.within(400, 500);
		expect(queued + queueFull).to.equal(10_000);
		for (let count = 0; count < 100; count += 1)
			router.sessions.detach(backAs(router, `client-${count}`), { expiryS: 0 });
		expect(router.sessions.counters.queuedBytes).to.equal(0);
	});

	it('keeps so many sessions of absent clients and no more', async () => {
		const router = await start({ sessions: 1000 });
		for (let count = 0; count < 10_000; count += 1) {
			const peer = new FakePeer(`client-${count}`);
			enter(router, peer, 't', 1);
			leave(router, peer);
		}
		expect(router.sessions.counters.sessions).to.equal(1000);
		expect(router.sessions.counters.notKept).to.equal(9000);
		expect(router.sessions.counters.subscriptions).to.equal(1000);
		publish(router, 't', 'x', 1);
		expect(router.sessions.counters.queued).to.equal(1000);
		expect(router.sessions.recipients.size).to.equal(1000);
	});

	it('looks 50 exact topics up among 100,000 retained ones about as fast as among 100', async () => {
		const router = await start({ retainedTopics: 100_000 });
		const peer = new FakePeer('subscriber');
		enter(router, peer, 'nothing', 0, false);
		/** What else runs on the machine makes some of them longer, and none shorter. */
		const shortestMs = (): number => {
			const tookMs = Array.from({ length: 10 }, () => {
				peer.got.length = 0;
				const from = performance.now();
				for (let count = 0; count < 50; count += 1) {
					const filter = `a/${count}/${count}`;
					const subscription = { filter, qos: 0, nl: false, rap: false, rh: 0 } as const;
					router.sessions.subscribe(peer, subscription);
					router.sendRetained(peer, [{ ...subscription, isNew: true }]);
				}
				expect(peer.got).to.have.length(50);
				return performance.now() - from;
			});
			return Math.min(...tookMs);
		};
		const retain = (from: number, to: number): void => {
			for (let count = from; count < to; count += 1) publish(router, `a/${count % 100}/${count}`, 'x', 0, true);
		};
		retain(0, 100);
		const amongFewMs = shortestMs();
		retain(100, 100_000);
		// Were each of them looked at, it would be a thousand times as long.
		expect(shortestMs() / amongFewMs).to.be.lessThan(20);
	});

	it('sends 100,000 retained messages in turns, so that others have theirs', async () => {
		const router = await start({ retainedTopics: 100_000 });
		for (let count = 0; count < 100_000; count += 1) publish(router, `a/${count}`, 'x', 0, true);
		const peer = new FakePeer('subscriber');
		const subscription = { filter: '#', qos: 0, nl: false, rap: false, rh: 0 } as const;
		enter(router, peer, 'nothing', 0, false);
		let most = 0;
		let before = 0;
		router.sendRetained(peer, [{ ...subscription, isNew: true }]);
		while (peer.got.length < 100_000) {
			await new Promise((resolve) => setImmediate(resolve));
			most = Math.max(most, peer.got.length - before);
			before = peer.got.length;
		}
		// A look may come after two turns.
		expect(most).to.be.within(1, 1_000);
	});

	it('looks what is retained for 10,000 new subscriptions up in turns', async () => {
		const router = await start();
		for (let count = 0; count < 10_000; count += 1) publish(router, `a/${count}`, 'x', 0, true);
		const peer = new FakePeer('subscriber');
		enter(router, peer, 'nothing', 0, false);
		const subscriptions = Array.from({ length: 10_000 }, (_, count) => {
			return { filter: `a/${count}`, qos: 0, nl: false, rap: false, rh: 0, isNew: true } as const;
		});
		router.sendRetained(peer, subscriptions);
		let turns = 0;
		for (; peer.got.length < 10_000; turns += 1) await new Promise((resolve) => setImmediate(resolve));
		expect(turns).to.be.greaterThan(20);
		expect(new Set(peer.got.map(({ topic }) => topic)).size).to.equal(10_000);
	});

	it('drops what waits longer than it is worth, and counts it', async () => {
		const router = await start();
		const absent = new FakePeer('absent');
		enter(router, absent, '#', 1);
		leave(router, absent);
		router.publish({ topic: 't', payload: Buffer.from('old'), qos: 1, retain: false, expiresAt: Date.now() - 1 });
		publish(router, 't', 'new', 1);
		publish(router, 'forbidden', 'secret', 1);
		const back = new FakePeer('absent');
		enter(router, back, '#', 1);
		expect(back.texts).to.deep.equal(['new']);
		expect(router.sessions.counters.expired).to.equal(1);
		router.acknowledge(back, 'puback', back.got[0]?.messageId ?? 0);
		expect(router.sessions.counters.queued).to.equal(0);
	});

	it('asks for the disk only where something has to be kept', async () => {
		const router = await start({}, true);
		enter(router, new FakePeer('clean'), 'c', 1, false);
		const kept = new FakePeer('kept');
		enter(router, kept, 'k', 1);
		await router.sessions.committed(kept);
		expect(publish(router, 'c', 'x', 1).stored).to.equal(undefined);
		expect(publish(router, 'nobody', 'x', 2).stored).to.equal(undefined);
		expect(publish(router, 'state', 'x', 0, true).stored).to.equal(undefined);
		const stored = publish(router, 'k', 'x', 1).stored;
		// It is delivered already: nothing but the acknowledgement waits.
		expect(kept.texts).to.deep.equal(['x']);
		expect(stored).to.be.instanceOf(Promise);
		expect(publish(router, 'state', 'y', 1, true).stored).to.be.instanceOf(Promise);
		await stored;
	});

	it('has sessions again after a restart: subscriptions, what waits, QoS 2 half way, wills', async () => {
		let router = await start({}, true);
		const peer = new FakePeer('kept');
		enter(router, peer, 't/#', 2);
		await publish(router, 't/2', 'released', 2).stored;
		await peer.until({ got: 1 });
		const [first] = peer.got;
		router.acknowledge(peer, 'pubrec', first?.messageId ?? 0);
		await peer.until({ released: 1 });
		expect(peer.released).to.deep.equal([first?.messageId]);
		await router.incoming.add('kept', 77);
		router.wills.put('kept', { topic: 'gone', payload: Buffer.from('x') });
		leave(router, peer);
		await publish(router, 't/1', 'waiting', 1).stored;
		router = await restart();
		const back = new FakePeer('kept');
		expect(enter(router, back, 't/#', 2)).to.equal(true);
		expect(back.released).to.deep.equal([first?.messageId]);
		expect(back.texts).to.deep.equal(['waiting']);
		expect(router.incoming.has('kept', 77)).to.equal(true);
		expect(router.wills.all()).to.deep.equal([['kept', { topic: 'gone', payload: Buffer.from('x') }]]);
		router.acknowledge(back, 'pubcomp', first?.messageId ?? 0);
		for (const { messageId } of back.got) router.acknowledge(back, 'puback', messageId);
		router.sessions.detach(back, { expiryS: 0 });
		router = await restart();
		expect(enter(router, new FakePeer('kept'), 't/#', 2)).to.equal(false);
		expect(router.sessions.counters.queued).to.equal(0);
	});

	it('sends again only what the client may still read', async () => {
		const router = await start();
		const peer = new FakePeer('narrowed');
		enter(router, peer, '#', 2);
		for (const qos of [1, 2] as const) {
			publish(router, 'secret', 'not any more', qos);
			publish(router, 'open', 'still', qos);
		}
		expect(peer.texts).to.have.length(4);
		leave(router, peer);
		const back = new FakePeer('narrowed');
		back.mayRead = (topic) => topic !== 'secret';
		enter(router, back, '#', 2);
		expect(back.texts).to.deep.equal(['still', 'still']);
		for (const { messageId, qos } of back.got) {
			router.acknowledge(back, qos === 1 ? 'puback' : 'pubrec', messageId);
			if (qos === 2) router.acknowledge(back, 'pubcomp', messageId);
		}
		expect(router.sessions.counters.queued).to.equal(0);
	});

	it('takes an ownerless session for that of whoever comes first', async () => {
		const router = await start();
		const owned = (owner?: string) => ({ clean: false, expiryS: 100, ...(owner === undefined ? {} : { owner }) });
		const before = new FakePeer('old');
		router.sessions.attach(before, owned());
		leave(router, before);
		expect(router.sessions.isOthers('old', 'person:alice')).to.equal(false);
		const peer = new FakePeer('old');
		expect(router.sessions.attach(peer, owned('person:alice')).sessionPresent).to.equal(true);
		const others = ['person:alice', 'person:bob', 'device:alice'].map((owner) =>
			router.sessions.isOthers('old', owner),
		);
		expect(others).to.deep.equal([false, true, true]);
		expect(router.sessions.detach(peer, { expiryS: 0 })).to.equal(false);
		expect(router.sessions.isOthers('old', 'person:bob')).to.equal(false);
	});
});

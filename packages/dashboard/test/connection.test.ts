import { expect } from 'chai';
import { Connection, type Listener } from '../src/core/connection.ts';
import type { Link } from '../src/core/freshness.ts';

/** A world in which time passes when the test says so. */
class World {
	nowMs = 0;
	session: 'holds' | 'ended' | 'unknown' = 'holds';
	ended = 0;
	readonly links: Link[] = [];
	readonly opened: { readonly listener: Listener; abandoned: boolean }[] = [];
	readonly sent: string[] = [];
	#timers: { readonly atMs: number; readonly act: () => void }[] = [];
	readonly connection = new Connection({
		open: (listener) => {
			const attempt = { listener, abandoned: false };
			this.opened.push(attempt);
			return () => {
				attempt.abandoned = true;
			};
		},
		nowMs: () => this.nowMs,
		after: (ms, act) => {
			const timer = { atMs: this.nowMs + ms, act };
			this.#timers.push(timer);
			return () => {
				this.#timers = this.#timers.filter((one) => one !== timer);
			};
		},
		sessionHolds: async () => this.session,
		onLink: (link) => this.links.push(link),
		onMessage: ({ topic }) => this.sent.push(topic),
		onEnded: () => {
			this.ended += 1;
		},
	});

	get timers(): number {
		return this.#timers.length;
	}

	get last(): Listener {
		const attempt = this.opened.at(-1);
		if (attempt === undefined) throw new Error('nothing was opened');
		return attempt.listener;
	}

	comeUp(): void {
		this.last.up({
			publish: async (topic) => void this.sent.push(`> ${topic}`),
			subscribe: (filter) => void this.sent.push(`+ ${filter}`),
			unsubscribe: (filter) => void this.sent.push(`- ${filter}`),
			close: () => undefined,
		});
	}

	async pass(ms: number): Promise<void> {
		const endMs = this.nowMs + ms;
		await settled();
		for (;;) {
			const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
			if (next === undefined) break;
			this.nowMs = next.atMs;
			this.#timers = this.#timers.filter((one) => one !== next);
			next.act();
			await settled();
		}
		this.nowMs = endMs;
	}
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a connection to the bus', () => {
	let world: World;
	beforeEach(() => {
		world = new World();
		world.connection.start();
	});

	it('goes on from a house that was last seen before the page was opened: down since then, until it is up', async () => {
		const seen = new World();
		seen.nowMs = 50_000;
		seen.connection.start(20_000);
		seen.last.down();
		expect(seen.links).to.deep.equal([
			{ kind: 'down', sinceMs: 20_000 },
			{ kind: 'down', sinceMs: 20_000 },
		]);
		await seen.pass(400);
		seen.comeUp();
		expect(seen.links.at(-1)).to.deep.equal({ kind: 'up', sinceMs: 50_400 });
	});

	it('tries again by itself, later each time', async () => {
		const triedAt: number[] = [];
		for (let time = 0; time < 6; time += 1) {
			const before = world.opened.length;
			world.last.down();
			while (world.opened.length === before) await world.pass(100);
			triedAt.push(world.nowMs);
		}
		const waits = triedAt.map((at, index) => at - (triedAt[index - 1] ?? 0));
		expect(waits).to.deep.equal([300, 1_000, 2_000, 4_000, 8_000, 8_000]);
	});

	it('says since when it is down, through failed tries, until it is up', async () => {
		world.comeUp();
		await world.pass(5_000);
		world.last.down();
		await world.pass(300);
		world.last.down();
		expect(world.links.at(-1)).to.deep.equal({ kind: 'down', sinceMs: 5_000 });
		await world.pass(1_000);
		world.comeUp();
		expect(world.links.at(-1)).to.deep.equal({ kind: 'up', sinceMs: 6_300 });
	});

	it('gives up a try that hangs, and hears nothing of it afterwards', async () => {
		const hung = world.last;
		await world.pass(10_300);
		expect(world.opened).to.have.length(2);
		expect(world.opened[0]?.abandoned).to.equal(true);
		hung.message({ topic: 'late', payload: new Uint8Array(), retained: false });
		expect(world.sent).to.deep.equal([]);
	});

	it('never keeps an order for later', async () => {
		let refused = 0;
		await world.connection.publish('order', 'eco').catch(() => {
			refused += 1;
		});
		world.comeUp();
		await world.pass(1_000);
		expect([refused, world.sent]).to.deep.equal([1, []]);
		await world.connection.publish('order', 'eco');
		expect(world.sent).to.deep.equal(['> order']);
	});

	it('makes a silent connection anew when the page is looked at again, and trusts one that speaks', async () => {
		world.comeUp();
		await world.pass(3_000);
		world.last.message({ topic: 'load', payload: new Uint8Array(), retained: false });
		await world.pass(3_000);
		world.connection.wake();
		expect(world.opened).to.have.length(1);
		await world.pass(60_000);
		world.connection.wake();
		expect(world.opened).to.have.length(2);
		expect(world.opened[0]?.abandoned).to.equal(true);
	});

	it('tries at once when the network is back, and only once', async () => {
		for (let time = 0; time < 5; time += 1) {
			world.last.down();
			await world.pass(8_000);
		}
		world.last.down();
		const before = world.opened.length;
		world.connection.wake();
		expect(world.opened).to.have.length(before + 1);
		world.comeUp();
		await world.pass(20_000);
		expect(world.opened).to.have.length(before + 1);
	});

	it('ends where the session has ended', async () => {
		world.session = 'ended';
		world.last.down();
		await world.pass(60_000);
		expect([world.ended, world.opened.length]).to.deep.equal([1, 1]);
	});

	it('leaves nothing behind when it is stopped', async () => {
		world.comeUp();
		world.connection.stop();
		await world.pass(60_000);
		expect(world.opened).to.have.length(1);
		expect(world.opened[0]?.abandoned).to.equal(true);
		expect(world.timers).to.equal(0);
	});

	it('hears what a screen asks for, again after each new connection, until it no longer does', async () => {
		const world = new World();
		const end = world.connection.hear('a/#');
		world.connection.start();
		world.comeUp();
		const endOther = world.connection.hear('a/#');
		world.last.down();
		await world.pass(1_000);
		world.comeUp();
		end();
		expect(world.sent).to.deep.equal(['+ a/#', '+ a/#', '+ a/#']);
		endOther();
		expect(world.sent.at(-1)).to.equal('- a/#');
	});
});

import { Duplex } from 'node:stream';
import { systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import { AckLine } from '../src/edge/acks.ts';
import { Connection } from '../src/edge/connection.ts';
import type { EdgeContext } from '../src/edge/context.ts';
import { Inbound, type Publisher } from '../src/edge/inbound.ts';
import { Traffic } from '../src/edge/traffic.ts';
import { Visitors } from '../src/edge/visitors.ts';
import { Wills, willDelayS } from '../src/edge/wills.ts';
import { defaultLimits } from '../src/options.ts';

/** A promise that the test settles. */
function store(): { stored: Promise<void>; done(): Promise<void>; fail(): Promise<void> } {
	let resolve: () => void = () => {};
	let reject: (error: Error) => void = () => {};
	const stored = new Promise<void>((...both) => {
		[resolve, reject] = both;
	});
	const settle = async (): Promise<void> => {
		await stored.catch(() => {});
		await Promise.resolve();
	};
	return {
		stored,
		done: () => {
			resolve();
			return settle();
		},
		fail: () => {
			reject(new Error('disk full'));
			return settle();
		},
	};
}

describe('edge', () => {
	describe('answers', () => {
		const sent: string[] = [];
		let failures = 0;
		let line: AckLine;
		beforeEach(() => {
			sent.length = 0;
			failures = 0;
			line = new AckLine({
				send: (bytes) => sent.push(bytes.toString()),
				onAdvance: () => {},
				onFailure: () => {
					failures += 1;
				},
			});
		});

		it('go out in the order of the messages, each once its message is stored', async () => {
			const [first, second] = [store(), store()];
			line.add(Buffer.from('0'), undefined);
			line.add(Buffer.from('1'), first.stored);
			line.add(Buffer.from('2'), undefined);
			line.add(Buffer.from('3'), second.stored);
			expect(sent).to.deep.equal(['0']);
			await second.done();
			expect(sent).to.deep.equal(['0']);
			await first.done();
			expect(sent).to.deep.equal(['0', '1', '2', '3']);
			expect(line.length).to.equal(0);
		});

		it('go out as soon as they may, however many wait for one commit: eight times as many in some eight times as long', async () => {
			/** What else runs on the machine makes some rounds longer, and none shorter. */
			const shortestMs = async (count: number): Promise<number> => {
				const tookMs: number[] = [];
				for (let round = 0; round < 5; round += 1) {
					sent.length = 0;
					const { stored, done } = store();
					for (let index = 0; index < count; index += 1) line.add(Buffer.from(`${index}`), stored);
					const from = performance.now();
					await done();
					tookMs.push(performance.now() - from);
					expect(sent).to.have.length(count);
					expect(line.length).to.equal(0);
				}
				return Math.min(...tookMs);
			};
			const fewMs = await shortestMs(8192);
			expect((await shortestMs(65_535)) / fewMs).to.be.lessThan(32);
		});

		it('never go out for what could not be stored, nor for what came after', async () => {
			const first = store();
			line.add(Buffer.from('1'), first.stored);
			line.add(Buffer.from('2'), undefined);
			await first.fail();
			expect([sent, failures]).to.deep.equal([[], 1]);
		});
	});

	describe('a connection', () => {
		/** Another end that takes what is written only when it is told to. */
		class OtherEnd extends Duplex {
			readonly written: Buffer[] = [];
			#done: (() => void) | undefined;
			takes = true;

			override _read(): void {}

			override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
				this.written.push(chunk);
				if (this.takes) done();
				else this.#done = done;
			}

			override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
				this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
			}

			/** Takes what was written. */
			drain(): void {
				this.takes = true;
				this.#done?.();
			}
		}

		const ping = Buffer.from([0xc0, 0]);
		const connect = Buffer.from([0x10, 0]);
		const limits = { ...defaultLimits, packetsPerTurn: 10, slowBytes: 1000, frozenBytes: 5000 };
		const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
		let end: OtherEnd;
		let frames = 0;
		let closed: (Error | undefined)[] = [];
		let connection: Connection;
		beforeEach(() => {
			end = new OtherEnd();
			frames = 0;
			closed = [];
			connection = new Connection(
				end,
				limits,
				{
					onFrame: () => {
						frames += 1;
						connection.send(Buffer.alloc(20));
					},
					onFault: () => {},
					onDrain: () => {},
					onClose: (error) => closed.push(error),
				},
				new Traffic(),
			);
		});
		afterEach(() => connection.destroy());

		it('hands out so many packets a turn, and all of them in the end', async () => {
			end.emit('data', Buffer.concat([connect, ...Array<Buffer>(35).fill(ping)]));
			const seen = [frames];
			for (let count = 0; count < 4; count += 1) {
				await turn();
				seen.push(frames);
			}
			expect(seen).to.deep.equal([10, 20, 30, 36, 36]);
		});

		it('writes once for each turn', async () => {
			for (let count = 0; count < 5; count += 1) connection.send(ping);
			expect(end.written).to.deep.equal([]);
			await turn();
			expect(end.written).to.deep.equal([Buffer.concat(Array<Buffer>(5).fill(ping))]);
		});

		it('takes no more packets from one who does not read its answers, until it does', async () => {
			end.takes = false;
			end.emit('data', Buffer.concat([connect, ...Array<Buffer>(99).fill(ping)]));
			for (let count = 0; count < 20; count += 1) await turn();
			expect(frames).to.equal(51);
			end.drain();
			for (let count = 0; count < 20; count += 1) await turn();
			expect(frames).to.equal(100);
		});

		it('is closed when too much waits for the other end', async () => {
			end.takes = false;
			for (let count = 0; count < 100; count += 1) connection.send(Buffer.alloc(100));
			expect(closed.map((error) => error?.message)).to.deep.equal(["5100 bytes wait for a client that doesn't read"]);
			connection.destroy();
			expect(closed).to.have.length(1);
		});

		it('writes its last words before it closes', async () => {
			connection.send(ping);
			connection.close();
			await turn();
			expect([end.written, end.writableFinished]).to.deep.equal([[ping], true]);
			expect(closed).to.deep.equal([undefined]);
		});
	});

	describe('a client whose messages wait for the disk', () => {
		function publishing() {
			const done: string[] = [];
			let commit = store();
			const router = { isStuck: false, publish: () => ({ matched: true, stored: commit.stored }) };
			/** What is published from now on waits for another commit; the one before. */
			const nextCommit = () => {
				const before = commit;
				commit = store();
				return before;
			};
			const publisher = {
				...{ version: 4, pass: { mayPublish: () => true }, peer: { id: 'x' }, send: () => {} },
				...{ pause: () => done.push('pause'), resume: () => done.push('resume') },
			};
			const context = { router, limits: { receiveMaximum: 10 }, traffic: new Traffic(), clock: systemClock };
			const inbound = new Inbound(publisher as unknown as Publisher, context as unknown as EdgeContext);
			const publish = (count: number): void => {
				for (let id = 1; id <= count; id += 1) {
					const message = { topic: 't', payload: Buffer.alloc(0), qos: 1, retain: false, dup: false } as const;
					inbound.publish({ type: 'publish', ...message, id, properties: undefined });
				}
			};
			return { inbound, router, publish, done, nextCommit };
		}

		it('is read on once half of its answers are out', async () => {
			const { publish, done, nextCommit } = publishing();
			publish(4);
			const first = nextCommit();
			publish(1);
			const second = nextCommit();
			publish(4);
			expect(done).to.deep.equal([]);
			publish(1);
			expect(done).to.deep.equal(['pause']);
			await first.done();
			expect(done).to.deep.equal(['pause']);
			await second.done();
			expect(done).to.deep.equal(['pause', 'resume']);
		});

		it('is heard all the same while the disk is stuck, as long as it has identifiers', async () => {
			const { inbound, router, publish, done } = publishing();
			publish(10);
			inbound.look();
			expect(done).to.deep.equal(['pause']);
			router.isStuck = true;
			inbound.look();
			expect(done).to.deep.equal(['pause', 'resume']);
			publish(65_524);
			expect(done).to.deep.equal(['pause', 'resume']);
			publish(1);
			expect(done).to.deep.equal(['pause', 'resume', 'pause']);
			inbound.look();
			expect(done).to.deep.equal(['pause', 'resume', 'pause']);
		});
	});

	describe('visitors', () => {
		const limits = { connectionsPerAddress: 2, arrivalsPerAddress: 4 };

		it('have so many connections open at once', () => {
			const visitors = new Visitors(limits);
			expect([0, 1, 2].map(() => visitors.arrive('10.0.0.1', 0))).to.deep.equal([true, true, false]);
			expect(visitors.arrive('10.0.0.2', 0)).to.equal(true);
			visitors.leave('10.0.0.1');
			expect(visitors.arrive('10.0.0.1', 0)).to.equal(true);
		});

		it('come so often in ten seconds, and may come again after these', () => {
			const visitors = new Visitors(limits);
			const come = (nowMs: number): boolean => {
				const welcome = visitors.arrive('10.0.0.1', nowMs);
				if (welcome) visitors.leave('10.0.0.1');
				return welcome;
			};
			expect([0, 1, 2, 3, 4, 9999].map(come)).to.deep.equal([true, true, true, true, false, false]);
			visitors.tidy(10_000);
			expect(come(10_000)).to.equal(true);
		});

		it('from this machine are not counted', () => {
			const visitors = new Visitors(limits);
			for (const ip of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
				expect(Array.from({ length: 10 }, () => visitors.arrive(ip, 0))).not.to.include(false);
			}
		});
	});

	describe('wills', () => {
		it('are said when their time has come, once', () => {
			const wills = new Wills();
			const said: string[] = [];
			wills.hold('a', 1000, () => said.push('a'));
			wills.hold('b', 2000, () => said.push('b'));
			wills.say(999);
			expect(said).to.deep.equal([]);
			wills.say(1000);
			wills.say(1500);
			wills.sayNow('a');
			expect(said).to.deep.equal(['a']);
			wills.forget('b');
			wills.say(5000);
			expect(said).to.deep.equal(['a']);
		});

		it('wait no longer than the session is kept', () => {
			const will = (willDelayInterval?: number) =>
				({ properties: willDelayInterval === undefined ? {} : { willDelayInterval } }) as never;
			expect([willDelayS(will(10), 5), willDelayS(will(5), 10), willDelayS(will(), 10)]).to.deep.equal([5, 5, 0]);
		});
	});
});

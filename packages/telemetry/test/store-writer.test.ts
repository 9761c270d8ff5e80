import { type Logger, PilotwireError, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import type { Point } from '../src/core/point.ts';
import { Spool } from '../src/core/spool.ts';
import type { HistoryStore, WriteOutcome } from '../src/core/store.ts';
import { StoreWriter } from '../src/core/store-writer.ts';
import { MemorySpool } from './support/memory-spool.ts';
import { point, START_MS } from './support/model.ts';

/** A store in memory that can be away, slow, or refuse. */
class HandStore implements HistoryStore {
	readonly name = 'sqlite';
	mostPerWrite = 1_000;
	readonly batches: (readonly Point[])[] = [];
	fault: Error | undefined;
	refuses = 0;
	hold: Promise<void> | undefined;
	closed = false;
	readonly upkeeps: (number | undefined)[] = [];
	attempts = 0;

	async open(): Promise<void> {
		if (this.fault !== undefined) throw this.fault;
	}
	async write(points: readonly Point[]): Promise<WriteOutcome> {
		this.attempts += 1;
		await this.hold;
		if (this.fault !== undefined) throw this.fault;
		this.batches.push(points);
		const { refuses: refused } = this;
		return { written: points.length - refused, refused, ...(refused > 0 ? { problem: 'of another type' } : {}) };
	}
	async query(): Promise<never[]> {
		return [];
	}
	async series(): Promise<never[]> {
		return [];
	}
	async *points(): AsyncGenerator<never> {}
	async *cells(): AsyncGenerator<never> {}
	async *counted(): AsyncGenerator<never> {}
	async *changes(): AsyncGenerator<never> {}
	async putCells(): Promise<void> {}
	async upkeep(sureMs: number | undefined): Promise<boolean> {
		this.upkeeps.push(sureMs);
		return false;
	}
	async close(): Promise<void> {
		this.closed = true;
	}
}

const numbers = (from: number, to: number): Point[] =>
	Array.from({ length: to - from }, (_, index) => point({ at: START_MS + from + index, value: from + index }));

describe('the writer of a store', () => {
	let clock: VirtualClock;
	let store: HandStore;
	let writer: StoreWriter;
	let folder: MemorySpool;
	let spool: Spool;
	let isSure: boolean;
	const log: string[] = [];
	const told = (_: unknown, text: string): void => {
		log.push(text);
	};
	const logger = { ...silentLog, info: told, warn: told, error: told } as unknown as Logger;
	const values = (): unknown[] => store.batches.flat().map(({ value }) => value);

	const make = (): StoreWriter =>
		new StoreWriter(store, spool, clock, logger, { everyMs: 5_000, clockIsSure: async () => isSure });
	const add = (points: Point[]): Promise<void> => {
		spool.add(points);
		return spool.commit();
	};

	beforeEach(async () => {
		clock = new VirtualClock();
		store = new HandStore();
		folder = new MemorySpool();
		spool = new Spool(folder, logger, 10_000_000);
		await spool.open(['sqlite']);
		isSure = true;
		writer = make();
		log.length = 0;
	});
	afterEach(async () => {
		store.fault = undefined;
		await writer.stop();
		expect(store.closed).to.equal(true);
		expect(clock.pending).to.equal(0);
	});

	it('writes once in five seconds, all in one batch', async () => {
		await writer.start();
		for (let second = 0; second < 12; second += 1) {
			await add(numbers(second, second + 1));
			await clock.advanceAsync(1_000);
		}
		expect(store.batches.map(({ length }) => length)).to.deep.equal([5, 5]);
		expect(writer.state).to.deep.equal({ store: 'sqlite', written: 10, waiting: 2, dropped: 0, refused: 0 });
	});

	it('writes everything at its stop, in the order it came and in batches that the store takes', async () => {
		await writer.start();
		store.mostPerWrite = 30;
		for (let at = 0; at < 100; at += 10) await add(numbers(at, at + 10));
		await writer.stop();
		expect(values()).to.deep.equal(numbers(0, 100).map(({ value }) => value));
		expect(store.batches.map(({ length }) => length)).to.deep.equal([30, 30, 30, 10]);
	});

	it('keeps what waits while the store is away, tries again at longer intervals, and says so once', async () => {
		await writer.start();
		store.fault = new Error('no answer');
		await add(numbers(0, 10));
		await clock.advanceAsync(300_000, 1_000);
		expect(writer.state).to.include({ waiting: 10, written: 0, problem: 'no answer' });
		expect(store.attempts).to.be.within(5, 12);
		expect(log).to.deep.equal(['the history waits: no answer']);
		store.fault = undefined;
		await add(numbers(10, 12));
		await clock.advanceAsync(65_000, 1_000);
		expect(values()).to.deep.equal(numbers(0, 12).map(({ value }) => value));
		expect(writer.state).to.deep.equal({ store: 'sqlite', written: 12, waiting: 0, dropped: 0, refused: 0 });
		expect(log.at(-1)).to.equal('the history is written to sqlite again');
	});

	it('leaves what waited to its next life where the store is away until its end', async () => {
		await writer.start();
		await add(numbers(0, 3));
		store.fault = new Error('no answer');
		await writer.stop();
		store.fault = undefined;
		spool = new Spool(folder, logger, 10_000_000);
		await spool.open(['sqlite']);
		writer = make();
		await writer.start();
		await clock.advanceAsync(5_000);
		expect(values()).to.deep.equal([0, 1, 2]);
	});

	it('writes at once for a question, but no more often than every five seconds', async () => {
		await writer.start();
		spool.add(numbers(0, 1));
		await writer.flush();
		expect(values()).to.deep.equal([0]);
		spool.add(numbers(1, 2));
		await Promise.all([writer.flush(), writer.flush()]);
		expect(values()).to.deep.equal([0]);
		await clock.advanceAsync(4_999);
		await writer.flush();
		expect(values()).to.deep.equal([0]);
		clock.advance(1);
		await writer.flush();
		expect(values()).to.deep.equal([0, 1]);
	});

	it('has the store forget by the wall clock, and not where that may be wrong', async () => {
		await writer.start();
		await clock.advanceAsync(5_000);
		expect(store.upkeeps).to.deep.equal([clock.wallMs()]);
		isSure = false;
		await clock.advanceAsync(5_000);
		expect(store.upkeeps.at(-1)).to.equal(undefined);
		expect(store.upkeeps).to.have.length(2);
	});

	it('counts what the store refuses, says why, and goes on', async () => {
		await writer.start();
		store.refuses = 3;
		await add(numbers(0, 10));
		await clock.advanceAsync(5_000);
		expect(writer.state).to.include({ written: 7, refused: 3, waiting: 0, problem: 'of another type' });
		store.refuses = 0;
		await add(numbers(10, 11));
		await clock.advanceAsync(5_000);
		expect(writer.state).to.not.have.property('problem');
	});

	it('starts although the store is away, but not where only a person can help', async () => {
		store.fault = new Error('disk full');
		await writer.start();
		expect(writer.state.problem).to.equal('disk full');
		const facts = { code: 'LOCK_HELD', expected: 'a free file', received: 'one in use', action: 'Stop it.' };
		store.fault = new PilotwireError({ ...facts, exitCode: 75 });
		const second = make();
		const error: unknown = await second.start().catch((reason: unknown) => reason);
		expect(error).to.equal(store.fault);
	});
});

import { type Logger, PilotwireError, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import type { Point } from '../src/core/point.ts';
import type { HistoryStore, WriteOutcome } from '../src/core/store.ts';
import { StoreWriter } from '../src/core/store-writer.ts';
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
	const log: string[] = [];
	const told = (_: unknown, text: string): void => {
		log.push(text);
	};
	const logger = { ...silentLog, info: told, warn: told, error: told } as unknown as Logger;
	const values = (): unknown[] => store.batches.flat().map(({ value }) => value);

	beforeEach(async () => {
		clock = new VirtualClock();
		store = new HandStore();
		writer = new StoreWriter(store, clock, logger, 100);
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
			writer.add(numbers(second, second + 1));
			await clock.advanceAsync(1_000);
		}
		expect(store.batches.map(({ length }) => length)).to.deep.equal([5, 5]);
		expect(writer.state).to.deep.equal({ store: 'sqlite', written: 10, waiting: 2, dropped: 0, refused: 0 });
	});

	it('writes everything at its stop, in the order it came and in batches that the store takes', async () => {
		await writer.start();
		store.mostPerWrite = 30;
		writer.add(numbers(0, 100));
		await writer.stop();
		expect(values()).to.deep.equal(numbers(0, 100).map(({ value }) => value));
		expect(store.batches.map(({ length }) => length)).to.deep.equal([30, 30, 30, 10]);
	});

	it('keeps what waits while the store is away, tries again at longer intervals, and says so once', async () => {
		await writer.start();
		store.fault = new Error('no answer');
		writer.add(numbers(0, 10));
		await clock.advanceAsync(300_000, 1_000);
		expect(writer.state).to.include({ waiting: 10, written: 0, problem: 'no answer' });
		expect(store.attempts).to.be.within(5, 12);
		expect(log).to.deep.equal(['the history waits: no answer']);
		store.fault = undefined;
		writer.add(numbers(10, 12));
		await clock.advanceAsync(65_000, 1_000);
		expect(values()).to.deep.equal(numbers(0, 12).map(({ value }) => value));
		expect(writer.state).to.deep.equal({ store: 'sqlite', written: 12, waiting: 0, dropped: 0, refused: 0 });
		expect(log.at(-1)).to.equal('the history is written to sqlite again');
	});

	it('gives up the oldest beyond its bound and counts them', async () => {
		await writer.start();
		store.fault = new Error('away');
		writer.add(numbers(0, 130));
		writer.add(numbers(130, 140));
		expect(writer.state).to.include({ waiting: 100, dropped: 40 });
		store.fault = undefined;
		await clock.advanceAsync(5_000);
		expect(values()).to.deep.equal(numbers(40, 140).map(({ value }) => value));
	});

	it('never gives up, or writes twice, what is on its way', async () => {
		await writer.start();
		let release = (): void => undefined;
		store.hold = new Promise((resolve) => {
			release = resolve;
		});
		writer.add(numbers(0, 60));
		await clock.advanceAsync(5_000);
		writer.add(numbers(60, 150));
		await clock.advanceAsync(5_000);
		release();
		await clock.advanceAsync(1);
		// What came meanwhile has no commit of its own before its time.
		expect(store.attempts).to.equal(1);
		await clock.advanceAsync(5_000);
		expect(store.attempts).to.equal(2);
		expect(values()).to.deep.equal([...numbers(0, 60), ...numbers(110, 150)].map(({ value }) => value));
		expect(writer.state).to.include({ dropped: 50, written: 100 });
	});

	it('counts what the store refuses, says why, and goes on', async () => {
		await writer.start();
		store.refuses = 3;
		writer.add(numbers(0, 10));
		await clock.advanceAsync(5_000);
		expect(writer.state).to.include({ written: 7, refused: 3, waiting: 0, problem: 'of another type' });
		store.refuses = 0;
		writer.add(numbers(10, 11));
		await clock.advanceAsync(5_000);
		expect(writer.state).to.not.have.property('problem');
	});

	it('starts although the store is away, but not where only a person can help', async () => {
		store.fault = new Error('disk full');
		await writer.start();
		expect(writer.state.problem).to.equal('disk full');
		const facts = { code: 'LOCK_HELD', expected: 'a free file', received: 'one in use', action: 'Stop it.' };
		store.fault = new PilotwireError({ ...facts, exitCode: 75 });
		const second = new StoreWriter(store, clock, logger);
		const error: unknown = await second.start().catch((reason: unknown) => reason);
		expect(error).to.equal(store.fault);
	});

	it('says what is lost where the store is away at its end', async () => {
		await writer.start();
		writer.add(numbers(0, 3));
		store.fault = new Error('no answer');
		await writer.stop();
		expect(log.at(-1)).to.equal('3 points are lost: no answer');
	});
});

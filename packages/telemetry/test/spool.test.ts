import { silentLog } from '@pilotwire/runtime';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Point } from '../src/core/point.ts';
import { Spool } from '../src/core/spool.ts';
import { MemorySpool } from './support/memory-spool.ts';
import { point, points, START_MS } from './support/model.ts';

const numbers = (from: number, to: number): Point[] =>
	Array.from({ length: to - from }, (_, index) => point({ at: START_MS + from + index, value: from + index }));

describe('the spool', () => {
	let folder: MemorySpool;
	let spool: Spool;
	const open = async (stores = ['sqlite'], mostBytes = 10_000_000, mostPending = 1_000): Promise<Spool> => {
		const made = new Spool(folder, silentLog, mostBytes, mostPending);
		await made.open(stores);
		return made;
	};
	/** Everything that waits for a store, confirmed batch by batch unless `keep`. */
	const drain = async (from: Spool, store = 'sqlite', most = 7, keep = false): Promise<Point[]> => {
		const all: Point[] = [];
		for (;;) {
			const batch = await from.next(store, most);
			if (batch === undefined) return all;
			all.push(...batch.points);
			await from.confirm(store, batch.to, batch.points.length);
			if (keep) return all;
		}
	};

	beforeEach(async () => {
		folder = new MemorySpool();
		spool = await open();
	});

	it('acknowledges what is on the disk, and nothing before', async () => {
		const heard: string[] = [];
		spool.add(numbers(0, 3), () => heard.push('first'));
		expect(heard).to.deep.equal([]);
		folder.fault = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
		await spool.commit();
		expect(heard).to.deep.equal([]);
		expect(spool.state.problem).to.contain('HISTORY_SPOOL_FAILED').and.to.contain('Free some space');
		spool.add(numbers(3, 5), () => heard.push('second'));
		folder.fault = undefined;
		await spool.commit();
		expect(heard).to.deep.equal(['first', 'second']);
		expect(spool.state).to.not.have.property('problem');
		expect(await drain(spool)).to.deep.equal(numbers(0, 5));
	});

	it('writes once for all that came since the last time, and not at all for nothing', async () => {
		for (let at = 0; at < 10; at += 1) spool.add(numbers(at, at + 1));
		await spool.commit();
		await spool.commit();
		expect(folder.appends).to.equal(1);
	});

	it('gives every store every point once, in order, each at its own pace and across a restart', async () => {
		spool = await open(['sqlite', 'influxdb']);
		spool.add(numbers(0, 20));
		await spool.commit();
		expect(await drain(spool)).to.deep.equal(numbers(0, 20));
		spool.add(numbers(20, 30));
		await spool.commit();
		expect(spool.of('influxdb').waiting).to.equal(30);
		await spool.close();
		const next = await open(['sqlite', 'influxdb']);
		expect([next.of('sqlite').waiting, next.of('influxdb').waiting]).to.deep.equal([10, 30]);
		next.add(numbers(30, 33));
		await next.commit();
		expect(await drain(next, 'influxdb')).to.deep.equal(numbers(0, 33));
		expect(await drain(next)).to.deep.equal(numbers(20, 33));
	});

	it('repeats a little after a crash, and loses nothing', async () => {
		spool.add(numbers(0, 10));
		await spool.commit();
		await drain(spool, 'sqlite', 4, true);
		// Killed: where it stood was not noted.
		const next = await open();
		expect(await drain(next)).to.deep.equal(numbers(0, 10));
	});

	it('passes over the half line of a power cut, and goes on behind it', async () => {
		spool.add(numbers(0, 4));
		await spool.commit();
		for (const [number, bytes] of folder.files) {
			folder.files.set(number, Buffer.concat([bytes, Buffer.from('1234abcd 3 {"t":1,"p"')]));
		}
		const next = await open();
		next.add(numbers(4, 6));
		await next.commit();
		expect(await drain(next)).to.deep.equal(numbers(0, 6));
	});

	it('drops the oldest at its bound, and counts what a store lost by it', async () => {
		spool = await open(['sqlite', 'influxdb'], 300_000);
		let sent = 0;
		for (let round = 0; round < 60; round += 1) {
			spool.add(numbers(sent, sent + 1_000));
			sent += 1_000;
			await spool.commit();
			await drain(spool, 'sqlite', 10_000);
		}
		expect(spool.state.bytes).to.be.within(100_000, 400_000);
		const { dropped, waiting } = spool.of('influxdb');
		expect(dropped).to.be.greaterThan(10_000);
		const left = await drain(spool, 'influxdb', 5_000);
		expect(left).to.deep.equal(numbers(dropped, sent));
		expect(waiting).to.equal(left.length);
		expect(spool.of('sqlite')).to.deep.equal({ waiting: 0, dropped: 0 });
		expect(folder.files.size).to.be.lessThan(3);
	});

	it('gives up the oldest in memory where the disk takes nothing for too long, and lets the broker go on', async () => {
		folder.fault = new Error('read-only file system');
		let acknowledged = 0;
		for (let at = 0; at < 1_500; at += 100) {
			spool.add(numbers(at, at + 100), () => {
				acknowledged += 1;
			});
			await spool.commit();
		}
		expect(spool.of('sqlite')).to.deep.equal({ waiting: 1_000, dropped: 500 });
		expect(acknowledged).to.equal(5);
		expect(folder.files.size).to.equal(0);
		folder.fault = undefined;
		await spool.commit();
		expect(await drain(spool)).to.deep.equal(numbers(500, 1_500));
	});

	it('removes what every store has', async () => {
		for (let round = 0; round < 40; round += 1) {
			spool.add(numbers(round * 1_000, (round + 1) * 1_000));
			await spool.commit();
			await drain(spool, 'sqlite', 10_000);
		}
		expect([...folder.files.values()].reduce((sum, { length }) => sum + length, 0)).to.be.lessThan(100_000);
	});

	it('gives back any points as they were', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(points('x'), { maxLength: 5 }),
				fc.integer({ min: 1, max: 50 }),
				async (batches, most) => {
					folder = new MemorySpool();
					const own = await open();
					for (const batch of batches) {
						own.add(batch);
						await own.commit();
					}
					expect(await drain(own, 'sqlite', most)).to.deep.equal(batches.flat());
				},
			),
			{ numRuns: 100 },
		);
	});
});

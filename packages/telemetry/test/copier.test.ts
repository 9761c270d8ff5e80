import { join } from 'node:path';
import { silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Copier, type CopyParts } from '../src/copy/copier.ts';
import type { Point } from '../src/core/point.ts';
import type { HistoryStore } from '../src/core/store.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';

const DAY_MS = 86_400_000;

describe('a copy of the history', () => {
	const directory = temporaryDirectory();
	let clock: VirtualClock;
	let source: HistoryStore;
	let target: HistoryStore;
	let noted: unknown;
	let beganMs: number;
	const note = {
		read: async () => noted,
		write: async (value: unknown) => {
			noted = structuredClone(value);
		},
	};

	beforeEach(async () => {
		noted = undefined;
		clock = new VirtualClock();
		[source, target] = ['a.db', 'b.db'].map(
			(name) => new SqliteStore(join(directory.path, name), silentLog, clock),
		) as [SqliteStore, SqliteStore];
		await source.open();
		await target.open();
		const nowMs = clock.wallMs();
		beganMs = nowMs;
		const points: Point[] = [];
		// Sixty days by the hour, and the last hour by the second.
		for (let hour = 0; hour < 60 * 24; hour++) points.push(point(nowMs - hour * 3_600_000, hour));
		for (let second = 1; second < 3_600; second++) points.push(point(nowMs - second * 1_000, second % 7));
		points.push({ series: 'circuit.reason', tags: { circuit: 'a' }, at: nowMs - 50 * DAY_MS, value: 'programme' });
		await source.write(points);
	});
	afterEach(async () => {
		await source.close();
		await target.close();
	});

	const point = (at: number, value: number): Point => ({ series: 'load.currentA', tags: { phase: '1' }, at, value });
	const parts = (store: HistoryStore = target): CopyParts => ({
		...{ source, target: store, alone: (write) => write(), note, clock, log: silentLog },
	});
	/** Everything that a store holds of the last days, hour by hour. */
	const contents = async (store: HistoryStore): Promise<unknown> => {
		const range = { fromMs: beganMs - 61 * DAY_MS, toMs: beganMs + 3_600_000 };
		const all: unknown[] = [];
		for await (const { series, tags, cells } of store.cells(range, 'hour'))
			all.push(...cells.map((cell) => [series, tags, cell]));
		for await (const { series, tags, points } of store.points({ ...range, kind: 'text' }))
			all.push([series, tags, points]);
		return all;
	};
	const finished = async (copier: Copier): Promise<void> => {
		const giveUpMs = Date.now() + 30_000;
		while (!copier.state.isDone) {
			if (Date.now() > giveUpMs) throw new Error(`it never ended: ${JSON.stringify(copier.state)}`);
			await clock.advanceAsync(1_000);
		}
		await copier.stop();
	};

	it('has everything in the other store, once', async () => {
		await finished(await Copier.begin(parts(), false));
		const copied = await contents(target);
		expect(copied).to.deep.equal(await contents(source));
		await finished(await Copier.begin(parts(), true));
		expect(await contents(target)).to.deep.equal(copied);
	}).timeout(60_000);

	it('goes on from the last week that was noted, and through failures', async () => {
		let writes = 0;
		const failing: HistoryStore = Object.assign(Object.create(target) as HistoryStore, {
			putCells: async (cells: Parameters<HistoryStore['putCells']>[0]) => {
				writes += 1;
				if (writes === 4) throw new Error('the store is away');
				await target.putCells(cells);
			},
			write: (points: readonly Point[]) => target.write(points),
		});
		const first = await Copier.begin(parts(failing), false);
		while (
			(noted as { points?: number } | undefined)?.points === undefined ||
			(noted as { points: number }).points === 0
		) {
			await clock.advanceAsync(1_000);
		}
		await first.stop();
		const { doneMs } = noted as { doneMs: number };
		expect(await Copier.wasBegun(note)).to.equal('sqlite');
		const second = await Copier.begin(parts(failing), false);
		expect(Date.parse(second.state.doneUntil)).to.equal(doneMs);
		await finished(second);
		expect(writes).to.be.greaterThan(4);
		expect(await contents(target)).to.deep.equal(await contents(source));
		expect(await Copier.wasBegun(note)).to.equal(undefined);
	}).timeout(60_000);
});

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import type { Cell } from '../src/core/cell.ts';
import type { Point } from '../src/core/point.ts';
import { keepFor } from '../src/core/store.ts';
import { migrations } from '../src/io/sqlite/schema.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';
import { point, START_MS } from './support/model.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('what SQLite keeps, and for how long', function () {
	this.timeout(30_000);
	const directory = temporaryDirectory();
	let store: SqliteStore;
	const path = (): string => join(directory.path, 'history.db');
	const make = (): SqliteStore => new SqliteStore(path(), silentLog, systemClock, keepFor({ points: 7, minutes: 30 }));
	/** A point a minute. */
	const days = (count: number, from = 0): Point[] =>
		Array.from({ length: count * 1_440 }, (_, index) =>
			point({ at: START_MS + from * DAY_MS + index * 60_000, value: index === 2_000 ? 9_000 : 100 + (index % 60) }),
		);
	const settle = async (sureMs: number | undefined): Promise<void> => {
		while (await store.upkeep(sureMs));
	};
	const all = { fromMs: 0, toMs: START_MS + 1_000 * DAY_MS };
	const points = async (): Promise<number> => {
		let count = 0;
		for await (const part of store.points(all)) count += part.points.length;
		return count;
	};
	const cells = async (resolution: 'minute' | 'hour'): Promise<Cell[]> => {
		const found: Cell[] = [];
		for await (const part of store.cells(all, resolution)) found.push(...part.cells);
		return found;
	};
	const counted = (found: readonly Cell[]): number => found.reduce((sum, { count }) => sum + count, 0);

	beforeEach(async () => {
		store = make();
		await store.open();
	});
	afterEach(() => store.close());

	it('deletes points after a week and minutes after a month, and keeps hours for ever, with their peaks', async () => {
		await store.write(days(40));
		const endMs = START_MS + 40 * DAY_MS;
		await settle(endMs);
		expect(await points()).to.equal(7 * 1_440);
		const minutes = await cells('minute');
		expect(minutes.filter(({ lengthMs }) => lengthMs === 60_000)).to.have.length(30 * 1_440);
		expect(minutes.filter(({ lengthMs }) => lengthMs === HOUR_MS)).to.have.length(10 * 24);
		expect(await cells('hour')).to.have.length(40 * 24);
		expect(counted(minutes)).to.equal(40 * 1_440);
		const asked = { series: 'load.apparentPowerVA', tags: {}, fromMs: START_MS, toMs: endMs };
		for (const bucketMs of [DAY_MS, HOUR_MS, 200_000]) {
			const [line] = await store.query({ ...asked, bucketMs });
			if (line?.kind !== 'number') throw new Error('no line');
			expect(Math.max(...line.max)).to.equal(9_000);
			expect(line.count.reduce((sum, each) => sum + each, 0)).to.equal(40 * 1_440);
		}
	});

	it('deletes nothing while nobody is sure of the time', async () => {
		await store.write(days(40));
		await settle(undefined);
		expect(await points()).to.equal(40 * 1_440);
	});

	it('deletes a little at a time', async () => {
		await store.write(days(40));
		let slices = 0;
		while (await store.upkeep(START_MS + 40 * DAY_MS)) slices += 1;
		expect(slices).to.be.within(5, 50);
	});

	it('rolls the last hour of a series that went silent up before its points go', async () => {
		await store.write([point({ value: 5 }), point({ at: START_MS + 1_000, value: 7 })]);
		await settle(START_MS + 20 * DAY_MS);
		expect(await points()).to.equal(0);
		expect(await cells('hour')).to.have.length(1);
		expect((await cells('minute'))[0]).to.include({ min: 5, max: 7, count: 2, last: 7 });
		await store.write([point({ at: START_MS + 20 * DAY_MS, value: 9 })]);
		expect(await cells('hour')).to.have.length(2);
	});

	it('counts a point of long ago in its minute and hour, and once however often it comes', async () => {
		const before = days(40);
		const late = before.splice(3_000, 300);
		await store.write(before);
		await settle(START_MS + 40 * DAY_MS);
		for (let time = 0; time < 3; time += 1) {
			await store.write(late);
			if (time === 1) {
				await store.close();
				store = make();
			}
		}
		const hours = await cells('hour');
		expect(counted(hours)).to.equal(40 * 1_440);
		expect(hours.map(({ count }) => count)).to.deep.equal(Array(40 * 24).fill(60));
		// And what is there already changes nothing.
		await store.write(before.slice(0, 5_000));
		expect(counted(await cells('hour'))).to.equal(40 * 1_440);
	});

	it('keeps every text for as long as the hours', async () => {
		const texts = Array.from({ length: 100 }, (_, day) =>
			point({ at: START_MS + day * DAY_MS, value: `press ${day}` }),
		);
		await store.write(texts);
		await settle(START_MS + 100 * DAY_MS);
		expect(await points()).to.equal(100);
	});

	it('takes over a file of version 1, and goes on where it was cut off', async () => {
		await store.close();
		const old = join(directory.path, 'old.db');
		const [first = ''] = migrations;
		const database = await openDatabase({ path: old, migrations: [first], log: silentLog, clock: systemClock });
		const tags = '{"meter":"main"}';
		const insert = 'INSERT INTO series (id, kind, name, tags) VALUES (?, ?, ?, ?)';
		await database.batch([
			{ sql: insert, params: [1, 'number', 'load.apparentPowerVA', tags] },
			{ sql: insert, params: [2, 'text', 'circuit.reason', tags] },
			{
				sql: `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 49999)
					INSERT INTO raw_number SELECT 1, ? + i * 2000, i % 700 FROM n`,
				params: [START_MS],
			},
			{
				sql: `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
					INSERT INTO raw_text SELECT 2, ? + i * 60000, 'why ' || i FROM n`,
				params: [START_MS],
			},
		]);
		await database.close();
		const before = statSync(old).size;
		store = new SqliteStore(old, silentLog, systemClock);
		expect(await points()).to.equal(50_100);
		const [line] = await store.query({
			series: 'load.apparentPowerVA',
			tags: {},
			fromMs: START_MS,
			toMs: START_MS + 2 * DAY_MS,
			bucketMs: 2 * DAY_MS,
		});
		expect(line).to.deep.include({ min: [0], max: [699], count: [50_000] });
		expect(counted(await cells('minute'))).to.equal(50_000);
		await store.close();
		expect(statSync(old).size).to.be.at.most(before * 1.2);
		store = new SqliteStore(old, silentLog, systemClock);
		expect(await points()).to.equal(50_100);
	});
});

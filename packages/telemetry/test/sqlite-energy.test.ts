// Energy out of the real file: days, hours and minutes of it must say what every minute would.
import { join } from 'node:path';
import { Calendar } from '@pilotwire/calendar';
import { type Database, openDatabase, type SqlRow, type SqlValue, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/core/cell.ts';
import type { Draft, Point } from '../src/core/point.ts';
import { type HistoryReader, keepFor, type MomentsOf, type Selection } from '../src/core/store.ts';
import { askedOf, energyAnswerOf, momentsOf } from '../src/energy/energy.ts';
import { readMeters } from '../src/energy/read-meters.ts';
import { countedCells } from '../src/io/sqlite/counting.ts';
import { readChanges } from '../src/io/sqlite/reading.ts';
import { BLOCKS, migrations } from '../src/io/sqlite/schema.ts';
import { SeriesTable } from '../src/io/sqlite/series.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';
import { point } from './support/model.ts';

const startMs = Date.UTC(2026, 2, 20);
const paris = new Calendar('Europe/Paris');
const nowMs = Date.UTC(2027, 0, 1);

/** The same store, where every minute is read: the slow and obvious way. */
function minuteByMinute(store: SqliteStore): HistoryReader {
	return {
		name: 'minutes',
		query: (range) => store.query(range),
		series: (name) => store.series(name),
		points: (selection) => store.points(selection),
		cells: (selection, resolution) => store.cells(selection, resolution),
		async *counted(selection: Selection, moments: MomentsOf) {
			// The nearest reading on either side is looked for in whole days.
			const fromMs = selection.fromMs - (selection.fromMs % DAY_MS);
			const toMs = Math.ceil(selection.toMs / DAY_MS) * DAY_MS;
			for await (const part of store.cells({ ...selection, fromMs, toMs }, 'minute')) {
				await moments(part.tags);
				yield part;
			}
		},
		changes: (selection) =>
			store.points({ ...selection, fromMs: selection.fromMs - (selection.fromMs % DAY_MS), kind: 'text' }),
	};
}

const registers = ['BBRHCJB', 'BBRHPJB', 'BASE', 'EASF01', 'EAIT', 'EAST'] as const;

/** A register's readings: it counts, rests, is silent for days, is set back. */
const readings = fc
	.record({
		register: fc.constantFrom(...registers),
		steps: fc.array(
			fc.record({
				minutes: fc.oneof(
					{ weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
					{ weight: 2, arbitrary: fc.integer({ min: 40, max: 300 }) },
					{ weight: 1, arbitrary: fc.integer({ min: 300, max: 5_000 }) },
				),
				wh: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 900 }) }, fc.constant(-5_000)),
				times: fc.integer({ min: 1, max: 40 }),
			}),
			{ minLength: 1, maxLength: 12 },
		),
		// Days on end, at times: so many that spans of them are summed.
		long: fc.oneof(fc.constant(0), fc.integer({ min: 700, max: 1_500 })),
	})
	.map(({ register, steps, long }) => {
		const drafts: Partial<Draft>[] = [];
		let [at, value] = [startMs, 10_000];
		const read = (minutes: number, wh: number): void => {
			at += minutes * MINUTE_MS + 1_000;
			value = Math.max(0, value + wh);
			drafts.push({ series: 'reading.energyWh', tags: { meter: 'main', register }, at, value });
		};
		for (let time = 0; time < long; time += 1) read(52, (time * 37) % 240);
		for (const { minutes, wh, times } of steps) {
			for (let time = 0; time < times; time += 1) read(minutes, wh);
		}
		return drafts;
	});

const text = (series: string, tags: Record<string, string>, values: readonly string[]) =>
	fc
		.array(fc.record({ hours: fc.integer({ min: 0, max: 24 * 30 * 60 }), value: fc.constantFrom(...values) }), {
			maxLength: 6,
		})
		.map((list) =>
			list.map(({ hours, value }): Partial<Draft> => ({ series, tags, at: startMs + hours * MINUTE_MS, value })),
		);

const house = fc
	.tuple(
		fc.array(readings, { minLength: 1, maxLength: 3 }),
		text('reading.identity', { meter: 'main' }, ['a', 'b']),
		text('tariff.register', { meter: 'main', register: 'EASF01' }, ['peak blue', 'off_peak']),
		text('tariff.mark', { meter: 'main', register: 'BASE' }, ['10500', '12000', '15000']),
	)
	.map(([numbers, ...texts]) => [...numbers.flat(), ...texts.flat()]);
/** Points of this meter. */
const of = (meter: string, drafts: readonly Partial<Draft>[]): Point[] =>
	drafts.map((draft) => point({ ...draft, tags: { ...draft.tags, meter } }));
/** The tariff in force in the house. */
const tariffs = [3, 3.4, 9, 21.2].map((day, index) =>
	point({
		series: 'tariff.period',
		tags: {},
		at: startMs + day * DAY_MS,
		value: index % 2 === 0 ? 'peak' : 'off_peak',
	}),
);

const questions = fc.array(
	fc.record({
		fromMs: fc.integer({ min: -5, max: 30 * 24 }).map((hour) => startMs + hour * HOUR_MS),
		hours: fc.integer({ min: 1, max: 40 * 24 }),
		shiftMs: fc.constantFrom(0, 0, 17 * MINUTE_MS + 5_000),
		by: fc.constantFrom('hour', 'day', 'week', 'month', 'total'),
		compare: fc.constantFrom(undefined, 'week'),
	} as const),
	{ minLength: 1, maxLength: 4 },
);

describe('energy out of the file', function () {
	this.timeout(120_000);
	const folder = temporaryDirectory('suite');
	let meters = 0;
	let store: SqliteStore;
	/** What a test opened besides. */
	let opened: { close(): Promise<void> } | undefined;

	before(async () => {
		const keep = keepFor({ points: 36_500 });
		store = new SqliteStore(join(folder.path, 'history.db'), silentLog, systemClock, keep, paris.zone);
		await store.write(tariffs);
	});
	after(() => store.close());
	afterEach(async () => {
		await opened?.close();
		opened = undefined;
	});
	/** A meter of its own for each house: opening a file for each takes long. */
	const nextMeter = (): string => {
		meters += 1;
		return `m${meters}`;
	};
	const tidied = async (atMs: number): Promise<void> => {
		while (await store.upkeep(atMs));
	};
	const answer = async (reader: HistoryReader, meter: string, asked: ReturnType<typeof askedOf>) =>
		energyAnswerOf(paris, await readMeters(reader, { meter, moments: momentsOf(asked) }), asked, nowMs);

	it('is what every minute of it says, days summed or not, late readings too', async () => {
		await fc.assert(
			fc.asyncProperty(house, house, fc.integer({ min: 0, max: 60 }), questions, async (drafts, late, day, asks) => {
				const meter = nextMeter();
				await store.write(of(meter, drafts));
				await tidied(startMs + day * DAY_MS);
				await store.write(of(meter, late.slice(0, 10)));
				for (const { fromMs, hours, shiftMs, ...how } of asks) {
					const range = { fromMs: fromMs + shiftMs, toMs: fromMs + shiftMs + hours * HOUR_MS };
					const asked = askedOf(paris, { ...range, ...how }, nowMs);
					const told = await answer(store, meter, asked);
					expect(told).to.deep.equal(await answer(minuteByMinute(store), meter, asked));
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('has 23 and 25 hours in the days of the clock change, and what was drawn in them', async () => {
		const changes = fc.constantFrom(['2026-03-29', 23] as const, ['2026-10-25', 25] as const);
		const drawnIn = fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 25, maxLength: 25 });
		await fc.assert(
			fc.asyncProperty(changes, drawnIn, fc.boolean(), async ([date, hours], all, isSummed) => {
				const meter = nextMeter();
				const drawn = all.slice(0, hours);
				const midnightMs = paris.instant(date, 0);
				let value = 1_000_000;
				const points: Point[] = [];
				const read = (at: number): void => {
					points.push(point({ series: 'reading.energyWh', tags: { meter, register: 'BASE' }, at, value }));
				};
				for (let hour = -24; hour < hours + 24; hour += 1) {
					for (let part = 0; part < 6; part += 1) {
						read(midnightMs + hour * HOUR_MS + part * 10 * MINUTE_MS);
						value += part < 5 ? 0 : (drawn[hour] ?? 77);
					}
				}
				read(midnightMs + (hours + 24) * HOUR_MS);
				await store.write(points);
				if (isSummed) await tidied(midnightMs + 10 * DAY_MS);
				const range = { fromMs: midnightMs, toMs: midnightMs + hours * HOUR_MS };
				const day = await answer(store, meter, askedOf(paris, { ...range, by: 'day' }, nowMs));
				const sum = drawn.reduce((whole, wh) => whole + wh, 0);
				expect(day.periods.map(({ energyWh, complete }) => ({ energyWh, complete }))).to.deep.equal([
					{ energyWh: sum, complete: true },
				]);
				const [{ from, to } = { from: '', to: '' }] = day.periods;
				expect(Date.parse(to) - Date.parse(from)).to.equal(hours * HOUR_MS);
				const each = await answer(store, meter, askedOf(paris, { ...range, by: 'hour' }, nowMs));
				expect(each.periods.map(({ energyWh }) => energyWh)).to.deep.equal(drawn);
			}),
			{ numRuns: 20 },
		);
	});

	it('reads a year as days', async () => {
		const tags = { meter: nextMeter(), register: 'BBRHPJB' };
		const points: Point[] = [];
		for (let step = 0; step < 365 * 25; step += 1) {
			points.push(point({ series: 'reading.energyWh', tags, at: startMs + step * 3_460_000, value: step * 9 }));
		}
		await store.write(points);
		await tidied(startMs + 400 * DAY_MS);
		let cells = 0;
		const selection = { series: 'reading.energyWh', tags, fromMs: startMs, toMs: startMs + 365 * DAY_MS };
		const months = Array.from({ length: 13 }, (_, month) => startMs + month * 28 * DAY_MS + HOUR_MS);
		for await (const part of store.counted(selection, async () => months)) cells += part.cells.length;
		expect(cells).to.be.within(13, 60);
	});

	it('reads a year by local days without its hours, and texts that do not change once', async () => {
		const path = join(folder.path, 'year.db');
		const own = new SqliteStore(path, silentLog, systemClock, keepFor({ points: 36_500 }), paris.zone);
		opened = own;
		const tags = { meter: 'main', register: 'BBRHPJB' };
		const points: Point[] = [];
		for (let step = 0; step < 365 * 48; step += 1) {
			const at = startMs + step * 30 * MINUTE_MS;
			points.push(point({ series: 'reading.energyWh', tags, at, value: step * 9 }));
			points.push(point({ series: 'reading.identity', tags: { meter: 'main' }, at, value: step < 9_000 ? 'a' : 'b' }));
		}
		for (let from = 0; from < points.length; from += 5_000) await own.write(points.slice(from, from + 5_000));
		while (await own.upkeep(startMs + 400 * DAY_MS));
		await own.close();
		const database = await openDatabase({ path, migrations, log: silentLog, clock: systemClock });
		opened = database;
		let rows = 0;
		const counting: Database = {
			...database,
			all: async <Row extends SqlRow>(sql: string, params?: readonly SqlValue[]): Promise<Row[]> => {
				const found = await database.all<Row>(sql, params);
				rows += found.length;
				return found;
			},
		};
		const known = [...(await SeriesTable.read(database)).all()];
		const [numbers, texts] = [known.find(({ counter }) => counter), known.find(({ kind }) => kind === 'text')];
		const range = { fromMs: startMs, toMs: startMs + 365 * DAY_MS };
		const midnights: number[] = [];
		for (let atMs = range.fromMs + 10 * DAY_MS; atMs < range.toMs - 10 * DAY_MS; ) {
			atMs = paris.next('day', atMs);
			midnights.push(atMs);
		}
		const cells = await countedCells(counting, numbers ?? expect.fail(), range, midnights, paris);
		expect(cells.length).to.be.greaterThan(345);
		// A row for each span of days, and at both ends one for each day and one for its parts.
		expect(rows).to.be.lessThan(100);
		rows = 0;
		const changes = await readChanges(counting, texts ?? expect.fail(), range);
		expect(rows).to.be.lessThan(5);
		expect([...new Set(changes.map(({ value }) => value))]).to.deep.equal(['a', 'b']);
		expect(changes.find(({ value }) => value === 'b')?.at).to.equal(startMs + 9_000 * 30 * MINUTE_MS);
	});

	it('sums spans of days in a file that an earlier version filled, and corrects them where readings come late', async () => {
		const path = join(folder.path, 'earlier.db');
		const open = (): SqliteStore =>
			new SqliteStore(path, silentLog, systemClock, keepFor({ points: 36_500 }), paris.zone);
		const summed = async (own: SqliteStore): Promise<void> => {
			while (await own.upkeep(startMs + 100 * DAY_MS));
		};
		const tags = { meter: 'main', register: 'BBRHPJB' };
		const readingAt = (step: number, value = step * 7): Point =>
			point({ series: 'reading.energyWh', tags, at: startMs + step * 30 * MINUTE_MS, value });
		let own = open();
		opened = own;
		// A day is left out: its span can't be summed until it comes.
		const isLate = (step: number): boolean => step >= 40 * 48 && step < 41 * 48;
		const steps = Array.from({ length: 80 * 48 }, (_, step) => step);
		await own.write(steps.filter((step) => !isLate(step)).map((step) => readingAt(step)));
		await summed(own);
		await own.close();
		const known = async (change = ''): Promise<number[]> => {
			const database = await openDatabase({ path, log: silentLog, clock: systemClock });
			opened = database;
			if (change !== '') for (const sql of change.split(';')) await database.run(sql);
			const rows = change === '' ? await database.all('SELECT id FROM spans ORDER BY id') : [];
			await database.close();
			return rows.map(({ id }) => Number(id) % BLOCKS);
		};
		const first = Math.ceil(startMs / DAY_MS / 16);
		expect(await known()).to.deep.equal([first, first + 2, first + 3]);
		await known(
			'DROP TRIGGER day_put; DROP TRIGGER span_gone; DROP TABLE spans; DROP TABLE due_spans; PRAGMA user_version = 4',
		);
		own = open();
		opened = own;
		const asked = askedOf(paris, { fromMs: startMs, toMs: startMs + 79 * DAY_MS, by: 'total' }, nowMs);
		const drawnWh = async (): Promise<number | undefined> => (await answer(own, 'main', asked)).periods[0]?.energyWh;
		expect(await drawnWh()).to.equal(79 * 48 * 7);
		await summed(own);
		expect(await drawnWh()).to.equal(79 * 48 * 7);
		await own.close();
		expect(await known()).to.deep.equal([first, first + 2, first + 3]);
		own = open();
		opened = own;
		await own.write(steps.filter(isLate).map((step) => readingAt(step)));
		await summed(own);
		// Set back for half an hour: what it counts from there on is its own.
		const set = steps.filter((step) => step === 45 * 48).map((step) => readingAt(step, 0));
		await own.write(set);
		expect(await drawnWh()).to.equal(
			await answer(minuteByMinute(own), 'main', asked).then(({ periods: [one] }) => one?.energyWh),
		);
		const whole = await drawnWh();
		await summed(own);
		expect(await drawnWh()).to.equal(whole);
		expect(whole).to.not.equal(79 * 48 * 7);
		await own.close();
		expect(await known()).to.deep.equal([first, first + 1, first + 2, first + 3]);
	});

	it('tells when texts became other ones, of days that an earlier version wrote too', async () => {
		const path = join(folder.path, 'texts.db');
		const own = new SqliteStore(path, silentLog, systemClock, keepFor({ points: 36_500 }), paris.zone);
		opened = own;
		const said = [0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0];
		const tags = { meter: 'main' };
		const points = said.flatMap((word, day) =>
			[0, 5, 11, 17].map((hour): Point => {
				const at = startMs + day * DAY_MS + hour * HOUR_MS;
				return point({ series: 'reading.identity', tags, at, value: `meter ${hour === 11 && day > 8 ? 2 : word}` });
			}),
		);
		await own.write(points.slice(10));
		await own.write(points.slice(0, 10));
		await own.close();
		const database = await openDatabase({ path, migrations, log: silentLog, clock: systemClock });
		opened = database;
		const [known = expect.fail()] = [...(await SeriesTable.read(database)).all()];
		const range = { fromMs: startMs, toMs: startMs + said.length * DAY_MS };
		const meant = points.filter(({ value }, index) => value !== points[index - 1]?.value);
		for (const some of ['id = 0', 'id % 3 = 0', 'id % 3 = 1', 'id > 0']) {
			await database.run(`DELETE FROM changes WHERE ${some}`);
			const told = await readChanges(database, known, range);
			const changes = told.filter(({ value }, index) => value !== told[index - 1]?.value);
			expect(changes, some).to.deep.equal(meant.map(({ at, value }) => ({ at, value })));
		}
	});
});

// What every history store promises: one suite, run on each.
import { expect } from 'chai';
import fc from 'fast-check';
import { type Cell, cellsOf, coarser } from '../../src/core/cell.ts';
import type { Point } from '../../src/core/point.ts';
import type { HistoryStore, RangeQuery } from '../../src/core/store.ts';
import { comparable, expectedLines, point, points, START_MS } from './model.ts';

/** `store`: the one of the running test, open and not necessarily empty. */
export function keepsTheStoreContract(store: () => HistoryStore, reopen: () => Promise<void>): void {
	let run = 0;
	let series = '';
	const range = (more: Partial<RangeQuery> = {}): RangeQuery => ({
		series,
		tags: {},
		fromMs: START_MS,
		toMs: START_MS + 10_000,
		bucketMs: 1_000,
		...more,
	});

	beforeEach(() => {
		run += 1;
		series = `contract.${run}`;
	});

	it('answers minimum, maximum, mean and count of each bucket, and what was before', async () => {
		const values = [
			[-500, 7],
			[0, 3],
			[999, 5.5],
			[1_000, -2],
			[9_999, 4],
			[10_000, 100],
		] as const;
		const written = values.map(([afterMs, value]) => point({ series, at: START_MS + afterMs, value }));
		expect(await store().write(written)).to.deep.equal({ written: 6, refused: 0 });
		expect(await store().query(range())).to.deep.equal([
			{
				kind: 'number',
				series,
				tags: { meter: 'main' },
				atMs: [START_MS, START_MS + 1_000, START_MS + 9_000],
				min: [3, -2, 4],
				max: [5.5, -2, 4],
				mean: [4.25, -2, 4],
				count: [2, 1, 1],
				before: { atMs: START_MS - 500, value: 7 },
			},
		]);
	});

	it('keeps a peak of one millisecond in a range of a month', async () => {
		const flat = Array.from({ length: 50 }, (_, index) => point({ series, at: START_MS + index * 60_000, value: 300 }));
		await store().write([...flat, point({ series, at: START_MS + 1_234_567, value: 9_000 })]);
		const month = 30 * 86_400_000;
		const [line] = await store().query(range({ toMs: START_MS + month, bucketMs: month / 2 }));
		expect(line).to.deep.include({ max: [9_000], min: [300], count: [51] });
	});

	it('keeps texts: the last of each bucket', async () => {
		const texts = ['comfort', 'eco, "off" = \\ \'x\'', 'é °C'];
		await store().write(texts.map((value, index) => point({ series, at: START_MS + index * 600, value })));
		expect(await store().query(range())).to.deep.equal([
			{
				kind: 'text',
				series,
				tags: { meter: 'main' },
				atMs: [START_MS, START_MS + 1_000],
				text: [texts[1], texts[2]],
				count: [2, 1],
			},
		]);
	});

	it('has a point once however often it is written, with the last value', async () => {
		await store().write([point({ series, value: 1 })]);
		await store().write([point({ series, value: 1 }), point({ series, value: 2 })]);
		const [line] = await store().query(range());
		expect(line).to.deep.include({ count: [1], min: [2], max: [2] });
	});

	it('answers only the lines whose tags are asked', async () => {
		const phases = ['1', '2'].map((phase) => point({ series, tags: { meter: 'main', phase }, value: Number(phase) }));
		await store().write([...phases, point({ series, tags: {}, value: 9 })]);
		const all = await store().query(range());
		expect(all.map(({ tags }) => tags)).to.deep.equal([
			{},
			{ meter: 'main', phase: '1' },
			{ meter: 'main', phase: '2' },
		]);
		const some = await store().query(range({ tags: { phase: '2' } }));
		expect(some.map(({ tags }) => tags)).to.deep.equal([{ meter: 'main', phase: '2' }]);
		expect(await store().query(range({ series: `${series}.none` }))).to.deep.equal([]);
	});

	it('asks for names and tags as they stand, whatever they hold', async () => {
		const tags = { meter: `o'clock" OR ''='` };
		await store().write([point({ series, tags, value: 1 }), point({ series, value: 2 })]);
		const lines = await store().query(range({ tags }));
		expect(lines.map((line) => line.tags)).to.deep.equal([tags]);
		expect(await store().query(range({ series: `${series}" where "x` }))).to.deep.equal([]);
	});

	it('lists its series', async () => {
		await store().write([
			point({ series, value: 1 }),
			point({ series, value: 'one' }),
			point({ series: `${series}.other`, tags: { board: '1-20' }, value: 2 }),
		]);
		const own = (await store().series()).filter((each) => each.series.startsWith(series));
		expect(own).to.deep.equal([
			{ series, tags: { meter: 'main' }, kind: 'number' },
			{ series, tags: { meter: 'main' }, kind: 'text' },
			{ series: `${series}.other`, tags: { board: '1-20' }, kind: 'number' },
		]);
		expect(await store().series(`${series}.other`)).to.have.length(1);
	});

	it('holds what it confirmed when it is closed and opened again', async () => {
		const many = Array.from({ length: 237 }, (_, index) => point({ series, at: START_MS + index, value: index }));
		await store().write(many);
		await reopen();
		await store().write([point({ series, at: START_MS + 500, value: 500 })]);
		const [line] = await store().query(range());
		expect(line).to.deep.include({ count: [238], min: [0], max: [500] });
	});

	/** All that is to be done between writes. */
	const settle = async (): Promise<void> => {
		while (await store().upkeep(START_MS));
	};
	const collected = async <Part>(parts: AsyncIterable<Part>): Promise<Part[]> => {
		const all: Part[] = [];
		for await (const part of parts) all.push(part);
		return all;
	};
	/** Every ten seconds for four hours and a half, with a peak; a counter that is set back. */
	const evening = (own: string, counter = false): Point[] =>
		Array.from({ length: 1_620 }, (_, index) => {
			const value = counter ? (index * 3) % 2_000 : index === 777 ? 9_000 : 300 + (index % 50);
			return point({ series: own, at: START_MS + index * 10_000, value });
		});
	const whole = { fromMs: START_MS, toMs: START_MS + 86_400_000 };
	const cellsThere = async (own: string, resolution: 'minute' | 'hour'): Promise<Cell[]> => {
		const parts = await collected(store().cells({ series: own, ...whole }, resolution));
		return parts.flatMap(({ cells }) => [...cells]);
	};
	const cellsMeant = (all: readonly Point[], lengthMs: number, counter: boolean): Cell[] => {
		const byMoment = new Map(all.map(({ at, value }) => [at, { at, value: Number(value) }]));
		return cellsOf(
			[...byMoment.values()].sort((a, b) => a.at - b.at),
			lengthMs,
			counter,
		);
	};

	it('rolls minutes and hours up, with every peak, and answers long ranges from them', async () => {
		const all = evening(series);
		for (let from = 0; from < all.length; from += 500) {
			await store().write(all.slice(from, from + 500));
			await settle();
		}
		expect(await cellsThere(series, 'minute')).to.deep.equal(cellsMeant(all, 60_000, false));
		expect(await cellsThere(series, 'hour')).to.deep.equal(cellsMeant(all, 3_600_000, false));
		for (const bucketMs of [600_000, 86_400_000 / 4]) {
			const asked = range({ toMs: START_MS + 2 * 86_400_000, bucketMs });
			expect(comparable(await store().query(asked))).to.deep.equal(comparable(expectedLines(all, asked)));
		}
	});

	it('corrects minutes and hours by what comes late, and never counts twice what comes again', async () => {
		const own = `${series}.energyWh`;
		const all = evening(own, true);
		const [even, odd] = [0, 1].map((rest) => all.filter((_, index) => index % 2 === rest)) as [Point[], Point[]];
		await store().write(even);
		await settle();
		await store().write(odd.slice(300));
		await store().write(odd);
		await store().write(all.slice(200, 900));
		const corrected = { ...(all[100] as Point), value: 301 };
		await store().write([corrected]);
		await settle();
		const meant = [...all, corrected];
		expect(await cellsThere(own, 'minute')).to.deep.equal(cellsMeant(meant, 60_000, true));
		expect(await cellsThere(own, 'hour')).to.deep.equal(cellsMeant(meant, 3_600_000, true));
	});

	it('gives every point back, series by series and in order, texts too', async () => {
		const numbers = evening(series);
		const texts = ['eco', 'comfort'].map((value, index) => point({ series, at: START_MS + index, value }));
		await store().write([...numbers.slice(800), ...texts]);
		await store().write(numbers.slice(0, 800));
		const parts = await collected(store().points({ series, ...whole }));
		for (const [kind, meant] of [
			['number', numbers],
			['text', texts],
		] as const) {
			const points = parts.filter((part) => part.kind === kind).flatMap((part) => [...part.points]);
			expect(points).to.deep.equal(meant.map(({ at, value }) => ({ at, value })));
		}
		const some = { series, tags: { meter: 'other' }, ...whole };
		expect(await collected(store().points(some))).to.deep.equal([]);
	});

	it('takes minutes and hours of a time whose points it never had', async () => {
		const all = evening(series);
		const old = START_MS - 400 * 86_400_000 - (START_MS % 3_600_000);
		const cells = cellsMeant(all, 60_000, false).map((cell) => ({
			...cell,
			atMs: cell.atMs - START_MS + old,
			firstAtMs: cell.firstAtMs - START_MS + old,
			lastAtMs: cell.lastAtMs - START_MS + old,
		}));
		const hours = coarser(cells, 3_600_000, false);
		const tags = { meter: 'main' };
		for (let time = 0; time < 2; time += 1) await store().putCells([{ series, tags, cells: [...cells, ...hours] }]);
		const asked = { series, fromMs: old, toMs: old + 86_400_000 };
		const found = await collected(store().cells(asked, 'hour'));
		expect(found.flatMap((part) => [...part.cells])).to.deep.equal(hours);
		const [line] = await store().query(range({ ...asked, bucketMs: 86_400_000 }));
		expect(line).to.deep.include({ max: [9_000], count: [1_620] });
	});

	it('answers any points as a plain model does', async () => {
		let number = 0;
		const batches = fc.array(
			fc.constant(undefined).chain(() => points('x')),
			{ minLength: 1, maxLength: 3 },
		);
		const cuts = fc.record({
			fromMs: fc.integer({ min: 0, max: 3_000 }),
			bucketMs: fc.integer({ min: 1, max: 5_000 }),
		});
		await fc.assert(
			fc.asyncProperty(batches, cuts, async (drawn, { fromMs, bucketMs }) => {
				// Every run has series of its own: a store isn't emptied.
				number += 1;
				const own = `${series}.${number}`;
				const written = drawn.map((batch) => batch.map((each) => ({ ...each, series: each.series.replace('x', own) })));
				for (const batch of written) await store().write(batch);
				const asked = range({ series: own, fromMs: START_MS + fromMs - 1_000, bucketMs });
				const expected = expectedLines(written.flat(), asked);
				expect(comparable(await store().query(asked))).to.deep.equal(comparable(expected));
			}),
			{ numRuns: 60 },
		);
	});
}

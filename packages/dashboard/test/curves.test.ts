import type { HistoryAnswer } from '@pilotwire/contract';
import { expect } from 'chai';
import { curvesOf, rowsOf, stacked, sumOf } from '../src/core/curves.ts';
import { journalOf, shedCounts, shedMinutes } from '../src/core/shed-time.ts';

const numbers = (
	phase: string,
	atMs: number[],
	mean: number[],
	before?: number,
	beforeMs = -1,
): HistoryAnswer['lines'][number] => ({
	...{ kind: 'number', series: 'load.currentA', tags: { phase }, atMs, mean },
	...{ min: mean, max: mean.map((value) => value * 2), count: mean.map(() => 1) },
	...(before === undefined ? {} : { before: { atMs: beforeMs, value: before } }),
});
const window = { fromMs: 0, toMs: 40_000 };
const key = (tags: Readonly<Record<string, string>>) => tags['phase'];

describe('curves of the history', () => {
	const answer: HistoryAnswer = {
		bucketMs: 10_000,
		lines: [numbers('2', [0, 20_000], [1, 3]), numbers('1', [0, 10_000, 20_000], [10, 20, 30])],
	};

	it('lie on one grid, sorted, with nothing where nothing was measured', () => {
		const { timesS, curves } = curvesOf(answer, window, 0, { key });
		expect(timesS).to.deep.equal([0, 10, 20, 30]);
		expect(curves).to.deep.equal([
			{ key: '1', values: [10, 20, 30, null] },
			{ key: '2', values: [1, null, 3, null] },
		]);
	});

	it('are moved by the difference of two clocks, or of two ranges', () => {
		expect(curvesOf(answer, window, 10_000, { key }).curves[1]?.values).to.deep.equal([null, 1, null, 3]);
	});

	it('hold a state until its next word, from the one before the range on, but not beyond the last', () => {
		const held: HistoryAnswer = { bucketMs: 10_000, lines: [numbers('1', [20_000], [5], 4)] };
		expect(curvesOf(held, window, 0, { key, holds: true }).curves[0]?.values).to.deep.equal([4, 4, 5, null]);
	});

	it('hold what was said before the range only for as long as it holds at all', () => {
		const [minute, day] = [60_000, 86_400_000];
		const range = { fromMs: 0, toMs: 4 * minute };
		const values = (atMs: number) => {
			const held: HistoryAnswer = { bucketMs: minute, lines: [numbers('1', [3 * minute], [5], 4, atMs)] };
			return curvesOf(held, range, 0, { key, holds: true }).curves[0]?.values;
		};
		expect(values(-10 * minute)).to.deep.equal([4, null, null, 5]);
		expect(values(-day)).to.deep.equal([null, null, null, 5]);
	});

	it('are summed up and stacked, each on top of those before', () => {
		const all = curvesOf(answer, window, 0, { key });
		expect(sumOf(all)).to.deep.equal([11, 20, 33, null]);
		expect(stacked(all).map(({ values }) => values[2])).to.deep.equal([30, 33]);
	});

	it('stand in a table of few rows: mean and highest of each part', () => {
		const rows = rowsOf(curvesOf(answer, window, 0, { key }), 2);
		expect(rows.map(({ means }) => means)).to.deep.equal([
			[15, 1],
			[30, 3],
		]);
		expect(rows[0]?.highest).to.deep.equal([20, 1]);
	});
});

describe('what was shed', () => {
	const HOUR = 3_600_000;
	const day = { fromMs: 0, toMs: 24 * HOUR };
	const text = (tags: Record<string, string>, atMs: number[], words: string[], before?: string) => ({
		...{ kind: 'text' as const, series: 'x', tags, atMs, text: words, count: words.map((_, index) => index + 1) },
		...(before === undefined ? {} : { before: { atMs: -1, value: before } }),
	});

	it('is counted in minutes of each hour, from before the range and over the edges of hours', () => {
		const lines = [
			text({ circuit: 'salon' }, [0.5 * HOUR, 1.5 * HOUR, 2.25 * HOUR], ['programme', 'shed', 'programme'], 'shed'),
			text({ circuit: 'bureau' }, [HOUR], ['programme']),
		];
		const { curves } = shedMinutes({ bucketMs: 1, lines }, day, 0);
		expect(curves.map((curve) => curve.key)).to.deep.equal(['salon']);
		expect(curves[0]?.values.slice(0, 4)).to.deep.equal([30, 30, 15, 0]);
	});

	it('is counted in times over long stretches, sheds alone', () => {
		const lines = [
			text({ circuit: 'salon', kind: 'shed' }, [0, HOUR], ['a', 'b']),
			text({ circuit: 'salon', kind: 'restore' }, [0], ['c']),
		];
		expect(shedCounts({ bucketMs: 1, lines }, day, 0).curves.map(({ values }) => values.slice(0, 2))).to.deep.equal([
			[1, 2],
		]);
	});

	it('is told in a journal, newest first', () => {
		const lines = [
			text({ circuit: 'salon', kind: 'shed', phase: '1' }, [10], ['salon waits']),
			text({ circuit: 'bureau', kind: 'restore', phase: '2' }, [30], ['bureau comes back']),
		];
		const said = JSON.stringify({ reason: 'protected', figures: {} });
		const reasons = [
			text({ circuit: 'bureau', kind: 'restore', phase: '2' }, [30], [said]),
			text({ circuit: 'salon', kind: 'shed', phase: '1' }, [11], [said]),
		];
		const entries = journalOf({ bucketMs: 1, lines }, { bucketMs: 1, lines: reasons }, 5);
		expect(entries.map(({ atMs, kind, circuit, reason }) => [atMs, kind, circuit, reason?.reason])).to.deep.equal([
			[35, 'restore', 'bureau', 'protected'],
			[15, 'shed', 'salon', undefined],
		]);
	});
});

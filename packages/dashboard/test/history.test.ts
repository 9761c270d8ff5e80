import { expect } from 'chai';
import { LoadHistory } from '../src/core/history.ts';
import { loadPoints, loadQuery } from '../src/core/history-query.ts';
import { at, T0 } from './messages.ts';

describe('the last hours', () => {
	it('puts what comes live into slots, mean and maximum', () => {
		const history = new LoadHistory(60_000, 6);
		history.add(1, T0, 1_000);
		history.add(1, T0 + 5_000, 2_000);
		history.add(2, T0 + 20_000, 500);
		const { timesS, phases, means, maxima } = history.columns(T0 + 20_000);
		expect(phases).to.deep.equal([1, 2]);
		expect(timesS.slice(-3)).to.deep.equal([T0 / 1000, T0 / 1000 + 10, T0 / 1000 + 20]);
		expect(means.map((row) => row.slice(-3))).to.deep.equal([
			[1_500, null, null],
			[null, null, 500],
		]);
		expect(maxima[0]?.slice(-3)).to.deep.equal([2_000, null, null]);
	});

	it('forgets what is older than its range: memory stays bounded', () => {
		const history = new LoadHistory(60_000, 6);
		for (let s = 0; s < 100_000; s += 1) history.add(1, T0 + s * 1_000, s);
		const { means } = history.columns(T0 + 99_999_000);
		expect(means[0]).to.have.length(6);
		expect(means[0]?.every((mean) => mean !== null)).to.equal(true);
		const early = history.columns(T0 + 50_000_000);
		expect(early.means[0]?.every((mean) => mean === null)).to.equal(true);
	});

	it("reads the store's answer by the browser's clock, each bucket one slot", () => {
		const ahead = 120_000;
		const answer = {
			bucketMs: 10_000,
			lines: [
				{
					kind: 'number',
					series: 'load.apparentPowerVA',
					tags: { meter: 'main', phase: '2' },
					atMs: [T0, T0 + 20_000],
					min: [1, 2],
					max: [900, 950],
					mean: [800, 850],
					count: [10, 10],
				},
			],
		};
		const points = loadPoints(answer, ahead)?.get(2);
		expect(points).to.deep.equal([
			{ atMs: T0 + ahead + 5_000, meanVA: 800, maxVA: 900 },
			{ atMs: T0 + ahead + 25_000, meanVA: 850, maxVA: 950 },
		]);
		const history = new LoadHistory(60_000, 6);
		history.fill(2, points ?? []);
		expect(history.columns(T0 + ahead + 25_000).means[0]?.slice(-3)).to.deep.equal([800, null, 850]);
	});

	it('does not take for an answer what is none', () => {
		for (const answer of [null, undefined, {}, { bucketMs: 1 }, { bucketMs: 'x', lines: [] }]) {
			expect(loadPoints(answer, 0)).to.equal(undefined);
		}
	});

	it('asks for a range with its end', () => {
		expect(loadQuery('main', T0, T0 + 60_000, 180)).to.deep.equal({
			series: 'load.apparentPowerVA',
			tags: { meter: 'main' },
			from: at(T0),
			to: at(T0 + 60_000),
			points: 180,
		});
	});
});

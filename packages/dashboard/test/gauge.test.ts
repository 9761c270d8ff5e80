import { expect } from 'chai';
import { breakerMargin, GAUGE_TOP, gaugeShare, gauges, total } from '../src/core/gauge.ts';
import { heard, load, shedder, T0 } from './messages.ts';

const house = heard([
	{ topic: 'meter/main/load/state', value: load(T0, [3_000, 3_500, 4_100]) },
	{
		topic: 'shedder/state',
		value: shedder(T0, {
			phases: [1, 2, 3].map((phase) => ({
				phase: phase as 1 | 2 | 3,
				loadVA: 3_000,
				limitVA: 4_000,
				headroomVA: 1_000,
				predictedVA: 3_000,
				filterUsed: phase / 10,
				...(phase === 3 ? { tripInS: 90 } : {}),
			})),
		}),
	},
]);

describe("a phase's gauge", () => {
	it('is calm, near its limit, or over it', () => {
		const all = gauges(house, new Map([[1, 3_900]]), true);
		expect(all.map(({ severity }) => severity)).to.deep.equal(['calm', 'near', 'over']);
		expect(all.map(({ headroomVA }) => headroomVA)).to.deep.equal([1_000, 500, -100]);
		expect(all[0]).to.include({ peakVA: 3_900, filterUsed: 0.1, tripInS: undefined });
		expect(all[2]).to.include({ tripInS: 90 });
		expect(total(all)).to.deep.equal({ loadVA: 10_600, limitVA: 12_000 });
	});

	it("says the breaker's margin of the worst phase, and nothing while the shedder is silent", () => {
		expect(breakerMargin(gauges(house, new Map(), true))).to.be.closeTo(0.7, 1e-9);
		expect(breakerMargin(gauges(house, new Map(), false))).to.equal(undefined);
	});

	it('stands at the limit line at the limit, and never leaves its column', () => {
		expect(gaugeShare(4_000, 4_000)).to.be.closeTo(1 / GAUGE_TOP, 1e-9);
		expect(gaugeShare(9_000, 4_000)).to.equal(1);
		expect(gaugeShare(100, 0)).to.equal(0);
	});
});

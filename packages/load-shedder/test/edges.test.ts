import { expect } from 'chai';
import fc from 'fast-check';
import { type AttemptLevels, sightOf } from '../src/commissioning/attempt.ts';
import type { PhaseLoad } from '../src/commissioning/circuit.ts';
import { edgesOf, pairOf } from '../src/commissioning/edges.ts';
import { verdictOf } from '../src/commissioning/verdict.ts';

/** A figure a second. */
const figures = (loads: readonly number[], phase = 1, stepVA = 10): PhaseLoad[] =>
	loads.map((loadVA, at) => ({ phase, loadVA, limitVA: 6_000, stepVA, atMs: at * 1_000 }));
const up = (phase: number, stepVA: number) => ({ phase, stepVA });

describe('the steps of a load', () => {
	it('are what rises, or falls, in one go, and each phase has its own', () => {
		const one = figures([100, 110, 600, 1_100, 1_090, 100, 2_100]);
		expect(edgesOf(one, 0, 10_000, 'up')).to.deep.equal([up(1, 990), up(1, 2_000)]);
		expect(edgesOf(one, 0, 10_000, 'down')).to.deep.equal([up(1, 990)]);
		expect(edgesOf(one, 3_000, 5_000, 'up')).to.deep.equal([up(1, 500)]);
		expect(edgesOf([...one, ...figures([0, 300], 2)], 0, 2_500, 'up')).to.deep.equal([up(1, 490), up(2, 300)]);
	});

	it('are none where figures are coarser than they are', () => {
		expect(edgesOf(figures([230, 460, 920], 1, 230), 0, 10_000, 'up')).to.deep.equal([up(1, 460)]);
	});

	it('pair where one came and went with the order, and no other did', () => {
		const edges = { begun: [up(1, 980), up(2, 2_000)], during: [], ended: [up(1, 1_010), up(3, 2_000)] };
		expect(pairOf(edges, 120, 100)).to.deep.equal(up(1, 995));
		expect(pairOf({ ...edges, ended: [...edges.ended, up(2, 2_010)] }, 120, 100)).to.equal(undefined);
		expect(pairOf(edges, 120, 20)).to.equal(undefined);
	});
});

describe('an attempt in which something else was switched', () => {
	const level = (va: number) => new Map([[1, va]]);
	/** Another appliance of 1,500 VA came on between, and stayed. */
	const levels = (edges: AttemptLevels['edges']): AttemptLevels => ({
		...{ before: level(200), comfort: level(2_700), early: level(2_700), off: level(200), after: level(1_700) },
		...{ stepVA: 10, edges },
	});
	const circuit = {
		...({ id: 'a', name: 'a', kind: 'radiator', phase: 1, powerVA: 1_000, inForce: 'off', reachable: true } as const),
		...{ controllable: true, frostGuard: false, byHand: 'null', minOnS: 0, minOffS: 0 },
	};

	it('says what came and went with the orders, and nothing without that', () => {
		expect(sightOf(levels(undefined), 1_000)).to.deep.equal({ kind: 'disturbed' });
		const edges = { begun: [up(1, 1_000)], during: [up(1, 1_000), up(1, 1_500)], ended: [up(1, 1_000)] };
		const sight = sightOf(levels(edges), 1_000);
		expect(sight).to.include({ kind: 'draws', phase: 1, powerVA: 1_000, byEdges: true });
		const attempt = { sight, stepVA: 10 };
		expect(verdictOf(circuit, [attempt])).to.include({ outcome: 'unsettled', settled: false });
		expect(verdictOf(circuit, [attempt, attempt])).to.include({ outcome: 'fine', settled: true });
	});

	it('says that nothing was drawn where no step could be its own, and leaves it open where one could', () => {
		const small = { begun: [up(1, 300)], during: [up(1, 300)], ended: [] };
		expect(sightOf(levels(small), 1_000)).to.deep.equal({ kind: 'nothing' });
		const late = { begun: [], during: [up(1, 1_500)], ended: [] };
		expect(sightOf(levels(late), 1_000)).to.deep.equal({ kind: 'disturbed' });
	});

	it('finds a step again in whatever else varies less, or at other times', () => {
		const noise = fc.array(fc.integer({ min: -25, max: 25 }), { minLength: 60, maxLength: 60 });
		fc.assert(
			fc.property(
				noise,
				fc.integer({ min: 200, max: 3_000 }),
				fc.integer({ min: 12, max: 30 }),
				(varies, va, otherS) => {
					const loads = varies.map((by, s) => 300 + by + (s >= 5 && s < 45 ? va : 0) + (s >= otherS ? 2_000 : 0));
					const begun = edgesOf(figures(loads), 3_000, 10_000, 'up');
					const ended = edgesOf(figures(loads), 43_000, 50_000, 'down');
					const pair = pairOf({ begun, during: begun, ended }, 120, 120);
					expect(pair?.stepVA).to.be.closeTo(va, 60);
				},
			),
			{ numRuns: 100 },
		);
	});
});

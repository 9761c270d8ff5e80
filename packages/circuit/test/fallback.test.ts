import { expect } from 'chai';
import fc from 'fast-check';
import { type FallbackState, followControl, NO_FALLBACK, runFallback, staticFallback } from '../src/fallback.ts';
import { orderLevel, raises } from '../src/order.ts';
import type { FallbackCircuit } from '../src/rotation.ts';
import { anyCircuits, SIX } from './arbitraries.ts';

const MINUTE_MS = 60_000;

function radiator(id: string, more: Partial<FallbackCircuit> = {}): FallbackCircuit {
	return { id, phase: 1, powerW: 1_500, priority: 1, wanted: 'comfort', inForce: 'comfort', ...more };
}

interface Moment {
	readonly nowMs: number;
	readonly circuits: readonly FallbackCircuit[];
	readonly orders: ReadonlyMap<string, { order: string; reason: string }>;
}

/** Runs the fallback, obeys it, and shows each moment. `change` may alter circuits as time goes by. */
function live(
	given: readonly FallbackCircuit[],
	budgetVA: number,
	minutes: number,
	watch: (moment: Moment) => void,
	options: { stepMs?: number; change?: (circuit: FallbackCircuit, nowMs: number) => FallbackCircuit } = {},
): FallbackState {
	let state = NO_FALLBACK;
	let circuits = [...given];
	const budgets = new Map([1, 2, 3].map((phase) => [phase, budgetVA]));
	for (let nowMs = 0; nowMs <= minutes * MINUTE_MS; ) {
		circuits = circuits.map((circuit) => options.change?.(circuit, nowMs) ?? circuit);
		const step = runFallback(state, nowMs, circuits, budgets);
		watch({ nowMs, circuits, orders: step.orders });
		state = step.state;
		circuits = circuits.map((circuit) => ({ ...circuit, inForce: step.orders.get(circuit.id)?.order ?? 'off' }));
		nowMs = Math.min(nowMs + (options.stepMs ?? Number.POSITIVE_INFINITY), step.nextMs ?? Number.POSITIVE_INFINITY);
	}
	return state;
}

/** What draws on a phase, and how many circuits that is. */
function drawing({ circuits, orders }: Moment, phase: number) {
	const those = circuits.filter((circuit) => circuit.phase === phase && orders.get(circuit.id)?.order !== 'off');
	return { powerW: those.reduce((sum, { powerW }) => sum + powerW, 0), those };
}

/** The longest time without its wanted order, by circuit. */
function longestWaits(run: (watch: (moment: Moment) => void) => void): Map<string, number> {
	const since = new Map<string, number>();
	const longest = new Map<string, number>();
	run(({ nowMs, circuits, orders }) => {
		for (const { id, wanted } of circuits) {
			longest.set(id, Math.max(longest.get(id) ?? 0, nowMs - (since.get(id) ?? 0)));
			if (orders.get(id)?.order === wanted) since.set(id, nowMs);
		}
	});
	return longest;
}

describe('the fallback', () => {
	it('never gives more than the budget, but to one alone that is too big and near freezing', () => {
		fc.assert(
			fc.property(
				anyCircuits,
				fc.integer({ min: 0, max: 6_000 }),
				fc.integer({ min: 7, max: 700 }),
				(all, budget, s) => {
					const watch = (moment: Moment) => {
						for (const phase of [1, 2, 3]) {
							const { powerW, those } = drawing(moment, phase);
							const [only] = those;
							const isAlone = those.length === 1 && only !== undefined && only.powerW > budget;
							if (isAlone) expect(moment.orders.get(only.id)?.order).to.equal('frost_protection');
							else expect(powerW).to.be.at.most(budget);
						}
					};
					live(all, budget, 300, watch, { stepMs: s * 1000 });
				},
			),
			{ numRuns: 60 },
		);
	});

	it('keeps within a budget and wishes that change at any moment', () => {
		const wish = fc.record({
			which: fc.nat(9),
			wanted: fc.constantFrom(...SIX),
			budget: fc.integer({ min: 0, max: 6_000 }),
		});
		fc.assert(
			fc.property(anyCircuits, fc.array(fc.tuple(wish, fc.nat(900_000)), { maxLength: 30 }), (all, changes) => {
				let state = NO_FALLBACK;
				let circuits = all.map((circuit) => ({ ...circuit, switched: true }));
				let nowMs = 0;
				for (const [{ which, wanted, budget }, laterMs] of changes) {
					nowMs += laterMs;
					circuits = circuits.map((circuit, index) => (index === which ? { ...circuit, wanted } : circuit));
					const step = runFallback(state, nowMs, circuits, new Map([1, 2, 3].map((phase) => [phase, budget])));
					state = step.state;
					for (const phase of [1, 2, 3]) {
						expect(drawing({ nowMs, circuits, orders: step.orders }, phase).powerW).to.be.at.most(budget);
					}
					circuits = circuits.map((circuit) => ({ ...circuit, inForce: step.orders.get(circuit.id)?.order ?? 'off' }));
				}
			}),
		);
	});

	it('gives every circuit that fits a turn at least every 60 minutes', () => {
		const many = fc.array(fc.integer({ min: 300, max: 3_000 }), { minLength: 1, maxLength: 12 });
		fc.assert(
			fc.property(many, fc.integer({ min: 3_000, max: 4_000 }), (powers, budget) => {
				const circuits = powers.map((powerW, index) => radiator(`r${index}`, { powerW, priority: index }));
				const longest = longestWaits((watch) => live(circuits, budget, 300, watch, { stepMs: 60_000 }));
				for (const waitMs of longest.values()) expect(waitMs).to.be.at.most(60 * MINUTE_MS);
			}),
			{ numRuns: 60 },
		);
	});

	it('gives the others their turns though one room stays cold', () => {
		const circuits = [radiator('cold', { temperatureC: 3 }), radiator('a'), radiator('b'), radiator('c')];
		const longest = longestWaits((watch) => live(circuits, 2_000, 480, watch, { stepMs: 60_000 }));
		for (const waitMs of longest.values()) expect(waitMs).to.be.at.most(60 * MINUTE_MS);
	});

	it('lets no number of cold rooms that are too big starve the others, nor the others them', () => {
		const big = Array.from({ length: 6 }, (_, index) => radiator(`big${index}`, { powerW: 4_000, temperatureC: 4 }));
		const circuits = [...big, radiator('a'), radiator('b'), radiator('c')];
		const frosts = new Map<string, number>();
		const longest = longestWaits((watch) =>
			live(
				circuits,
				2_000,
				600,
				(moment) => {
					watch(moment);
					for (const { id } of big) {
						if (moment.orders.get(id)?.order === 'frost_protection') frosts.set(id, (frosts.get(id) ?? 0) + 1);
					}
				},
				{ stepMs: MINUTE_MS },
			),
		);
		for (const id of ['a', 'b', 'c']) expect(longest.get(id)).to.be.at.most(65 * MINUTE_MS);
		for (const { id } of big) expect(frosts.get(id)).to.be.at.least(5 * 5);
	});

	it('makes no slot shorter than a minute and lets nothing rise until what dropped is gone', () => {
		const circuits = Array.from({ length: 9 }, (_, index) => radiator(`r${index}`));
		let before: Moment | undefined;
		let droppedMs = 0;
		live(circuits, 2_000, 240, (moment) => {
			for (const { id } of circuits) {
				const was = before?.orders.get(id)?.order ?? 'comfort';
				const is = moment.orders.get(id)?.order;
				if (was !== 'off' && is === 'off') droppedMs = moment.nowMs;
				if (was === 'off' && is !== 'off') expect(moment.nowMs - droppedMs).to.be.at.least(10_000);
			}
			if (before !== undefined) expect(moment.nowMs).to.be.greaterThan(before.nowMs);
			before = moment;
		});
	});

	it('never heats what is wanted off', () => {
		fc.assert(
			fc.property(anyCircuits, fc.integer({ min: 0, max: 20_000 }), (circuits, budget) => {
				live(circuits, budget, 200, ({ orders }) => {
					for (const { id, wanted } of circuits) {
						const order = orders.get(id)?.order as FallbackCircuit['wanted'];
						expect(orderLevel(order)).to.be.at.most(orderLevel(wanted));
					}
				});
			}),
			{ numRuns: 60 },
		);
	});

	it('begins with those that heat and fit, raises nothing, and drops the rest at once', () => {
		fc.assert(
			fc.property(anyCircuits, fc.integer({ min: 0, max: 6_000 }), (circuits, budget) => {
				const { orders } = runFallback(NO_FALLBACK, 0, circuits, new Map([1, 2, 3].map((phase) => [phase, budget])));
				for (const { id, inForce } of circuits) expect(raises(inForce, orders.get(id)?.order ?? 'off')).to.equal(false);
			}),
		);
		const circuits = [
			radiator('less', { priority: 2 }),
			radiator('more', { priority: 1 }),
			radiator('eco', { powerW: 500, inForce: 'eco', priority: 9 }),
			radiator('shed', { powerW: 100, inForce: 'off', priority: 0 }),
		];
		const { orders } = runFallback(NO_FALLBACK, 0, circuits, new Map([[1, 2_100]]));
		expect([...orders].map(([id, { order, reason }]) => [id, order, reason])).to.deep.equal([
			['less', 'off', 'waits'],
			['more', 'comfort', 'turn'],
			['eco', 'eco', 'turn'],
			['shed', 'off', 'waits'],
		]);
	});

	it('serves first whoever waited longest under the shedder', () => {
		let state = followControl(NO_FALLBACK, 0, [radiator('a'), radiator('b'), radiator('c')]);
		const circuits = [radiator('a', { inForce: 'off' }), radiator('b', { inForce: 'off', priority: 2 }), radiator('c')];
		state = followControl(state, 10 * MINUTE_MS, [radiator('a'), circuits[1] as FallbackCircuit, radiator('c')]);
		state = followControl(state, 20 * MINUTE_MS, circuits);
		state = runFallback(state, 21 * MINUTE_MS, circuits, new Map([[1, 1_600]])).state;
		const { orders } = runFallback(state, 22 * MINUTE_MS, circuits, new Map([[1, 1_600]]));
		expect(orders.get('b')?.reason).to.equal('turn');
		expect(orders.get('c')?.order).to.equal('off');
	});

	it('lets all of them heat all the time where all fit', () => {
		const circuits = [radiator('a'), radiator('b', { inForce: 'off' })];
		live(circuits, 3_000, 300, ({ nowMs, orders }) => {
			expect(orders.get('a')?.order).to.equal('comfort');
			if (nowMs >= MINUTE_MS) expect(orders.get('b')?.order).to.equal('comfort');
		});
	});

	it('gives a turn at once to what is asked for while there is room', () => {
		const change = (circuit: FallbackCircuit, nowMs: number): FallbackCircuit =>
			circuit.id === 'b' && nowMs >= 125_000 ? { ...circuit, wanted: 'eco' } : circuit;
		const circuits = [radiator('a'), radiator('b', { wanted: 'off', inForce: 'off' })];
		live(
			circuits,
			3_000,
			5,
			({ nowMs, orders }) => expect(orders.get('b')?.order).to.equal(nowMs < 125_000 ? 'off' : 'eco'),
			{
				stepMs: 5_000,
				change,
			},
		);
	});

	it('gives frost_protection to a room below 6 °C, within the budget', () => {
		const change = (circuit: FallbackCircuit, nowMs: number): FallbackCircuit =>
			circuit.id === 'b' ? { ...circuit, temperatureC: nowMs < 5 * MINUTE_MS ? 7 : 5.9 } : circuit;
		const circuits = [radiator('a', { powerW: 900 }), radiator('b', { inForce: 'off', powerW: 1_000 })];
		const reasons = new Set<string>();
		live(circuits, 1_950, 5.2, ({ orders }) => reasons.add(orders.get('b')?.reason ?? ''), { stepMs: 5_000, change });
		expect([...reasons]).to.deep.equal(['waits', 'turn']);
		const squeezed = new Set<string>();
		const budget = 1_600;
		live(circuits, budget, 30, ({ orders }) => squeezed.add(`${orders.get('b')?.order}`), { stepMs: 5_000, change });
		expect(squeezed).to.include('frost_protection');
	});

	it('gives what is too big frost_protection after 2 hours, alone, and no switched circuit ever', () => {
		const circuits = [
			radiator('big', { powerW: 5_000 }),
			radiator('boiler', { powerW: 5_000, switched: true, inForce: 'off', temperatureC: 2 }),
			radiator('a'),
			radiator('b', { inForce: 'off' }),
		];
		const frosts: number[] = [];
		const longest = longestWaits((watch) =>
			live(
				circuits,
				2_000,
				480,
				(moment) => {
					watch(moment);
					expect(moment.orders.get('big')?.order).to.be.oneOf(['off', 'frost_protection']);
					expect(moment.orders.get('boiler')?.order).to.equal('off');
					if (moment.orders.get('big')?.order === 'frost_protection') frosts.push(moment.nowMs / MINUTE_MS);
				},
				{ stepMs: 60_000 },
			),
		);
		expect(frosts[0]).to.be.within(120, 136);
		expect(frosts.at(-1)).to.be.greaterThan(240);
		expect(longest.get('a')).to.be.at.most(60 * MINUTE_MS);
		expect(longest.get('b')).to.be.at.most(60 * MINUTE_MS);
	});

	it('takes time that goes back as standing still', () => {
		const circuits = [radiator('a'), radiator('b')];
		const budgets = new Map([[1, 2_000]]);
		const first = runFallback(NO_FALLBACK, 1_000_000, circuits, budgets);
		const back = runFallback(first.state, 0, circuits, budgets);
		expect(back.state.nowMs).to.equal(1_000_000);
		expect(back.orders).to.deep.equal(first.orders);
		expect(back.nextMs).to.equal(first.nextMs);
	});

	it('says nothing of when to call again where there is no circuit', () => {
		expect(runFallback(NO_FALLBACK, 0, [], new Map()).nextMs).to.equal(undefined);
	});
});

describe('the fallback that is left standing', () => {
	it('keeps what heats and fits, and gives the others frost_protection as far as it fits', () => {
		const circuits = [
			radiator('heats', { inForce: 'eco' }),
			radiator('waits', { inForce: 'off', powerW: 400, priority: 2 }),
			radiator('cold', { inForce: 'off', powerW: 400, priority: 3, temperatureC: 4 }),
			radiator('plug', { inForce: 'off', powerW: 10, switched: true }),
			radiator('off', { wanted: 'off', inForce: 'off', powerW: 10 }),
		];
		const orders = staticFallback(NO_FALLBACK, 0, circuits, new Map([[1, 2_000]]));
		expect([...orders].map(([id, { order, reason }]) => [id, order, reason])).to.deep.equal([
			['heats', 'eco', 'turn'],
			['waits', 'off', 'waits'],
			['cold', 'frost_protection', 'frost'],
			['plug', 'off', 'waits'],
			['off', 'off', 'wanted_off'],
		]);
	});

	it('never exceeds the budget and never heats what is wanted off', () => {
		fc.assert(
			fc.property(anyCircuits, fc.integer({ min: 0, max: 6_000 }), (circuits, budget) => {
				const budgets = new Map([1, 2].map((phase) => [phase, budget]));
				const orders = staticFallback(NO_FALLBACK, 0, circuits, budgets);
				for (const phase of [1, 2, 3]) {
					const { powerW } = drawing({ nowMs: 0, circuits, orders }, phase);
					expect(powerW).to.be.at.most(budgets.get(phase) ?? 0);
				}
				for (const { id, wanted } of circuits) {
					expect(raises(wanted, orders.get(id)?.order ?? 'off')).to.equal(false);
				}
			}),
		);
	});
});

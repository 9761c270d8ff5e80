import { expect } from 'chai';
import { NO_FALLBACK, runFallback } from '../src/fallback.ts';
import { chooseSlot, type FallbackCircuit } from '../src/rotation.ts';
import { nextSlot } from '../src/slots.ts';
import { NO_WAITS, updateWaits, type Waits } from '../src/waits.ts';

const MINUTE_MS = 60_000;
const NOW_MS = 200 * MINUTE_MS;

function radiator(id: string, more: Partial<FallbackCircuit> = {}): FallbackCircuit {
	return { id, phase: 1, powerW: 1_500, priority: 1, wanted: 'comfort', inForce: 'off', ...more };
}

/** Waits in minutes before NOW_MS. */
function waits(turn: Record<string, number>, frost: Record<string, number> = {}): Waits {
	const at = (minutes: Record<string, number>) =>
		new Map(Object.entries(minutes).map(([id, ago]) => [id, NOW_MS - ago * MINUTE_MS]));
	return { turnMs: at(turn), frostMs: at(frost) };
}

describe('a slot', () => {
	it('is as long as the hour of all who wait allows', () => {
		const circuits = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => radiator(id));
		const slot = chooseSlot(circuits, 2_000, waits({ a: 40, b: 10, c: 10, d: 10, e: 10, f: 0 }), NOW_MS);
		expect(slot.turn).to.deep.equal(['a']);
		expect((slot.endMs - NOW_MS) / MINUTE_MS).to.equal(10);
		const late = chooseSlot(circuits, 2_000, waits({ a: 90, b: 90, c: 90, d: 90, e: 90, f: 0 }), NOW_MS);
		expect((late.endMs - NOW_MS) / MINUTE_MS).to.equal(1);
	});

	it('goes to the coldest room first when not all that are cold fit', () => {
		const circuits = [radiator('cool', { temperatureC: 5 }), radiator('cold', { temperatureC: 3 })];
		const slot = chooseSlot(circuits, 2_000, waits({ cool: 10, cold: 5 }), NOW_MS);
		expect(slot).to.deep.include({ turn: [], frost: ['cold'] });
	});

	it('goes to what is too big for longest without frost_protection, at decent intervals in company', () => {
		const big = (id: string) => radiator(id, { powerW: 4_000, temperatureC: 4 });
		const turns = { x: 150, y: 150, a: 0 };
		const circuits = [big('x'), big('y'), radiator('a')];
		expect(chooseSlot(circuits, 2_000, waits(turns, { x: 40, y: 50 }), NOW_MS).frost).to.deep.equal(['y']);
		expect(chooseSlot(circuits, 2_000, waits(turns, { x: 10, y: 20 }), NOW_MS)).to.deep.include({
			turn: ['a'],
			frost: [],
		});
		const without = circuits.slice(0, 2);
		expect(chooseSlot(without, 2_000, waits(turns, { x: 10, y: 0 }), NOW_MS).frost).to.deep.equal(['x']);
	});
});

describe('a running slot', () => {
	const running = { turn: ['a'], frost: [], raiseMs: NOW_MS, endMs: NOW_MS + 10 * MINUTE_MS };

	it('takes in a room that turns cold, and nobody else before things may rise', () => {
		const circuits = [radiator('a'), radiator('b', { temperatureC: 5 }), radiator('c')];
		const young = waits({ a: 0, b: 1, c: 2 });
		expect(nextSlot(running, circuits, 3_000, young, NOW_MS)).to.deep.include({ turn: ['a'], frost: ['b'] });
		const early = { ...running, raiseMs: NOW_MS + 1 };
		expect(nextSlot(early, circuits, 9_000, young, NOW_MS)).to.deep.include({ turn: ['a'], frost: ['b'] });
		expect(nextSlot(running, circuits, 9_000, young, NOW_MS).turn).to.deep.equal(['a', 'c']);
	});

	it('gives way at once when nobody is left in it, so that what is too big need not wait', () => {
		const circuits = [radiator('big', { powerW: 4_000, temperatureC: 4 })];
		const slot = nextSlot(running, circuits, 3_000, waits({ big: 5 }), NOW_MS);
		expect(slot).to.deep.include({ turn: [], frost: ['big'], raiseMs: NOW_MS + 10_000 });
	});
});

describe('waits', () => {
	it('begin anew for who is served or wants nothing, and forget who is gone', () => {
		const former = waits({ a: 30, off: 30, served: 30, gone: 30 });
		const circuits = [radiator('a'), radiator('off', { wanted: 'off' }), radiator('served'), radiator('new')];
		const served = { turn: new Set(['served']), frost: new Set(['a']) };
		const { turnMs, frostMs } = updateWaits(former, circuits, NOW_MS, served);
		expect([...turnMs].map(([id, ms]) => [id, (NOW_MS - ms) / MINUTE_MS])).to.deep.equal([
			['a', 30],
			['off', 0],
			['served', 0],
			['new', 0],
		]);
		expect([...frostMs]).to.deep.equal([['a', NOW_MS]]);
	});

	it('count a turn to its end, however seldom the fallback is called', () => {
		const circuits = [radiator('a', { inForce: 'comfort' }), radiator('b')];
		const slots = new Map([[1, { turn: ['a'], frost: [], raiseMs: 0, endMs: 10 * MINUTE_MS }]]);
		const budgets = new Map([[1, 2_000]]);
		const before = updateWaits(updateWaits(NO_WAITS, circuits.slice(1), -1), circuits, 0);
		const { state } = runFallback({ nowMs: 0, waits: before, slots }, 10 * MINUTE_MS, circuits, budgets);
		expect(state.waits.turnMs.get('a')).to.equal(10 * MINUTE_MS);
	});

	it('go on for a turn that the wire has not shown yet', () => {
		const start = runFallback(NO_FALLBACK, 0, [radiator('a', { inForce: 'eco' })], new Map([[1, 2_000]]));
		const next = runFallback(start.state, 30_000, [radiator('a', { inForce: 'eco' })], new Map([[1, 2_000]]));
		expect(next.orders.get('a')).to.deep.equal({ order: 'eco', reason: 'turn' });
		expect(next.state.waits.turnMs.get('a')).to.equal(0);
		const risen = runFallback(next.state, 60_000, [radiator('a', { inForce: 'eco' })], new Map([[1, 2_000]]));
		expect(risen.orders.get('a')?.order).to.equal('comfort');
		expect(risen.state.waits.turnMs.get('a')).to.equal(60_000);
	});
});

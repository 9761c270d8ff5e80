import { expect } from 'chai';
import fc from 'fast-check';
import { FrostGuard } from '../src/frost-guard.ts';
import { chooseSlot, type FallbackCircuit } from '../src/rotation.ts';
import { nextSlot } from '../src/slots.ts';
import { whoWins } from '../src/who-wins.ts';

const HOUR_MS = 3_600_000;

function guardOf(wantedC: number | undefined, guardC: number | undefined) {
	const guard = new FrostGuard([{ id: 'cellar', wantedC, guardC }]);
	const at = (temperatureC: number | undefined, atMs = 0, probe = 'p'): void =>
		guard.probe(probe, { room: 'cellar', temperatureC, atMs });
	return { guard, at };
}

describe('the frost guard', () => {
	it('asks for heat below the guard temperature, until half a degree above it', () => {
		const { guard, at } = guardOf(undefined, 7);
		const asked = [7, 6.9, 7.2, 7.49, 7.5, 7.2, 6.9].map((temperatureC) => {
			at(temperatureC);
			return guard.order('cellar', 0);
		});
		expect(asked).to.deep.equal([undefined, 'comfort', 'comfort', 'comfort', undefined, undefined, 'comfort']);
	});

	it('asks for eco where that is warm enough, and for comfort once it was not', () => {
		const { guard, at } = guardOf(19, 7);
		at(6.5);
		expect(guard.order('cellar', 0)).to.equal('eco');
		at(5.9);
		expect(guard.order('cellar', 0)).to.equal('comfort');
		at(6.5);
		expect(guard.order('cellar', 0)).to.equal('comfort');
		const warm = guardOf(19, 15);
		warm.at(14);
		expect(warm.guard.order('cellar', 0)).to.equal('comfort');
	});

	it('goes on when its probe dies, until a figure says that it is warm or the probe is taken away', () => {
		const { guard, at } = guardOf(19, 7);
		at(6.5, 0);
		expect(guard.order('cellar', 0)).to.equal('eco');
		expect(guard.order('cellar', 9 * HOUR_MS)).to.equal('eco');
		expect(guard.temperatureC('cellar', 9 * HOUR_MS)).to.equal(undefined);
		at(undefined, 9 * HOUR_MS);
		expect(guard.order('cellar', 9 * HOUR_MS)).to.equal('eco');
		at(7.4, 10 * HOUR_MS);
		expect(guard.order('cellar', 10 * HOUR_MS)).to.equal('eco');
		at(7.5, 11 * HOUR_MS);
		expect(guard.order('cellar', 11 * HOUR_MS)).to.equal(undefined);
		expect(guard.order('cellar', 20 * HOUR_MS)).to.equal(undefined);
		at(3, 20 * HOUR_MS);
		expect(guard.order('cellar', 20 * HOUR_MS)).to.equal('comfort');
		guard.probe('p', undefined);
		expect(guard.order('cellar', 20 * HOUR_MS)).to.equal(undefined);
		at(3, 18 * HOUR_MS);
		expect(guard.order('cellar', 20 * HOUR_MS)).to.equal(undefined);
	});

	it('goes on after a restart although its probe is dead, until a figure says that it is warm or the probe goes', () => {
		const restarted = (memory: unknown) => {
			const again = guardOf(19, 7);
			again.guard.recall(JSON.parse(JSON.stringify(memory)));
			return again;
		};
		const { guard, at } = guardOf(19, 7);
		expect(guard.memory()).to.deep.equal({ asked: {}, probes: {} });
		at(5.5);
		guard.order('cellar', 0);
		const memory = guard.memory();
		expect(memory).to.deep.equal({ asked: { cellar: 'comfort' }, probes: { p: 'cellar' } });
		const stale = restarted(memory);
		expect([stale.guard.order('cellar', 0), stale.guard.temperatureC('cellar', 0)]).to.deep.equal([
			'comfort',
			undefined,
		]);
		stale.at(5.5, -9 * HOUR_MS);
		expect(stale.guard.order('cellar', 0)).to.equal('comfort');
		stale.at(8, 0);
		expect(stale.guard.order('cellar', 0)).to.equal(undefined);
		const gone = restarted(memory);
		gone.guard.probe('p', undefined);
		expect(gone.guard.order('cellar', 0)).to.equal(undefined);
		for (const damaged of [
			null,
			7,
			{ asked: 3 },
			{ asked: { attic: 'eco', cellar: 'off' }, probes: { p: 'cellar' } },
		]) {
			expect(restarted(damaged).guard.order('cellar', 0)).to.equal(undefined);
		}
	});

	it('begins nothing on a probe that is stale, silent, gone or elsewhere', () => {
		const { guard, at } = guardOf(undefined, 7);
		at(3, 0);
		expect(guard.temperatureC('cellar', 1.5 * HOUR_MS)).to.equal(3);
		expect(guard.order('cellar', 1.5 * HOUR_MS + 1)).to.equal(undefined);
		at(undefined, 2 * HOUR_MS);
		expect(guard.temperatureC('cellar', 2 * HOUR_MS)).to.equal(undefined);
		at(3, 2 * HOUR_MS);
		guard.probe('p', undefined);
		expect(guard.order('cellar', 2 * HOUR_MS)).to.equal(undefined);
		guard.probe('p', { room: 'attic', temperatureC: 1, atMs: 0 });
		expect([guard.order('attic', 0), guard.temperatureC('attic', 0), guard.order(undefined, 0)]).to.deep.equal([
			undefined,
			undefined,
			undefined,
		]);
		const without = guardOf(19, undefined);
		without.at(2);
		expect(without.guard.order('cellar', 0)).to.equal(undefined);
	});

	it("takes the coldest of a room's probes", () => {
		const { guard, at } = guardOf(undefined, 7);
		at(18, 0, 'window');
		at(6, 0, 'pipe');
		expect(guard.temperatureC('cellar', 0)).to.equal(6);
	});

	it('raises programme and override, and nothing that is warmer already', () => {
		const claims = { nowMs: 0, control: 'lease', shed: false, shedOrder: 'off', inForce: 'off' } as const;
		const guarded = { ...claims, programme: 'frost_protection', guard: 'eco' } as const;
		expect(whoWins(guarded)).to.deep.equal({
			wanted: 'eco',
			target: 'off',
			reason: 'waits_for_admission',
			frostGuard: true,
		});
		expect(whoWins({ ...guarded, admitted: 'comfort' })).to.include({ target: 'eco', reason: 'frost_guard' });
		expect(whoWins({ ...guarded, override: { order: 'off' } })).to.include({ wanted: 'eco', frostGuard: true });
		expect(whoWins({ ...guarded, shed: true, inForce: 'eco' })).to.include({ target: 'off', reason: 'shed' });
		expect(whoWins({ ...guarded, programme: 'comfort' })).to.not.have.property('frostGuard');
	});
});

describe('the fallback and the frost guard', () => {
	const circuit = (id: string, more: Partial<FallbackCircuit> = {}): FallbackCircuit => ({
		id,
		phase: 1,
		powerW: 1000,
		priority: 1,
		wanted: 'comfort',
		inForce: 'off',
		...more,
	});
	const waitsOf = (minutes: Record<string, number>) => ({
		turnMs: new Map(Object.entries(minutes).map(([id, minute]) => [id, -minute * 60_000])),
		frostMs: new Map<string, number>(),
	});

	it('give the guarded circuit its turn first, with the order it wants', () => {
		const circuits = [circuit('a'), circuit('b'), circuit('cold', { priority: 9, guarded: true })];
		const slot = chooseSlot(circuits, 1200, waitsOf({ a: 20, b: 15, cold: 1 }), 0);
		expect([slot.turn, slot.frost]).to.deep.equal([['cold'], []]);
	});

	it('let it into a running slot as soon as there is room, before anybody else may rise', () => {
		const circuits = [circuit('a', { inForce: 'comfort' }), circuit('b'), circuit('cold', { guarded: true })];
		const running = { turn: ['a'], frost: [], raiseMs: 5000, endMs: 600_000 };
		const slot = nextSlot(running, circuits, 2000, waitsOf({ a: 0, b: 40, cold: 0 }), 1000);
		expect([slot.turn, slot.frost]).to.deep.equal([['a', 'cold'], []]);
	});

	it('but never at the price of the hour of the others', () => {
		const circuits = [circuit('a'), circuit('b'), circuit('cold', { guarded: true })];
		const slot = chooseSlot(circuits, 1200, waitsOf({ a: 49, b: 47, cold: 0 }), 0);
		expect(slot.turn).to.deep.equal(['a']);
	});

	it('and never beyond the budget, whoever is guarded', () => {
		const some = fc.array(
			fc.record({
				powerW: fc.integer({ min: 300, max: 3000 }),
				minutes: fc.integer({ min: 0, max: 130 }),
				guarded: fc.boolean(),
				switched: fc.boolean(),
			}),
			{ maxLength: 8 },
		);
		fc.assert(
			fc.property(some, fc.integer({ min: 0, max: 6000 }), (given, budgetVA) => {
				const circuits = given.map((one, at) => circuit(`c${at}`, one));
				const waits = waitsOf(Object.fromEntries(given.map(({ minutes }, at) => [`c${at}`, minutes])));
				const { turn, frost } = chooseSlot(circuits, budgetVA, waits, 0);
				const members = circuits.filter(({ id }) => turn.includes(id) || frost.includes(id));
				expect(members).to.have.length(turn.length + frost.length);
				const drawnW = members.reduce((sum, { powerW }) => sum + powerW, 0);
				// What is too big for the budget has frost_protection alone.
				if (members.length > 1 || turn.length > 0) expect(drawnW).to.be.at.most(budgetVA);
				for (const { id, switched } of circuits) if (switched) expect(frost).to.not.include(id);
			}),
		);
	});
});

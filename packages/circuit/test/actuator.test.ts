import { expect } from 'chai';
import type { Circuit } from '../src/circuit.ts';
import { Circuits } from '../src/circuits.ts';
import { Learning } from '../src/learning.ts';
import type { Order } from '../src/order.ts';
import { OwnPast } from '../src/own-past.ts';
import { circuitOf } from './circuits.ts';

const load = (apparentPowerVA: number, limitVA = 6000) => ({ phases: [{ phase: 1, apparentPowerVA, limitVA }] });
const foreign = (inForce: Order, powerW = 1000) => ({ owner: 'other', phase: 1, powerW, inForce });

describe('what an actuator knows of the circuits of others', () => {
	it('is no load that nobody controls: it is learned without them', () => {
		const [alone, together] = [new Learning([circuitOf('a')]), new Learning([circuitOf('a')])];
		together.other('theirs', foreign('comfort', 2000));
		for (let sample = 0; sample <= 8700; sample++) {
			alone.load('main', load(300), sample * 10_000, () => false);
			together.load('main', load(2300), sample * 10_000, () => false);
		}
		together.other('theirs', foreign('off', 2000));
		expect(together.budgetVA(1)).to.equal(alone.budgetVA(1));
	});

	it('leaves of the blind budget what they last said they draw, and its own share at most', () => {
		const learning = new Learning([circuitOf('a')], { shareOf: () => 0.75 });
		learning.load('main', load(300), 0, () => false);
		expect(learning.budgetVA(1)).to.equal(0.75 * 2400);
		learning.other('theirs', foreign('eco'));
		expect(learning.budgetVA(1)).to.equal(1400);
		learning.other('theirs', foreign('frost_protection'));
		expect(learning.budgetVA(1)).to.equal(1800);
		learning.other('theirs', foreign('comfort', 5000));
		expect(learning.budgetVA(1)).to.equal(0);
		learning.other('theirs', undefined);
		expect(learning.budgetVA(1)).to.equal(1800);
	});

	it('circuits fit where a meter has said the limit, and only those that fit together', () => {
		const learning = new Learning<Circuit>([]);
		const [a, b, c] = [
			circuitOf('a', { powerW: 2000, priority: 5 }),
			circuitOf('b', { powerW: 1500, priority: 1 }),
			circuitOf('c', { powerW: 900, priority: 9 }),
		];
		const fitting = (...some: (typeof a)[]): string[] => learning.fitTogether(some).map(({ id }) => id);
		expect(fitting(a, b)).to.deep.equal([]);
		learning.load('main', load(300, 6000), 0, () => false);
		expect([fitting(a), fitting(a, b), fitting(a, b, c)]).to.deep.equal([['a'], ['b'], ['b', 'c']]);
		learning.load('main', load(300, 3000), 1000, () => false);
		expect(fitting(a)).to.deep.equal([]);
	});

	it('a phase counts as over for a minute after the last load that was, by its figure or the word of the meter', () => {
		const learning = new Learning([]);
		learning.load('main', load(6000, 6000), 0, () => false);
		expect(learning.isOver(1, 0)).to.equal(false);
		learning.load('main', load(6001, 6000), 1000, () => false);
		learning.load('main', load(300, 6000), 2000, () => false);
		expect([learning.isOver(1, 60_999), learning.isOver(1, 61_000), learning.isOver(2, 1000)]).to.deep.equal([
			true,
			false,
			false,
		]);
		const [phase] = load(5900, 6000).phases;
		if (phase !== undefined) learning.load('main', { phases: [{ ...phase, over: true }] }, 70_000, () => false);
		expect(learning.isOver(1, 70_000)).to.equal(true);
	});
});

describe('what an actuator left on the bus', () => {
	it('is its own only as far as it remembers, and once', () => {
		const past = new OwnPast(['a', 'b']);
		past.recall(['a', 'gone', 3, null]);
		expect(past.memory()).to.deep.equal(['a', 'b', 'gone']);
		expect([past.takeLeftOver('a'), past.takeLeftOver('neighbour')]).to.deep.equal([false, false]);
		expect([past.takeLeftOver('gone'), past.takeLeftOver('gone')]).to.deep.equal([true, false]);
		expect(past.memory()).to.deep.equal(['a', 'b']);
		past.recall({ nonsense: true });
		expect(past.memory()).to.deep.equal(['a', 'b']);
	});

	it('gives its overrides back; a state of the same owner that it never published is of a neighbour', () => {
		const outputs = {
			confirmed: () => 'off' as const,
			inForce: () => 'off' as const,
			reachable: () => true,
			trouble: () => undefined,
		};
		const settings = { owner: 'me', rooms: [], shedderEnabled: true, fallbackEnabled: true };
		const circuits = new Circuits([circuitOf('a')], outputs, settings);
		expect(
			circuits.recall({ version: 1, limitsVA: {}, uncontrolled: {}, powersW: {}, circuits: ['a', 'gone'] }),
		).to.equal(false);
		expect(new Circuits([circuitOf('a')], outputs, settings).recall(undefined)).to.equal(true);
		const now = { monotonicMs: 0, wallMs: 0 };
		const state = { at: '1970-01-01T00:00:00Z', owner: 'me', phase: 1, powerW: 1000, inForce: 'comfort' as const };
		expect(circuits.hearState('gone', state, false, now)).to.equal('nothing');
		expect(circuits.hearState('gone', state, true, now)).to.equal('clear');
		expect(circuits.hearState('neighbour', state, true, now)).to.equal('nothing');
		expect(circuits.hearState('a', { ...state, owner: 'other' }, true, now)).to.equal('nothing');
		expect(circuits.hearState('a', { ...state, override: { order: 'eco' } }, true, now)).to.equal('decide');
		expect(circuits.wishes.overrideOf('a', now)).to.deep.equal({ order: 'eco', untilMs: undefined });
		expect(circuits.hearState('a', { ...state, override: { order: 'off' } }, true, now)).to.equal('nothing');
	});

	it('says when what it knows is worth writing before its hour: a power that is new or has moved, a limit, the guard', () => {
		const outputs = {
			confirmed: () => 'off' as const,
			inForce: () => 'off' as const,
			reachable: () => true,
			trouble: () => undefined,
		};
		const rooms = [{ id: 'cellar', guardC: 7 }];
		const settings = { owner: 'me', rooms, shedderEnabled: true, fallbackEnabled: true };
		const circuits = new Circuits([circuitOf('a', { room: 'cellar' })], outputs, settings);
		let nowMs = 0;
		const hear = (apparentPowerVA: number, limitVA = 6_000): void => {
			circuits.hearLoad('main', { phases: [{ phase: 1, apparentPowerVA, limitVA }] }, nowMs);
		};
		const step = (watts: number): void => {
			nowMs += 60_000;
			hear(300);
			circuits.learning.changed(circuits.all[0] as Circuit, false, true, nowMs + 1_000);
			nowMs += 14_000;
			hear(300 + watts);
		};
		const isWorth = (): boolean => {
			const worth = circuits.isWorthWriting();
			circuits.memory();
			return worth;
		};
		expect(isWorth()).to.equal(false);
		hear(300);
		expect([isWorth(), isWorth()]).to.deep.equal([true, false]);
		step(1_000);
		expect([isWorth(), isWorth()]).to.deep.equal([true, false]);
		step(1_090);
		expect(isWorth()).to.equal(false);
		step(600);
		expect(isWorth()).to.equal(false);
		step(620);
		step(610);
		expect(isWorth()).to.equal(true);
		hear(300, 9_000);
		expect(isWorth()).to.equal(true);
		circuits.hearProbe('p', { room: 'cellar', temperatureC: 5, at: '' }, false, { monotonicMs: nowMs, wallMs: 0 });
		circuits.decide({ monotonicMs: nowMs, wallMs: 0 });
		expect([isWorth(), isWorth()]).to.deep.equal([true, false]);
	});
});

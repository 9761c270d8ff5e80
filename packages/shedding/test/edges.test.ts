import { decide, emptyState, type SheddingEvent, type SheddingState, shedSet, snapshot } from '@pilotwire/shedding';
import { expect } from 'chai';

const circuit = { kind: 'circuit', id: 'a', phase: 1, powerW: 1000, priority: 1, controllable: true } as const;
const waiting = { ...circuit, wanted: 'comfort', inForce: 'off' } as const;
const heating = { ...circuit, wanted: 'comfort', inForce: 'comfort' } as const;
const load = (apparentPowerVA: number, phase = 1) => ({ kind: 'load', phase, limitVA: 3000, apparentPowerVA }) as const;

/** One event after the other, a second apart, from a second on. */
function play(from: SheddingState, startS: number, ...events: readonly SheddingEvent[]): SheddingState {
	return events.reduce((state, event, index) => decide(state, event, (startS + index) * 1000).state, from);
}

/** What is admitted first in the next two minutes of little load. */
function firstAdmitted(from: SheddingState, startS: number): Readonly<Record<string, string>> {
	let state = from;
	for (let second = 0; second < 120; second++) {
		state = play(state, startS + second, load(500));
		if (Object.keys(shedSet(state).admitted).length > 0) break;
	}
	return shedSet(state).admitted;
}

const quiet = (seconds: number): SheddingEvent[] => Array.from({ length: seconds }, () => load(500));
const admitted = play(emptyState(), 0, waiting, ...quiet(40));
const shed = play(emptyState(), 0, heating, load(3500));

describe('what an actuator says', () => {
	it('takes back an admission that was not carried out in time, and waits before the next', () => {
		expect(shedSet(admitted).admitted).to.deep.equal({ a: 'comfort' });
		const late = play(admitted, 41, ...quiet(60));
		expect(shedSet(late).admitted).to.deep.equal({});
		expect(snapshot(late).waiting[0]?.reason).to.equal('too_soon');
	});

	it('ends the admission once the order is in force', () => {
		expect(shedSet(play(admitted, 41, heating)).admitted).to.deep.equal({});
	});

	it('follows what is wanted while an admission is under way', () => {
		expect(shedSet(play(admitted, 41, { ...waiting, wanted: 'eco' })).admitted).to.deep.equal({ a: 'eco' });
		expect(shedSet(play(admitted, 41, { ...waiting, wanted: 'off' })).admitted).to.deep.equal({});
	});

	it('no longer holds a circuit that does not want to heat, or that became protected', () => {
		expect(shedSet(shed).shed).to.deep.equal(['a']);
		const less = decide(shed, { ...circuit, wanted: 'off', inForce: 'off' }, 5000);
		expect(less.actions.map((action) => action.reason)).to.deep.equal(['wants_less']);
		const protects = decide(shed, { ...heating, controllable: false }, 5000);
		expect(protects.actions.map((action) => action.reason)).to.deep.equal(['protected']);
		expect(shedSet(protects.state)).to.deep.equal({ shed: [], admitted: {} });
	});

	it('forgets a circuit that is gone with what was expected of it', () => {
		const gone = play(shed, 2, { kind: 'circuit_removed', id: 'a' });
		expect(shedSet(gone)).to.deep.equal({ shed: [], admitted: {} });
		expect(snapshot(gone).phases[0]?.predictedVA).to.equal(3500);
	});

	it('expects nothing of the old phase from a circuit that moved', () => {
		const moved = play(shed, 2, { ...heating, phase: 2 });
		expect(snapshot(moved).phases[0]?.predictedVA).to.equal(3500);
	});

	it('counts the learned power where it is known', () => {
		const two = play(emptyState(), 0, { ...heating, learnedPowerW: 300 }, { ...heating, id: 'b' });
		expect(decide(two, load(3400), 3000).actions.map((action) => action.id)).to.deep.equal(['b']);
	});
});

describe('a circuit whose output does not answer', () => {
	const away = { ...heating, reachable: false } as const;
	const other = { ...heating, id: 'b', priority: 1 } as const;

	it('is no shed that counts: others go, and it is only named where they are not enough', () => {
		const both = play(emptyState(), 0, { ...away, priority: 9 }, other);
		expect(shedSet(play(both, 2, load(3500))).shed).to.deep.equal(['b']);
		const more = play(both, 2, load(4200));
		expect(shedSet(more).shed).to.deep.equal(['a', 'b']);
		expect(snapshot(more).phases[0]?.predictedVA).to.equal(3200);
	});

	it('takes its shed back out of what is expected, so that others go at once', () => {
		const both = play(emptyState(), 0, { ...heating, priority: 9 }, other, load(3500));
		expect(shedSet(both).shed).to.deep.equal(['a']);
		const silent = play(both, 3, { ...away, priority: 9 });
		expect(shedSet(silent).shed).to.deep.equal(['a', 'b']);
		expect(snapshot(silent).phases[0]?.predictedVA).to.equal(2500);
	});

	it('is not admitted while it waits, takes nobody its place, and says why', () => {
		let state = play(emptyState(), 0, { ...away, inForce: 'off' }, other);
		for (let second = 1; second <= 3600; second++) {
			const { state: next, actions } = decide(state, load(second % 2 === 0 ? 2500 : 1000), second * 1000);
			expect(actions).to.deep.equal([]);
			state = next;
		}
		const [waiting] = snapshot(state).waiting;
		expect(waiting).to.include({ id: 'a', reason: 'unreachable', nextChanceMs: null });
		expect(waiting?.why).to.equal('a waits: its output does not answer.');
	});
});

describe('what a room without a probe lost', () => {
	const minute = 60_000;
	const eco = { ...heating, wanted: 'eco', inForce: 'eco' } as const;
	const shedFirst = (state: SheddingState, atMs: number): string | undefined =>
		decide(state, load(3100), atMs).actions.find(({ kind }) => kind === 'shed')?.id;

	it('grows at eco: in the morning the room that slept keeps its place, and the other waits', () => {
		const night = play(emptyState(), 0, eco, { ...heating, id: 'b' });
		const morning = decide(night, { ...eco, wanted: 'comfort' }, 300 * minute).state;
		const woken = decide(morning, { ...eco, wanted: 'comfort', inForce: 'comfort' }, 301 * minute).state;
		expect(shedFirst(woken, 303 * minute)).to.equal('b');
	});

	it('is won back with time, and a room still warm from comfort is no load to take away', () => {
		const evening = play(emptyState(), 0, { ...heating, priority: 9 }, { ...heating, id: 'b' });
		const late = decide(evening, { ...eco, priority: 9 }, 30 * minute).state;
		expect(shedFirst(late, 35 * minute)).to.equal('b');
		expect(shedFirst(late, 300 * minute)).to.equal('a');
	});
});

describe('the sentence of a circuit that waits for room', () => {
	const why = (...loads: readonly number[]): string | undefined => {
		let state = play(emptyState(), 0, { ...heating, inForce: 'off' });
		for (const [index, loadVA] of loads.entries()) state = decide(state, load(loadVA), (index + 1) * 1000).state;
		return snapshot(state).waiting[0]?.why;
	};

	it('tells what is drawn now, and where that leaves room what was drawn a moment ago', () => {
		const high = new Array<number>(60).fill(2900);
		expect(why(...high)).to.match(/^a waits: it needs \d+ VA, and phase 1 draws 2900 of 3000 VA;/);
		expect(why(...high, 500)).to.match(/draws 500 of 3000 VA now but drew 2900 VA a moment ago/);
	});
});

describe("a room's usual temperature", () => {
	const usualC = (...figures: readonly number[]): number | null | undefined =>
		play(emptyState(), 0, ...figures.map((roomC) => ({ ...heating, roomC }))).circuits.get('a')?.usualC;

	it('follows slowly both ways, so that one wrong figure moves it little', () => {
		expect(usualC(19, 29)).to.equal(19.5);
		expect(usualC(19, 9)).to.equal(18.5);
	});

	it('is never that of a probe in the sun, or outside', () => {
		expect(usualC(19, 48)).to.equal(19);
		expect(usualC(19, -4)).to.equal(19);
		expect(usualC(48)).to.equal(null);
		expect(usualC(48, 19)).to.equal(19);
	});
});

describe('frost protection', () => {
	const frost = { ...circuit, wanted: 'frost_protection', inForce: 'frost_protection' } as const;
	const both = play(emptyState(), 0, { ...frost, powerW: 600 }, { ...heating, id: 'b', powerW: 800 });

	it('goes last, and only where the load could open a breaker', () => {
		expect(shedSet(play(both, 2, load(3700))).shed).to.deep.equal(['b']);
		expect(shedSet(play(both, 2, load(4000))).shed).to.deep.equal(['b']);
		expect(shedSet(play(both, 2, load(4200))).shed).to.deep.equal(['a', 'b']);
		expect(snapshot(play(both, 2, load(4200))).phases[0]?.predictedVA).to.equal(2800);
	});

	it('comes back before all others', () => {
		const gone = play(
			both,
			2,
			load(4200),
			{ ...frost, priority: 9, inForce: 'off', minOffS: 0 },
			{ ...heating, id: 'b', inForce: 'off' },
		);
		const back = play(gone, 5, { ...heating, id: 'aa', priority: 1, inForce: 'off' });
		expect(firstAdmitted(back, 6)).to.deep.equal({ a: 'frost_protection' });
	});
});

describe('a circuit that was admitted', () => {
	it('keeps its place while its thermostat may still chop', () => {
		const other = { ...waiting, id: 'b', powerW: 2000 };
		const silent = play(admitted, 41, heating, other, ...quiet(30));
		expect(shedSet(silent).admitted).to.deep.equal({});
		expect(firstAdmitted(silent, 74)).to.deep.equal({ b: 'comfort' });
	});

	it('waits longer when it had to go again at once', () => {
		const again = play(admitted, 41, heating, load(3500), { ...waiting, inForce: 'off' }, ...quiet(1));
		const chance = snapshot(again).waiting[0]?.nextChanceMs ?? 0;
		expect(chance).to.be.at.least(42_000 + 60_000);
	});
});

describe('the clock and the figures', () => {
	it('take a step back as no time passed', () => {
		const back = decide(shed, load(3500), -1e9);
		expect(back.state.nowMs).to.equal(shed.nowMs);
		expect(back.actions).to.deep.equal([]);
	});

	it('change nothing when they are no number', () => {
		for (const figure of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
			const { state, actions } = decide(shed, load(figure), 3000);
			expect(actions).to.deep.equal([]);
			expect(state.phases).to.deep.equal(shed.phases);
		}
	});

	it('are silent once the last load is too old', () => {
		const { state, actions } = decide(shed, { kind: 'tick' }, 60_000);
		expect(actions.map((action) => action.kind)).to.deep.equal(['silence']);
		expect(snapshot(state).phases[0]?.restoreState).to.equal('silent');
	});
});

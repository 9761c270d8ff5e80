import { type Action, decide, emptyState, type SheddingEvent, type SheddingState, snapshot } from '@pilotwire/shedding';
import { expect } from 'chai';
import { House } from './house.ts';

const LIMIT_VA = 3000;
const radiator = (id: string, inForce: 'comfort' | 'off' = 'comfort'): SheddingEvent => ({
	...{ kind: 'circuit', id, phase: 1, powerW: 1000, priority: 1, controllable: true, wanted: 'comfort', inForce },
});
const load = (apparentPowerVA: number, sureOver = false): SheddingEvent => ({
	...{ kind: 'load', phase: 1, limitVA: LIMIT_VA, apparentPowerVA, sureOver },
});

/** A meter that says a load each so many seconds, and a tick each second between. */
class Line {
	state: SheddingState = emptyState({ mode: 'strict' });
	readonly actions: (Action & { atS: number })[] = [];
	#atS = 0;

	constructor(...first: readonly SheddingEvent[]) {
		for (const event of first) this.send(event);
	}

	send(event: SheddingEvent): this {
		const { state, actions } = decide(this.state, event, this.#atS * 1000);
		this.state = state;
		this.actions.push(...actions.map((action) => ({ ...action, atS: this.#atS })));
		return this;
	}

	hear(everyS: number, ...loads: readonly number[]): this {
		for (const va of loads) {
			this.send(load(va));
			const nextS = this.#atS + everyS;
			for (let second = Math.floor(this.#atS) + 1; second <= nextS; second++) {
				this.#atS = second;
				this.send({ kind: 'tick' });
			}
			this.#atS = nextS;
		}
		return this;
	}
}

const linky: SheddingEvent = { kind: 'breaker', phase: 1, linky: true };
const two = [linky, radiator('a'), radiator('b')];

describe('an excess that one frame says', () => {
	it('is no reason to switch anything where the next takes it back', () => {
		for (const everyS of [0.9, 1.5]) {
			const line = new Line(...two).hear(everyS, 2500, 2500, 2500, 3800, 2500, 2500, 3800, 2500);
			expect(line.actions, `a frame each ${everyS} s`).to.deep.equal([]);
		}
	});

	it('is shed two frames later where they bear it out', () => {
		for (const everyS of [0.9, 1.2, 1.5]) {
			const line = new Line(...two).hear(everyS, 2500, 2500, 2500, 3800, 3800, 3800, 3800);
			expect(line.actions.map(({ kind }) => kind)).to.deep.equal(['shed']);
			expect(line.actions[0]?.atS, `a frame each ${everyS} s`).to.be.closeTo(5 * everyS, 0.01);
		}
	});

	it('is shed although the meter says nothing more', () => {
		expect(
			new Line(...two)
				.hear(1, 2500)
				.hear(5, 3800)
				.actions.map(({ kind, atS }) => `${kind} ${atS}`),
		).to.deep.equal(['shed 4']);
	});

	it('is decided at once: what will go is off the predicted load, and nothing comes in meanwhile', () => {
		const { state } = new Line(...two, radiator('c', 'off')).hear(1, ...new Array(40).fill(2500), 3800);
		expect(snapshot(state).phases[0]).to.include({ loadVA: 3800, predictedVA: 2800, restoreState: 'over' });
		expect(snapshot(state).waiting.map(({ id }) => id)).to.deep.equal(['c']);
	});

	it('is shed at once above 1.3 times the limit, where all are not enough, and where only an alert says it', () => {
		const calm = (...circuits: readonly SheddingEvent[]): Line => new Line(...circuits).hear(1, 2000);
		expect(calm(...two).send(load(3901)).actions).to.have.length(1);
		expect(calm(linky, radiator('a')).send(load(3900)).actions).to.deep.equal([]);
		expect(calm(linky, { ...radiator('a'), powerW: 500 } as SheddingEvent).send(load(3600)).actions).to.have.length(1);
		expect(
			calm(...two)
				.send(load(2900, true))
				.actions.map(({ reason }) => reason),
		).to.deep.equal(['meter_alert']);
		expect(new Line(...two).send(load(3100)).actions, 'nobody knows since when').to.have.length(1);
	});

	it('may be 1.1 times the limit where no Linky is known, and of what the branch breaker carries', () => {
		const calm = (linkyToo: boolean, branchBreakerA: number | null): Line => {
			const line = new Line(radiator('a'), radiator('b'), ...(linkyToo ? [linky] : []));
			line.state = { ...line.state, settings: { ...line.state.settings, branchBreakerA } };
			return line.hear(1, 2000);
		};
		expect(calm(false, null).send(load(3300)).actions).to.deep.equal([]);
		expect(calm(false, null).send(load(3301)).actions).to.have.length(1);
		// 14 A carry 2898 VA at the lowest voltage.
		expect(calm(true, 14).send(load(3187)).actions).to.deep.equal([]);
		expect(calm(true, 14).send(load(3188)).actions).to.have.length(1);
	});

	it('takes back at once what was admitted and not carried out', () => {
		const line = new Line(radiator('a'), radiator('c', 'off')).hear(1, ...new Array(40).fill(1500));
		expect(line.actions.map(({ kind }) => kind)).to.deep.equal(['admit']);
		line.hear(1, 3100);
		expect(line.actions.map(({ kind }) => kind)).to.deep.equal(['admit', 'withdraw']);
	});

	it('does not keep a place free for bursts that pass', () => {
		const burst = (second: number): number => (second > 60 && second % 15 === 0 ? 2300 : 1200);
		const oven = (second: number): number => (second > 60 && second <= 100 ? 2800 : burst(second));
		const house = new House(LIMIT_VA, oven, [{ id: 'a', powerW: 1000 }]);
		house.send(linky);
		house.run(900);
		expect(house.kinds()).to.deep.equal(['shed a', 'restore a']);
	});
});

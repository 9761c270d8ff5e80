import { expect } from 'chai';
import { Learning } from '../src/learning.ts';
import { PhaseDoubts } from '../src/phase-doubts.ts';
import { circuitOf } from './circuits.ts';

const salon = circuitOf('salon');

/** Steps of the house, each a minute after the other: what each phase shows more of once the order has changed, VA. */
function after(doubts: PhaseDoubts, ...steps: readonly (readonly number[])[]): PhaseDoubts {
	for (const [at, step] of steps.entries()) {
		const [startMs, draws] = [at * 60_000, at % 2 === 0];
		for (const phase of [1, 2, 3]) doubts.load(phase, 400, startMs);
		doubts.changed(salon, !draws, draws, startMs + 1_000);
		for (const phase of [1, 2, 3])
			doubts.load(phase, 400 + (draws ? 1 : -1) * (step[phase - 1] ?? 0), startMs + 14_000);
	}
	return doubts;
}

describe('doubts about the phase of a circuit', () => {
	it('are sure after three steps in a row on another phase', () => {
		const twice = after(new PhaseDoubts(), [0, 980, 0], [0, 980, 0]);
		expect(twice.phaseOf('salon')).to.equal(undefined);
		expect(after(new PhaseDoubts(), [0, 980, 0], [0, 980, 0], [20, 1_010, 0]).phaseOf('salon')).to.equal(2);
	});

	it('end with a step on its own phase, and are not fed by a satisfied thermostat or two phases at once', () => {
		expect(after(new PhaseDoubts(), [0, 980, 0], [0, 980, 0], [990, 0, 0], [0, 980, 0]).phaseOf('salon')).to.equal(
			undefined,
		);
		const nothing = [0, 0, 0];
		expect(after(new PhaseDoubts(), [0, 980, 0], nothing, [0, 980, 0], [0, 980, 900]).phaseOf('salon')).to.equal(
			undefined,
		);
	});

	it('are not fed by a change beside another one, nor by a house of one phase', () => {
		const doubts = new PhaseDoubts();
		for (let at = 0; at < 5; at += 1) {
			for (const phase of [1, 2]) doubts.load(phase, 400, at * 60_000);
			doubts.changed(salon, false, true, at * 60_000 + 1_000);
			doubts.changed(circuitOf('bureau', { phase: 2 }), false, true, at * 60_000 + 3_000);
			for (const phase of [1, 2]) doubts.load(phase, phase === 2 ? 1_400 : 400, at * 60_000 + 16_000);
		}
		expect(doubts.phaseOf('salon')).to.equal(undefined);
	});

	it('survive a restart, unless the configuration was corrected meanwhile', () => {
		const memory = JSON.parse(
			JSON.stringify(after(new PhaseDoubts(), [0, 980, 0], [0, 980, 0], [0, 980, 0]).memory()),
		) as unknown;
		const again = new PhaseDoubts();
		again.recall(memory, [salon]);
		expect(again.phaseOf('salon')).to.equal(2);
		const corrected = new PhaseDoubts();
		corrected.recall(memory, [circuitOf('salon', { phase: 2 })]);
		expect(corrected.phaseOf('salon')).to.equal(undefined);
		for (const damaged of [undefined, 7, { salon: 3 }, { salon: { phase: 9, times: 3 } }]) {
			const fresh = new PhaseDoubts();
			fresh.recall(damaged, [salon]);
			expect(fresh.phaseOf('salon')).to.equal(undefined);
		}
	});

	it('are told as the problem of the circuit, and kept with what else was learned', () => {
		const learning = new Learning([salon]);
		const hear = (secondVA: number, nowMs: number): void => {
			const phases = [400, secondVA].map((apparentPowerVA, at) => ({ phase: at + 1, apparentPowerVA, limitVA: 6_000 }));
			learning.load('main', { phases }, nowMs, () => false);
		};
		for (let at = 0; at < 3; at += 1) {
			expect(learning.trouble(salon)).to.equal(undefined);
			hear(300, at * 60_000);
			learning.changed(salon, false, true, at * 60_000 + 1_000);
			hear(1_300, at * 60_000 + 14_000);
		}
		expect(learning.trouble(salon)?.fault).to.equal('other_phase');
		expect(learning.trouble(salon)?.problem).to.match(/^the meter shows it on phase 2 .* configured on phase 1/);
		const again = new Learning([salon]);
		again.recall(JSON.parse(JSON.stringify(learning.memory())));
		expect(again.trouble(salon)).to.deep.equal(learning.trouble(salon));
	});
});

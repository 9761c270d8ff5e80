import type { CommissioningState } from '@pilotwire/contract';
import { expect } from 'chai';
import { announcement, progressLine, report, triedLine } from '../src/view/commission-view.ts';

const at = '2026-01-12T18:00:00.000Z';
const salon: CommissioningState['circuits'][0] = {
	...{ circuit: 'salon', name: 'Salon', board: '1-20', wire: 3, phase: 1, powerW: 1500, seenPhase: 2, seenVA: 1480 },
	...{ outcome: 'phase', settled: true, tries: 2, text: 'draws 1480 VA on phase 2, configured on phase 1' },
};
const plug: CommissioningState['circuits'][0] = {
	...{ circuit: 'plug', name: 'Prise', phase: 1, powerW: 500, outcome: 'silent', settled: false, tries: 1 },
	text: 'drew nothing that could be told apart',
};
const state = (more: Partial<CommissioningState> = {}): CommissioningState => ({
	...{ at, run: 'abc', state: 'done', startedAt: at, expectedEnd: at, latestEnd: at, total: 2, settled: 2 },
	circuits: [salon, plug],
	findings: [],
	...more,
});

describe('what commissioning says in a terminal', () => {
	it('is how long it takes, and that nothing of it remains', () => {
		const text = announcement({ total: 24, expectedS: 1_700, atMostS: 3_700 });
		expect(text).to.match(/^Commissioning 24 circuits: about 28 minutes, 62 minutes at most\./);
		expect(text).to.include('everything is as it was');
		expect(text).to.match(/warm enough draws nothing, .* turn thermostats up first/);
	});

	it('is where it stands, with what it waits for', () => {
		const current = { circuit: 'salon', name: 'Salon', number: 3, of: 24, round: 1, step: 'comfort' } as const;
		expect(progressLine(state({ current }))).to.equal('3 of 24: Salon: told to draw');
		const waits = { ...current, round: 2, step: 'waits', why: 'the loads to be steady' } as const;
		expect(progressLine(state({ current: waits }))).to.equal(
			'3 of 24: Salon (again, round 2): waits for the loads to be steady',
		);
		expect(progressLine(state())).to.equal('');
	});

	it('is what each circuit showed, and whether it is tried again', () => {
		expect(triedLine(salon)).to.equal('0x20 wire 3  Salon: draws 1480 VA on phase 2, configured on phase 1');
		expect(triedLine(plug)).to.equal('plug  Prise: drew nothing that could be told apart; it is tried again later');
	});

	it('is a table, each finding with what to do, and the lines for the configuration together', () => {
		const yaml = (id: string, powerW: number): string => `radiators:\n  - id: ${id}\n    powerW: ${powerW}`;
		const findings = [salon, plug].map(({ circuit }, index): CommissioningState['findings'][0] => {
			const kind = index === 0 ? 'power' : 'silent';
			return { kind, circuits: [circuit], text: `${circuit} is odd.`, action: 'Look.', yaml: yaml(circuit, 900) };
		});
		const text = report(state({ findings }));
		expect(text).to.match(/^0x20 wire 3 +Salon +1500 W, phase 1 {2}1480 VA, phase 2 {2}another phase$/m);
		expect(text).to.match(/^plug {2,}Prise +500 W, phase 1 +- +draws nothing$/m);
		expect(text).to.include('2. plug is odd.\n   Look.');
		expect(text).to.include('radiators:\n  - id: salon\n    powerW: 900\n  - id: plug\n    powerW: 900');
		expect(text).to.match(/^0 of 2 are as configured\.$/m);
	});

	it('is what to do about those of whom nothing is known, all in one command', () => {
		const silent = (circuit: string): CommissioningState['circuits'][0] => ({
			...{ ...salon, circuit, outcome: 'silent', text: 'the load stays the same, whatever it is told' },
		});
		const unsure = { ...salon, circuit: 'bureau', outcome: 'unsettled' as const };
		expect(report(state({ circuits: [salon, silent('cuisine'), unsure, silent('entree')] }))).to.match(
			/\n\nRadiators that draw nothing may only be warm enough: turn their thermostats up, .* try these 3 again:\n\npilotwire commission cuisine bureau entree$/,
		);
		expect(report(state())).to.match(/\n\nTry it again:\n\npilotwire commission plug$/);
		expect(report(state({ circuits: [salon] }))).to.not.include('again');
	});

	it('is why it ended before its end', () => {
		expect(report(state({ state: 'stopped', why: 'it was stopped' }))).to.match(
			/^It ended before all were tried: it was stopped\./,
		);
		const fine = [{ ...salon, outcome: 'fine' as const }];
		expect(report(state({ circuits: fine }))).to.include('All 1 are as configured.');
	});
});

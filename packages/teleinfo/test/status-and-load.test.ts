import { decodeStatus, loadFact, saysLoad, type TicGroup } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { labelsOf } from './support.ts';

const nothing = {
	dryContactOpen: false,
	breaker: 'closed',
	coverOpen: false,
	overvoltage: false,
	aboveReferencePower: false,
	producer: false,
	activeEnergyNegative: false,
	supplierIndex: 1,
	distributorIndex: 1,
	clockDegraded: false,
	standardMode: false,
	euridis: 'disabled',
	powerLine: 'unlocked',
	powerLineSynchronised: false,
	mobilePeakNotice: 0,
	mobilePeak: 0,
};

const bits: [string, object][] = [
	['00000000', {}],
	['00000001', { dryContactOpen: true }],
	['00000002', { breaker: 'open_overpower' }],
	['00000004', { breaker: 'open_overvoltage' }],
	['00000006', { breaker: 'open_load_shedding' }],
	['00000008', { breaker: 'open_remote_order' }],
	['0000000A', { breaker: 'open_overheating_overcurrent' }],
	['0000000C', { breaker: 'open_overheating' }],
	['0000000E', { breaker: 'unknown' }],
	['00000010', { coverOpen: true }],
	['00000040', { overvoltage: true }],
	['00000080', { aboveReferencePower: true }],
	['00000100', { producer: true }],
	['00000200', { activeEnergyNegative: true }],
	['00000400', { supplierIndex: 2 }],
	['00002400', { supplierIndex: 10 }],
	['0000C000', { distributorIndex: 4 }],
	['00010000', { clockDegraded: true }],
	['00020000', { standardMode: true }],
	['00080000', { euridis: 'enabled' }],
	['00180000', { euridis: 'secured' }],
	['00200000', { powerLine: 'locked' }],
	['00400000', { powerLine: 'registered' }],
	['00800000', { powerLineSynchronised: true }],
	['01000000', { colourToday: 'blue' }],
	['0E000000', { colourToday: 'white', colourTomorrow: 'red' }],
	['08000000', { colourTomorrow: 'white' }],
	['30000000', { mobilePeakNotice: 3 }],
	['80000000', { mobilePeak: 2 }],
];

describe('the status register', () => {
	for (const [stge, expected] of bits) {
		it(`${stge} says ${JSON.stringify(expected)}`, () => {
			expect(decodeStatus(stge)).to.deep.equal({ ...nothing, ...expected });
		});
	}

	it('is undefined where it is not eight hexadecimal digits', () => {
		for (const wrong of ['', '0000', '0000000G', '000000000']) expect(decodeStatus(wrong)).to.equal(undefined);
	});
});

const facts: [TicGroup['mode'], string, string, object][] = [
	['historic', 'IINST', '012', { kind: 'current', phase: 1, currentA: 12 }],
	['historic', 'IINST3', '012', { kind: 'current', phase: 3, currentA: 12 }],
	['historic', 'ADPS', '046', { kind: 'overload', phase: 1, currentA: 46 }],
	['historic', 'ADIR2', '032', { kind: 'overload', phase: 2, currentA: 32 }],
	['historic', 'PAPP', '02760', { kind: 'totalPower', apparentPowerVA: 2760 }],
	['historic', 'ISOUSC', '30', { kind: 'subscribedCurrent', currentA: 30 }],
	['standard', 'IRMS2', '005', { kind: 'current', phase: 2, currentA: 5 }],
	['standard', 'URMS1', '231', { kind: 'voltage', phase: 1, voltageV: 231 }],
	['standard', 'SINSTS', '00519', { kind: 'totalPower', apparentPowerVA: 519 }],
	['standard', 'SINSTS3', '00519', { kind: 'phasePower', phase: 3, apparentPowerVA: 519 }],
	['standard', 'SINST1', '00519', { kind: 'phasePower', phase: 1, apparentPowerVA: 519 }],
	['standard', 'SINSTI', '01253', { kind: 'injectedPower', apparentPowerVA: 1253 }],
	['standard', 'STGE', '00020080', { kind: 'aboveReferencePower', above: true }],
	['standard', 'STGE', '00020000', { kind: 'aboveReferencePower', above: false }],
	['standard', 'PREF', '09', { kind: 'referencePower', powerKVA: 9 }],
	['standard', 'PCOUP', '12', { kind: 'breakingPower', powerKVA: 12 }],
];

describe('what a group says of the load', () => {
	for (const [mode, label, data, expected] of facts) {
		it(`${label} ${data}: ${JSON.stringify(expected)}`, () => {
			expect(loadFact({ mode, label, data })).to.deep.equal(expected);
		});
	}

	it('is nothing for a register or an unknown label', () => {
		expect(loadFact({ mode: 'standard', label: 'EAST', data: '017026175' })).to.equal(undefined);
		expect(loadFact({ mode: 'standard', label: 'NEWLAB', data: '1' })).to.equal(undefined);
	});

	it('can be told from the label', () => {
		const telling = (['historic', 'standard'] as const).map((mode) =>
			labelsOf(mode)
				.map(({ label }) => label)
				.filter(saysLoad),
		);
		expect(telling[0]?.join(' ')).to.equal('IINST IINST1 IINST2 IINST3 ADPS ADIR1 ADIR2 ADIR3 PAPP');
		expect(telling[1]?.join(' ')).to.equal(
			'IRMS1 IRMS2 IRMS3 SINSTS SINSTS1 SINSTS2 SINSTS3 SINST1 SINST2 SINST3 STGE',
		);
	});
});

import { expect } from 'chai';
import { problemKey } from '../src/core/problems.ts';

describe('what is wrong with an output', () => {
	it('is said in the words of the screen, by the code of the error', () => {
		const silent = 'BOARD_SILENT: expected board 0x20 to answer, got no acknowledgement. Check its power.';
		expect(problemKey(silent)).to.equal('problem.silent');
		expect(problemKey('I2C_NO_BUS: expected ...')).to.equal('problem.bus');
		expect(problemKey('pin GPA0 (the positive half of wire 1) is held at 1: look for a short')).to.equal(
			'problem.held',
		);
	});

	it('is said by the word of the service where it says one, whatever its sentence', () => {
		expect(problemKey('expected on within 10 s, it has never answered', 'no_answer')).to.equal('problem.no_answer');
		expect(problemKey('the meter shows it on phase 2', 'other_phase')).to.equal('problem.other_phase');
	});

	it('is said in general where its words are new, or those of something else', () => {
		for (const text of ['', 'toString: x', 'BOARD_MELTED: expected ...', 'see BOARD_SILENT: ...']) {
			expect(problemKey(text)).to.equal('problem.other');
		}
	});
});

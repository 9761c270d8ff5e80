import { expect } from 'chai';
import fc from 'fast-check';
import { type Fall, Registers } from '../src/registers.ts';

describe('registers', () => {
	it('are published as they come, from the first complete frame on', () => {
		const registers = new Registers(() => undefined);
		expect(registers.take({ HCHC: 6_906_827, HCHP: 7_617_931 }, 0)).to.deep.equal({ HCHC: 6_906_827, HCHP: 7_617_931 });
		expect(registers.take({ HCHC: 6_906_828 }, 1_500)).to.deep.equal({ HCHC: 6_906_828 });
	});

	it('keep the last right value where a frame says less, 0 included', () => {
		const registers = new Registers(() => undefined);
		registers.take({ BASE: 73_260_524 }, 0);
		expect(registers.take({ BASE: 0 }, 1_500)).to.deep.equal({ BASE: 73_260_524 });
		expect(registers.take({ BASE: 73_260_526 }, 3_000)).to.deep.equal({ BASE: 73_260_526 });
	});

	it('keep the last right value where a frame leaps, and believe a leap that lasts', () => {
		const registers = new Registers(() => undefined);
		registers.take({ BASE: 73_260_524 }, 0);
		expect(registers.take({ BASE: 93_260_524 }, 1_500)).to.deep.equal({ BASE: 73_260_524 });
		expect(registers.take({ BASE: 73_260_525 }, 3_000)).to.deep.equal({ BASE: 73_260_525 });
		registers.take({ BASE: 80_000_000 }, 4_500);
		expect(registers.take({ BASE: 80_000_001 }, 6_000)).to.deep.equal({ BASE: 80_000_001 });
	});

	it('catch up after a silence, at once', () => {
		const registers = new Registers(() => undefined);
		registers.take({ BASE: 73_260_524 }, 0);
		const day = 24 * 3_600_000;
		expect(registers.take({ BASE: 73_360_524 }, day)).to.deep.equal({ BASE: 73_360_524 });
	});

	it('report once that they go on saying less, and keep the last right value', () => {
		const falls: Fall[] = [];
		const registers = new Registers((fall) => falls.push(fall));
		registers.take({ BASE: 73_260_524 }, 0);
		for (const value of [100, 101, 102, 103]) {
			expect(registers.take({ BASE: value }, value * 1_500)).to.deep.equal({ BASE: 73_260_524 });
		}
		expect(falls).to.deep.equal([{ label: 'BASE', from: 73_260_524, to: 102 }]);
	});

	it('begin anew with another meter', () => {
		const registers = new Registers(() => undefined);
		registers.meter('012345678912');
		registers.take({ BASE: 73_260_524 }, 0);
		registers.meter('112345678912');
		expect(registers.take({ BASE: 3 }, 1_500)).to.deep.equal({ BASE: 3 });
	});

	it('never fall, whatever comes', () => {
		const value = fc.oneof(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 5_000 }));
		fc.assert(
			fc.property(fc.array(fc.record({ value, afterMs: fc.integer({ min: 0, max: 100_000 }) })), (frames) => {
				const registers = new Registers(() => undefined);
				let nowMs = 0;
				let highest = 0;
				for (const { value: BASE, afterMs } of frames) {
					nowMs += afterMs;
					const published = registers.take({ BASE }, nowMs)['BASE'];
					expect(published).to.be.at.least(highest);
					highest = published ?? highest;
				}
			}),
		);
	});
});

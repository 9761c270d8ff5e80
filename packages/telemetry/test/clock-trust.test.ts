import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { ClockTrust } from '../src/core/clock-trust.ts';

describe('the trust in the wall clock', () => {
	const YEAR_MS = 366 * 86_400_000;
	let clock: VirtualClock;
	beforeEach(() => {
		clock = new VirtualClock();
	});

	it('is what the system says, where it says something', async () => {
		let said: boolean | undefined = false;
		const trust = new ClockTrust(clock, async () => said);
		clock.advance(YEAR_MS);
		expect(await trust.isSure()).to.equal(false);
		said = true;
		clock.stepWall(YEAR_MS);
		expect(await trust.isSure()).to.equal(true);
	});

	it('comes after an hour without a step, where the system says nothing', async () => {
		const trust = new ClockTrust(clock, async () => undefined);
		expect(await trust.isSure()).to.equal(false);
		clock.advance(3_600_000);
		expect(await trust.isSure()).to.equal(true);
	});

	for (const [what, stepMs] of [
		['an hour back', -3_600_000],
		['a year forward', YEAR_MS],
	] as const) {
		it(`is gone for good after a step ${what}`, async () => {
			const trust = new ClockTrust(clock, async () => undefined);
			clock.advance(7_200_000);
			expect(await trust.isSure()).to.equal(true);
			clock.stepWall(stepMs);
			expect(await trust.isSure()).to.equal(false);
			clock.advance(86_400_000);
			expect(await trust.isSure()).to.equal(false);
		});
	}
});

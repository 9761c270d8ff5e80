import { expect } from 'chai';
import fc from 'fast-check';
import { instant, Wishes } from '../src/wishes.ts';

const YEAR_MS = 365 * 86_400_000;
const NOON_MS = Date.parse('2026-01-15T12:00:00Z');
const GRACE_MS = 60_000;

describe('what is asked of a circuit', () => {
	const wishes = (): Wishes => new Wishes([{ id: 'mat', programme: 'off' }]);
	const noon = { monotonicMs: 1_000_000, wallMs: NOON_MS };
	const later = (ms: number, steppedMs = 0) => ({
		monotonicMs: noon.monotonicMs + ms,
		wallMs: noon.wallMs + ms + steppedMs,
	});
	const until = instant(NOON_MS + 300_000);

	it('by hand until a moment ends then, and no later though the clock is set back by a year', () => {
		for (const steppedMs of [0, -YEAR_MS]) {
			const asked = wishes();
			expect(asked.command('mat', { order: 'comfort', until }, noon)).to.equal(undefined);
			expect(asked.overrideOf('mat', later(299_000, steppedMs))?.order).to.equal('comfort');
			expect(asked.overrideOf('mat', later(300_000, steppedMs))).to.equal(undefined);
		}
	});

	it('by hand before a restart lasts no longer than was left of it, whatever the clock shows', () => {
		const asked = wishes();
		const at = instant(NOON_MS + 200_000);
		asked.restore('mat', { at, override: { order: 'comfort', until } }, later(0, -YEAR_MS));
		expect(asked.overrideOf('mat', later(99_000, -YEAR_MS))?.order).to.equal('comfort');
		expect(asked.overrideOf('mat', later(100_000, -YEAR_MS))).to.equal(undefined);
	});

	it('by a programme that nobody keeps any more ends with its grace, whatever the clock is set to', () => {
		const step = fc.integer({ min: -YEAR_MS, max: YEAR_MS });
		fc.assert(
			fc.property(step, fc.nat(600_000), (steppedMs, passedMs) => {
				const asked = wishes();
				asked.programme('mat', { at: instant(NOON_MS), order: 'comfort', until }, noon);
				if (passedMs < 300_000 + GRACE_MS) return;
				expect(asked.programmeOf('mat', later(passedMs, steppedMs))).to.equal('off');
			}),
		);
		const asked = wishes();
		asked.programme('mat', { at: instant(NOON_MS), order: 'comfort', until }, noon);
		expect(asked.programmeOf('mat', later(359_000, -YEAR_MS))).to.equal('comfort');
	});

	it('without an end stays', () => {
		const asked = wishes();
		asked.command('mat', 'comfort', noon);
		asked.programme('mat', { at: instant(NOON_MS), order: 'eco' }, noon);
		expect(asked.overrideOf('mat', later(YEAR_MS, YEAR_MS))?.order).to.equal('comfort');
		expect(asked.programmeOf('mat', later(YEAR_MS, -YEAR_MS))).to.equal('eco');
	});
});

import { expect } from 'chai';
import fc from 'fast-check';
import { atRest, type Decided, decide, type Settings } from '../src/core/control.ts';

const settings: Settings = { mode: 'heat', targetC: 20, hysteresisC: 0.5, minOnS: 60, minOffS: 120 };

/** Runs through temperatures, one each step; what it draws is what it was told. */
function run(
	given: Settings,
	temperatures: readonly (number | undefined)[],
	stepS = 60,
	begin = atRest(-1e9),
): Decided[] {
	let before = begin;
	return temperatures.map((temperatureC, step) => {
		const onMs = before.doing === 'rest' ? 0 : stepS * 1_000;
		before = decide(before, given, { nowMs: step * stepS * 1_000, temperatureC, onMs });
		return before;
	});
}
const doings = (decided: readonly Decided[]): string[] => decided.map(({ doing, why }) => `${doing} ${why}`);

describe('what a heater is told', () => {
	it('heats from below the hysteresis up to the target', () => {
		expect(doings(run(settings, [19.6, 19.4, 19.8, 20, 19.6]))).to.deep.equal([
			'rest at_target',
			'heat below_target',
			'heat below_target',
			'rest at_target',
			'rest at_target',
		]);
	});

	it('cools from above it down to the target', () => {
		const cooler = { ...settings, mode: 'cool' } as const;
		expect(doings(run(cooler, [20.4, 20.6, 20.1, 20]))).to.deep.equal([
			'rest at_target',
			'cool above_target',
			'cool above_target',
			'rest at_target',
		]);
	});

	it('never goes from heating to cooling without a rest', () => {
		const both = { ...settings, mode: 'both', minOffS: 0 } as const;
		expect(doings(run(both, [19, 21, 21]))).to.deep.equal(['heat below_target', 'rest at_target', 'cool above_target']);
	});

	it('runs its least time, and rests its least time', () => {
		expect(doings(run({ ...settings, minOnS: 150 }, [19, 20, 20, 20]))).to.deep.equal([
			'heat below_target',
			'heat least_on',
			'heat least_on',
			'rest at_target',
		]);
		expect(doings(run(settings, [19, 19], 60, atRest(0)))).to.deep.equal(['rest least_off', 'rest least_off']);
	});

	it('stops at once for want of a temperature, or where somebody switches it off', () => {
		expect(doings(run(settings, [19, undefined]))).to.deep.equal(['heat below_target', 'rest no_temperature']);
		const [on] = run(settings, [19]);
		const off = decide(on ?? atRest(0), { ...settings, mode: 'off' }, { nowMs: 1, temperatureC: 19, onMs: 1 });
		expect(off).to.include({ doing: 'rest', why: 'off' });
	});

	it('ends a run that is too long, says so through the rest, and counts only time under power', () => {
		const given = { ...settings, longestRunS: 120 };
		expect(doings(run(given, [19, 19, 19, 19, 19, 19, 19, 19]))).to.deep.equal([
			'heat below_target',
			'heat below_target',
			...Array(5).fill('rest longest_run'),
			'heat below_target',
		]);
		const waiting = decide({ doing: 'heat', why: 'below_target', sinceMs: 0, ranMs: 0 }, given, {
			nowMs: 3_600_000,
			temperatureC: 19,
			onMs: 0,
		});
		expect(waiting.doing).to.equal('heat');
	});

	it('keeps its times and its side of the target whatever the temperature does', () => {
		const any = fc.record({
			mode: fc.constantFrom('heat' as const, 'cool' as const, 'both' as const, 'off' as const),
			targetC: fc.double({ min: -5, max: 40, noNaN: true }),
			hysteresisC: fc.double({ min: 0.1, max: 5, noNaN: true }),
			minOnS: fc.integer({ min: 0, max: 600 }),
			minOffS: fc.integer({ min: 0, max: 600 }),
			longestRunS: fc.option(fc.integer({ min: 60, max: 3_600 }), { nil: undefined }),
		});
		const walk = fc.array(fc.option(fc.double({ min: -20, max: 60, noNaN: true }), { nil: undefined, freq: 9 }), {
			minLength: 2,
			maxLength: 60,
		});
		fc.assert(
			fc.property(any, walk, fc.integer({ min: 1, max: 300 }), (given, temperatures, stepS) => {
				const decided = [atRest(0), ...run(given, temperatures, stepS, atRest(0))];
				for (const [index, now] of decided.entries()) {
					const before = decided[index - 1];
					if (before === undefined || before.doing === now.doing) continue;
					const lastedS = (now.sinceMs - before.sinceMs) / 1_000;
					const temperatureC = temperatures[index - 1];
					if (before.doing === 'rest') {
						expect(lastedS).to.be.at.least(given.minOffS);
						expect(given.mode).to.be.oneOf([now.doing, 'both']);
						const offC = (temperatureC ?? Number.NaN) - given.targetC;
						expect(now.doing === 'heat' ? -offC : offC).to.be.greaterThan(given.hysteresisC * 0.999_999);
					} else {
						expect(now.doing).to.equal('rest');
						const waitsForNothing = ['no_temperature', 'off', 'longest_run'].includes(now.why);
						if (!waitsForNothing) expect(lastedS).to.be.at.least(given.minOnS);
					}
				}
			}),
		);
	});
});

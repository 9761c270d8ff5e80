import { loadSteps, parseLoadCurve } from '@pilotwire/house';
import { expect } from 'chai';
import fc from 'fast-check';

const HEADER = 'time,active_power_w,reactive_power_var,voltage_v,current_a,kitchen_wh,laundry_wh,water_heater_ac_wh';
const minute = (at: number): string => new Date(Date.UTC(2007, 1, 1, 6, at)).toISOString().slice(0, 19);

function curveOf(watts: readonly number[]) {
	const rows = watts.map((value, at) => `${minute(at)},${value},0,240,1,${Math.min(10, value / 60)},0,0`);
	const parsed = parseLoadCurve([HEADER, ...rows, ''].join('\n'));
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.curve;
}

describe('a recorded load', () => {
	it('is read with its time of day, its sub-meters as powers and its reactive part', () => {
		const parsed = parseLoadCurve(`${HEADER}\n2007-02-01T06:30:00,300,400,240,1.4,2,0,1\n`);
		const { curve } = parsed as Extract<typeof parsed, { curve: unknown }>;
		expect(curve.startMinute).to.equal(390);
		expect([...curve.apparentVA]).to.deep.equal([500]);
		expect([...curve.kitchenW, ...curve.waterHeaterW]).to.deep.equal([120, 60]);
	});

	it('repeats the minute before where a row is empty', () => {
		const rows = [`${minute(0)},100,0,240,1,0,0,0`, `${minute(1)},,,,,,,`, `${minute(2)},300,0,240,1,0,0,0`];
		const parsed = parseLoadCurve([HEADER, ...rows].join('\r\n'));
		const { curve } = parsed as Extract<typeof parsed, { curve: unknown }>;
		expect([...curve.apparentVA]).to.deep.equal([100, 100, 300]);
		expect(curve.emptyRows).to.equal(1);
	});

	for (const [what, text, line] of [
		['no header', '1,2,3\n', 1],
		['no rows', `${HEADER}\n`, 2],
		['a figure that is none', `${HEADER}\n${minute(0)},x,0,240,1,0,0,0`, 2],
		['a negative power', `${HEADER}\n${minute(0)},-5,0,240,1,0,0,0`, 2],
		['a time that is none', `${HEADER}\nyesterday,5,0,240,1,0,0,0`, 2],
		['a gap', `${HEADER}\n${minute(0)},5,0,240,1,0,0,0\n${minute(2)},5,0,240,1,0,0,0`, 3],
	] as const) {
		it(`with ${what} is refused by line`, () => {
			const parsed = parseLoadCurve(text);
			expect('faults' in parsed && parsed.faults[0]?.line).to.equal(line);
		});
	}

	it('is wrong at a gap alone, and not in the rows behind it', () => {
		const rows = [0, 3, 4, 5].map((at) => `${minute(at)},5,0,240,1,0,0,0`);
		const expected = minute(1).slice(0, 16);
		const received = `${minute(3)}: 2 minutes are missing (a row with a time and no figures repeats the one before)`;
		expect(parseLoadCurve([HEADER, ...rows].join('\n'))).to.deep.equal({ faults: [{ line: 3, expected, received }] });
	});

	it('keeps each minute its energy when it becomes steps, on one phase and on three', () => {
		const curves = fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 30 });
		fc.assert(
			fc.property(curves, fc.constantFrom(1 as const, 3 as const), fc.integer(), (watts, phases, seed) => {
				const steps = loadSteps(curveOf(watts), { phases, scale: 1, seed });
				const energyWs = new Float64Array(watts.length);
				for (const [phase, atS] of steps.atS.entries()) {
					for (let second = 0; second < watts.length * 60; second++) {
						const at = atS.findLastIndex((from) => from <= second);
						energyWs[Math.floor(second / 60)] =
							(energyWs[Math.floor(second / 60)] as number) + (steps.watts[phase]?.[at] ?? 0);
					}
				}
				for (const [index, value] of watts.entries()) {
					// Each phase's second is rounded to a whole watt.
					expect(energyWs[index]).to.be.closeTo(value * 60, 30 * phases + 1);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it('never draws less than what is steady around it', () => {
		const steps = loadSteps(curveOf(Array.from({ length: 30 }, (_, at) => 800 + (at % 3) * 100)), {
			phases: 1,
			scale: 1,
			seed: 1,
		});
		expect(Math.min(...(steps.watts[0] ?? []))).to.be.at.least(600);
	});
});

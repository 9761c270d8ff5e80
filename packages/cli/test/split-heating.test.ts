import type { TwinProgramme } from '@pilotwire/house';
import { expect } from 'chai';
import { PhaseSplit } from '../src/advise/phase-split.ts';
import type { RecordedHouse } from '../src/advise/recorded-house.ts';
import { type SplitLoad, splitHeating } from '../src/advise/split-heating.ts';
import { modelHouse, type Recorded, recordedOf } from './support/recorded.ts';

const DAYS = 8;
const nights: TwinProgramme = (_, minute) => (minute < 6 * 60 || minute >= 22 * 60 ? 'eco' : 'comfort');
const working: TwinProgramme = (index, minute) =>
	minute >= 8.5 * 60 && minute < 17 * 60 ? 'eco' : nights(index, minute);
const always: TwinProgramme = () => 'comfort';

/** What is above all but five in a thousand of the minutes. */
const peakOf = (values: Float64Array): number => values.toSorted()[Math.floor(values.length * 0.995)] as number;
const errorOf = ({ heatingKWhADay }: Recorded, split: SplitLoad): number => split.heatingKWhADay - heatingKWhADay;
/** Told that outside it is 2 °C warmer than it is. */
const OUTSIDE_ERROR_K = 2;

describe('the heating taken out of a recorded load', function () {
	this.timeout(30_000);
	const houses = ([1, 3] as const).flatMap((phases) => [-2, 7].map((outsideC) => ({ phases, outsideC })));

	for (const { phases, outsideC } of houses) {
		for (const [name, programme] of Object.entries({ nights, working })) {
			it(`is known to 10 %, peaks to 25 %: ${phases} phase(s), ${outsideC} °C, ${name} at eco`, () => {
				const truth = recordedOf(modelHouse(phases, outsideC), DAYS, programme);
				const split = splitHeating(truth.recorded, outsideC + OUTSIDE_ERROR_K);
				expect(Math.abs(errorOf(truth, split)) / truth.heatingKWhADay).to.be.below(0.1);
				for (const [phase, other] of split.otherVA.entries()) {
					expect(peakOf(other) / peakOf(truth.otherVA[phase] as Float64Array)).to.be.within(0.8, 1.25);
				}
				expect(split.usedShare).to.equal(1);
			});
		}

		it(`lies within what is said of it where nothing is ever off: ${phases} phase(s), ${outsideC} °C`, () => {
			const truth = recordedOf(modelHouse(phases, outsideC), DAYS, always);
			const split = splitHeating(truth.recorded, outsideC + OUTSIDE_ERROR_K);
			expect(Math.abs(errorOf(truth, split))).to.be.below(split.heatingPlusMinusKWh);
			expect(Math.abs(errorOf(truth, split)) / truth.heatingKWhADay).to.be.below(0.2);
		});
	}

	/** The same history, changed in the minutes that `is` names. */
	const changed = (recorded: RecordedHouse, is: (minute: number) => boolean, to: Partial<Record<string, number>>) => ({
		...recorded,
		circuits: recorded.circuits.map((circuit) => {
			const copy = {
				...circuit,
				comfort: circuit.comfort.slice(),
				eco: circuit.eco.slice(),
				chosen: circuit.chosen.slice(),
			};
			for (let minute = 0; minute < copy.comfort.length; minute++) {
				if (!is(minute)) continue;
				for (const name of ['comfort', 'eco', 'chosen'] as const)
					copy[name][minute] = to[name] ?? copy[name][minute] ?? 0;
			}
			return copy;
		}),
	});

	it('leaves the load as it is where nothing could heat', () => {
		const { recorded } = recordedOf(modelHouse(1, 0), 2, nights);
		const isOff = (minute: number): boolean => minute % 1440 < 360;
		const split = splitHeating(changed(recorded, isOff, { comfort: 0, eco: 0 }), 0);
		expect(split.exactShare).to.be.closeTo(0.25, 1e-9);
		for (let minute = 0; minute < 360; minute++)
			expect(split.otherVA[0]?.[minute]).to.equal(recorded.loadVA[0]?.[minute]);
	});

	it('learns nothing from minutes in which shedding chose', () => {
		const { recorded } = recordedOf(modelHouse(1, 0), 2, nights);
		const isEvening = (minute: number): boolean => minute % 1440 >= 1080 && minute % 1440 < 1200;
		const shed = changed(recorded, isEvening, { comfort: 0, chosen: 0 });
		const split = new PhaseSplit(shed, recorded.loadVA[0] as Float64Array, 1, 0);
		const wild = recorded.loadVA.map((values) => values.map((va, minute) => (isEvening(minute) ? va + 9_000 : va)));
		const other = new PhaseSplit(shed, wild[0] as Float64Array, 1, 0);
		expect(other.heatingVA).to.equal(split.heatingVA);
		expect(split.usedMinutes).to.equal(2 * (1440 - 120));
	});

	it('takes no more out than there is, and nothing from a house without radiators', () => {
		const { recorded } = recordedOf(modelHouse(3, 0), 2, nights);
		const split = splitHeating({ ...recorded, circuits: [] }, 0);
		expect(split).to.deep.include({ exactShare: 1, heatingKWhADay: 0, otherVA: recorded.loadVA });
		const dark = splitHeating({ ...recorded, loadVA: recorded.loadVA.map((values) => values.map(() => 0)) }, 0);
		expect(dark).to.include({ heatingKWhADay: 0, otherKWhADay: 0 });
	});
});

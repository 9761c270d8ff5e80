import type { ConfiguredCircuit } from '@pilotwire/shedding';
import { expect } from 'chai';
import { loadShedderFaults, loadShedderSections } from '../src/index.ts';

const radiators = (...powersW: number[]) => powersW.map((powerW, index) => ({ id: `r${index}`, board: 32, powerW }));
const house = (shedder: Record<string, unknown>, powersW: readonly number[], limitVA?: number) => ({
	shedder: loadShedderSections.shedder.parse(shedder),
	meters: [{ limitVA }],
	boards: { modules: [{ address: 32, phase: 1 }] },
	radiators: radiators(...powersW),
	switches: [] as ConfiguredCircuit[],
	fallback: {},
});

describe('the configuration of the load-shedder', () => {
	it('refuses a radiator that never fits under its limit, and says what to do', () => {
		expect(loadShedderFaults(house({}, [1000, 3500], 3000))).to.deep.equal([
			{
				path: 'radiators[1].powerW',
				expected:
					'at most the 2970 VA that phase 1 has to give: lower its power, or put it on a phase with a higher limit',
				received: '3500 W, which needs 3570 VA',
			},
		]);
	});

	it('judges plugs, water heaters and chargers too', () => {
		const car = { id: 'car', phase: 1, powerW: 7400 };
		const faults = loadShedderFaults({
			...house({}, [1000], 6000),
			switches: [{ ...car, id: 'kettle', powerW: 2000 }, car],
		});
		expect(faults.map(({ path, received }) => [path, received])).to.deep.equal([
			['switches[1].powerW', '7400 W, which needs 7548 VA'],
		]);
	});

	it('refuses a longest wait in which not everybody can have a turn', () => {
		const [fault] = loadShedderFaults(house({ maxWaitS: 120 }, new Array(8).fill(1500), 3000));
		expect(fault?.path).to.equal('shedder.maxWaitS');
		expect(fault?.expected).to.include('raise maxWaitS');
		expect(loadShedderFaults(house({ maxWaitS: 1800 }, new Array(8).fill(1500), 3000))).to.deep.equal([]);
	});

	it('judges no wait where only the meter says the limit, or where nothing is shed', () => {
		expect(loadShedderFaults(house({}, [9000]))).to.deep.equal([]);
		expect(loadShedderFaults(house({ enabled: false }, [9000], 3000))).to.deep.equal([]);
	});

	it('counts a branch breaker as a limit, and asks for its rating where peaks may pass', () => {
		expect(loadShedderFaults(house({ branchBreakerA: 10 }, [3000]))).to.have.length(1);
		const [fault] = loadShedderFaults(house({ mode: 'tolerant', breaker: 'branch' }, [1000]));
		expect(fault?.path).to.equal('shedder.branchBreakerA');
	});
});

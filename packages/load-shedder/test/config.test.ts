import type { ConfiguredCircuit } from '@pilotwire/shedding';
import { expect } from 'chai';
import { loadShedderFaults, loadShedderSections } from '../src/index.ts';

const radiators = (...powersW: number[]) => powersW.map((powerW, index) => ({ id: `r${index}`, board: 32, powerW }));
const house = (shedder: Record<string, unknown>, powersW: readonly number[], limitVA?: number) => ({
	shedder: loadShedderSections.shedder.parse(shedder),
	meters: [{ id: 'main', limitVA }],
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

	it('refuses more circuits than can take turns where only one fits at a time', () => {
		const [fault, ...more] = loadShedderFaults(house({ maxWaitS: 300 }, new Array(5).fill(1600), 3000));
		expect([fault?.path, more.length]).to.deep.equal(['shedder.maxWaitS', 0]);
		expect(fault?.received).to.equal('5 circuits whose turns take 400 s, of which one may wait 300 s');
		expect(loadShedderFaults(house({ maxWaitS: 320 }, new Array(5).fill(1600), 3000))).to.deep.equal([]);
	});

	it('refuses a minimum time on for which a circuit without room beside it would wait too long', () => {
		const plug = { id: 'plug', phase: 1, powerW: 2500, minOnS: 3600, maxWaitS: 7200 };
		const [fault, ...more] = loadShedderFaults({ ...house({ maxWaitS: 600 }, [1000], 3000), switches: [plug] });
		expect([fault?.path, fault?.received, more.length]).to.deep.equal(['switches[0].minOnS', '3620 s', 0]);
		expect(fault?.expected).to.include('600 s that r0 may wait');
		expect(loadShedderFaults({ ...house({ maxWaitS: 600 }, [400], 3000), switches: [plug] })).to.deep.equal([]);
		expect(loadShedderFaults(house({ minOnS: 300, maxWaitS: 300 }, [1600, 1600], 3000))[0]?.path).to.equal(
			'shedder.minOnS',
		);
	});

	it('refuses a minimum time off beyond the longest wait, whatever the limit', () => {
		const faults = loadShedderFaults(house({ minOffS: 3600, maxWaitS: 60 }, [1000, 500]));
		expect(faults.map(({ path, received }) => [path, received])).to.deep.equal([
			['shedder.minOffS', '3600 s, in which it could not come back'],
		]);
		expect(loadShedderFaults(house({ minOffS: 60, maxWaitS: 60 }, [1000]))).to.deep.equal([]);
	});

	it('takes the limit of the meter that the shedder hears', () => {
		const meters = [
			{ id: 'panels', limitVA: 1000 },
			{ id: 'main', limitVA: 6000 },
		];
		expect(loadShedderFaults({ ...house({ meter: 'main' }, [3500]), meters })).to.deep.equal([]);
		expect(loadShedderFaults({ ...house({ meter: 'panels' }, [3500]), meters })).to.have.length(1);
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

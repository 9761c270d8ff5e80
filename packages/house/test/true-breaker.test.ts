import { createHouse, demoHouse, peakHouse } from '@pilotwire/house';
import { expect } from 'chai';
import { emptyHouse, plainHouse, secondsToOpening } from './support/houses.ts';

describe('the true breaker', () => {
	for (const [ratio, seconds] of [
		[1.35, 327],
		[1.5, 174],
		[2, 69],
		[2.5, 40],
	] as const) {
		it(`opens after ${seconds} s at ${ratio} times PCOUP from cold`, () => {
			expect(secondsToOpening(emptyHouse(), ratio * 6000)).to.equal(seconds);
		});
	}

	it('opens after the times of a load of 0.9 before', () => {
		for (const [ratio, seconds] of [
			[1.35, 254],
			[1.5, 118],
			[2, 41],
			[2.5, 22],
		] as const) {
			const house = emptyHouse();
			house.setOtherLoad(1, 5400);
			house.step(3600);
			expect(secondsToOpening(house, ratio * 6000), `${ratio}`).to.be.closeTo(seconds, 1);
		}
	});

	it('never opens at 1.3 times PCOUP', () => {
		expect(secondsToOpening(emptyHouse(), 1.3 * 6000 - 0.01, 40_000)).to.equal(undefined);
	});

	it('opens below that at the unfavourable edge of its tolerance', () => {
		const house = emptyHouse({ breaker: { toleranceRatio: 0.02 } });
		expect(secondsToOpening(house, 1.29 * 6000)).to.be.a('number');
	});

	it('counts each phase on its own, a third of PCOUP each', () => {
		const house = emptyHouse({ meter: { prefKVA: 9, phases: 3 } });
		house.setOtherLoad(2, 3800);
		expect(secondsToOpening(house, 2 * 3000)).to.equal(69);
		expect(house.breaker.openings).to.deep.equal([{ atS: 69, phase: 1, cause: 'linky' }]);
	});

	it('counts what is drawn, not what is fed in', () => {
		expect(secondsToOpening(emptyHouse(), -20_000)).to.equal(undefined);
	});

	it('leaves everything dark until somebody closes it', () => {
		const house = createHouse(peakHouse(), 3);
		house.step(3000);
		const at = house.breakerOpenAt;
		expect(at).to.be.a('number');
		expect([...house.va, ...house.amps, ...house.radiators.watts]).to.satisfy((all: number[]) =>
			all.every((w) => w === 0),
		);
		house.start('peak-1');
		house.step(10);
		expect(house.va[0]).to.equal(0);
		expect(house.breakerOpenAt).to.equal(at);
		house.closeBreaker();
		house.step(60);
		expect(house.breakerOpenAt).to.equal(undefined);
		expect(house.va[0]).to.be.above(0);
		expect(house.breaker.openings).to.have.length(1);
	});

	it('keeps the highest value its filter has had', () => {
		const house = emptyHouse();
		house.setOtherLoad(1, 6000);
		house.step(4000);
		house.setOtherLoad(1, 0);
		house.step(4000);
		expect(house.breaker.filter[0]).to.be.below(0.01);
		expect(house.breaker.filterMax[0]).to.be.closeTo(1, 0.001);
	});
});

describe('a branch breaker', () => {
	const meter = { prefKVA: 6, kind: 'electronic', mode: 'historic' } as const;
	const branch = { ratedA: 30, delayAt140S: 20 };

	it('never opens at 1.1 times its rating', () => {
		const house = emptyHouse({ meter, breaker: { branch } });
		expect(secondsToOpening(house, 1.1 * 30 * 230 - 0.1, 20_000)).to.equal(undefined);
	});

	it('opens after its delay at 1.4 times its rating, and sooner above', () => {
		const at = (ratio: number) => secondsToOpening(emptyHouse({ meter, breaker: { branch } }), ratio * 30 * 230);
		expect(at(1.4)).to.equal(20);
		expect(at(2.5)).to.be.within(1, 6);
	});

	it('opens behind a Linky too', () => {
		const house = emptyHouse({ meter: { prefKVA: 12 }, breaker: { branch } });
		secondsToOpening(house, 1.4 * 30 * 230);
		expect(house.breaker.openings[0]?.cause).to.equal('branch');
	});
});

describe('ready houses', () => {
	it('the demonstration opens its breaker within minutes where nothing is shed', () => {
		const house = createHouse(demoHouse(), 1);
		house.step(120 + 300);
		expect((house.breakerOpenAt ?? 0) - 120, 'after the evening began').to.be.within(60, 240);
	});

	it('the demonstration stays within its subscription until the evening begins', () => {
		const house = createHouse(demoHouse(), 1);
		for (let second = 0; second < 120; second++) {
			house.step(1);
			expect(Math.max(...house.va)).to.be.below(4000);
		}
	});

	it('the demonstration never opens it with its radiators off', () => {
		const house = createHouse(demoHouse(), 1);
		house.setSignals(new Uint8Array(house.radiators.count).fill(1));
		house.step(4 * 3600);
		expect(house.breaker.openings).to.deep.equal([]);
	});

	for (const phases of [1, 3] as const) {
		it(`the peak house of ${phases} phase(s) draws twice its subscription on each phase`, () => {
			const house = createHouse(peakHouse({ phases }), 1);
			house.step(65);
			const share = phases === 1 ? 6000 : 4000;
			for (const va of house.va) expect(va / share).to.be.closeTo(2, 0.01);
		});
	}

	it('the peak house opens its breaker alone, and not with its radiators off', () => {
		const lost = createHouse(peakHouse({ phases: 3 }), 1);
		lost.step(600);
		expect(lost.breaker.openings).to.have.length(1);
		const shed = createHouse(peakHouse({ phases: 3 }), 1);
		shed.setSignals(new Uint8Array(shed.radiators.count).fill(1));
		shed.step(3600);
		expect(shed.breaker.openings).to.deep.equal([]);
	});
});

describe('plainHouse', () => {
	it('is a house', () => {
		expect(createHouse(plainHouse(), 1).radiators.count).to.equal(1);
	});
});

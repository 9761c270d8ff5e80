import type { AdviceState, ReadingState } from '@pilotwire/contract';
import { expect } from 'chai';
import { heldKVA, sizeRows } from '../src/core/advice.ts';
import { isSwitched, orderWords, switchedOrder } from '../src/core/words.ts';

const trial = (prefKVA: number, openings: number, comfortLostKh: number, suffices: boolean, phases: 1 | 3 = 1) => ({
	...{ prefKVA, phases, openings, comfortLostKh, suffices, openingsWithoutHeating: 0 },
	...{ minutesShed: 140, coldestC: 17, days: 14 },
});
const said = {
	at: '2026-01-20T09:00:00.000Z',
	state: 'done',
	learned: { days: 14, daysLeftOut: 0, radiators: 2, phases: 1, sure: true },
	trials: [
		trial(3, 8, 900, false),
		trial(6, 0, 336, false),
		trial(9, 0, 10, true),
		trial(12, 0, 0, true),
		trial(6, 0, 0, true, 3),
	],
} as unknown as AdviceState;

describe('which subscription would do', () => {
	it('is the smallest that neither opens nor is felt, said in a word for each size', () => {
		const rows = sizeRows(said, 1, 12, new Map());
		expect(rows.map(({ prefKVA, verdict, held }) => [prefKVA, verdict, held])).to.deep.equal([
			[3, 'opens', false],
			[6, 'cold', false],
			[9, 'best', false],
			[12, 'does', true],
		]);
		expect(rows[1]).to.include({ minutesShedADay: 10, colderK: 0.5, yearlyDifference: undefined });
		expect(sizeRows(said, 3, 12, new Map()).map(({ verdict }) => verdict)).to.deep.equal(['best']);
	});

	it('is compared with what the subscription held costs, where both prices are known', () => {
		const prices = new Map([
			[12, 220],
			[9, 185.5],
		]);
		expect(sizeRows(said, 1, 12, prices).map(({ yearlyDifference }) => yearlyDifference)).to.deep.equal([
			...[undefined, undefined, -34.5, 0],
		]);
		expect(sizeRows(said, 1, undefined, prices)[2]?.yearlyDifference).to.equal(undefined);
	});

	it('knows the size held from either kind of meter', () => {
		const reading = (more: object) => ({ phases: 1, ...more }) as unknown as ReadingState;
		expect(heldKVA(reading({ referencePowerKVA: 9 }))).to.equal(9);
		expect(heldKVA(reading({ subscribedCurrentA: 30 }))).to.equal(6);
		expect(heldKVA(reading({ subscribedCurrentA: 20, phases: 3 }))).to.equal(12);
		expect(heldKVA(reading({}))).to.equal(undefined);
		expect(heldKVA(undefined)).to.equal(undefined);
	});
});

describe("an order's words", () => {
	it('are on and off for what is switched, and its own for a radiator', () => {
		expect(isSwitched({ kind: 'radiator' })).to.equal(false);
		expect(['switch', 'water_heater', 'charger'].every((kind) => isSwitched({ kind: kind as 'switch' }))).to.equal(
			true,
		);
		expect(orderWords('comfort', true).name).to.equal('order.on');
		expect(orderWords('comfort', false).name).to.equal('order.comfort');
		expect(['eco', 'frost_protection', 'off'].map((order) => switchedOrder(order as 'eco'))).to.deep.equal([
			...['comfort', 'off', 'off'],
		]);
	});
});

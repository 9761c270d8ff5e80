import { Learning } from '@pilotwire/circuit';
import { expect } from 'chai';
import { radiatorsOf } from '../src/core/radiator.ts';
import { Actuator, radiatorsOn } from './actuator.ts';

const everything = (count: number) =>
	Object.fromEntries(Array.from({ length: count }, (_, at) => [`r${at + 1}`, 'comfort' as const]));

describe('what the meter teaches', () => {
	/** Admits r1, with the loads the meter shows before and after. */
	async function step(beforeVA: number, afterVA: number, between?: (house: Actuator) => void): Promise<Actuator> {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20], 2) });
		await house.service.start();
		house.say('circuits/all/set', 'off');
		await house.lease({ leaseS: 600 });
		await house.pass(20);
		house.say('circuits/r1/set', 'comfort');
		house.load([beforeVA]);
		await house.lease({ leaseS: 600, admitted: { r1: 'comfort' } });
		await house.pass(5);
		between?.(house);
		await house.pass(8);
		house.load([afterVA]);
		await house.pass(1);
		return house;
	}

	it('the power of a radiator, from the step when its order changes', async () => {
		const house = await step(400, 1320);
		expect(house.circuit('r1')).to.include({ powerW: 1000, learnedPowerW: 920 });
		await house.service.stop();
		const next = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20], 2), memory: house.remembered });
		await next.service.start();
		await next.pass(2);
		expect(next.circuit('r1').learnedPowerW).to.equal(920);
		await next.service.stop();
	});

	it('no power from a step that the rating does not explain', async () => {
		for (const afterVA of [400, 700, 3400]) {
			const house = await step(400, afterVA);
			expect(house.circuit('r1').learnedPowerW).to.equal(undefined);
			await house.service.stop();
		}
	});

	it('no power from a step in which another radiator of the phase changed too', async () => {
		const house = await step(400, 1400, (between) => {
			between.say('circuits/r2/set', 'eco');
			between.say('shedder/shed/state', between.shedSet({ leaseS: 600, admitted: everything(2) }), true);
		});
		expect(house.circuit('r1').learnedPowerW).to.equal(undefined);
		await house.service.stop();
	});

	it('nothing from a retained load: nobody knows how old it is', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		house.load([500], 60_000);
		const [load] = house.hub.published;
		house.hub.publish({ name: load?.name ?? '', payload: load?.payload ?? '', qos: 0, retain: true });
		await house.service.start();
		await house.lease({ leaseS: 600, admitted: everything(8) });
		await house.lease({ leaseS: 0 });
		expect(house.heating(0x20)).to.have.length(1);
		await house.service.stop();
	});

	it('the load that is not ours, over a day: the blind budget is what it leaves of the limit', () => {
		const radiators = radiatorsOf(
			{ bus: 1, readBackS: 5, modules: [{ address: 0x20, phase: 1, pinMap: 'standard' }] },
			[
				{
					id: 'r1',
					board: 0x20,
					wire: 1,
					powerW: 2000,
					priority: 1,
					orders: 6,
					shedOrder: 'off',
					programme: 'comfort',
				},
			],
		);
		const learning = new Learning(radiators);
		expect(learning.budgetVA(1)).to.equal(0.4 * 3000);
		const feed = (sample: number): void => {
			// An oven for an hour in the evening; the thermostat lets the radiator draw every third minute.
			const otherVA = sample > 8_000 && sample <= 8_360 ? 2_500 : 300;
			const ownVA = Math.floor(sample / 6) % 3 === 0 ? 2_000 : 0;
			const phase = {
				phase: 1,
				at: '',
				apparentPowerVA: otherVA + ownVA,
				limitVA: 6_000,
				over: false,
				alert: false,
				label: '',
			};
			learning.load('main', { phases: [{ ...phase, phase: 1 }] }, sample * 10_000, () => true);
		};
		for (let sample = 0; sample < 8_600; sample++) feed(sample);
		expect(learning.budgetVA(1)).to.equal(0.4 * 6000);
		for (let sample = 8_600; sample < 8_700; sample++) feed(sample);
		expect(learning.budgetVA(1)).to.be.within(6_000 - 2_500 * 1.05, 6_000 - 2_500);
		const again = new Learning(radiators);
		again.recall(JSON.parse(JSON.stringify(learning.memory())));
		expect(again.budgetVA(1)).to.equal(learning.budgetVA(1));
	});

	it('a second meter does not speak for a phase that has one, and a damaged file means learning again', () => {
		const learning = new Learning([]);
		const load = (meter: string, limitVA: number): void => {
			const phase = { phase: 1 as const, at: '', apparentPowerVA: 100, limitVA, over: false, alert: false, label: '' };
			learning.load(meter, { phases: [phase] }, 0, () => false);
		};
		load('main', 6_000);
		load('garage', 20_000);
		expect(learning.budgetVA(1)).to.equal(2_400);
		learning.recall({ version: 1, limitsVA: { 1: -5 } });
		learning.recall('nonsense');
		expect(learning.budgetVA(1)).to.equal(2_400);
	});
});

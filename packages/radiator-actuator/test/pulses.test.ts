import { expect } from 'chai';
import { Actuator, radiatorsOn } from './actuator.ts';

const PULSED = radiatorsOn([0x20], 4, 250).map((radiator) => ({ ...radiator, programme: 'comfort_-2' as const }));
const setting = { boards: [0x20], radiators: PULSED, shedderEnabled: false, fallback: { enabled: false } };

describe('pulses', () => {
	it('comfort_-1 and comfort_-2 are 3 s and 7 s of full wave every 300 s, the wires one after the other', async () => {
		const house = new Actuator(setting);
		await house.service.start();
		house.say('circuits/r2/set', 'comfort_-1');
		const seconds = new Map([1, 2, 3, 4].map((wire) => [wire, 0]));
		for (let second = 0; second < 600; second++) {
			await house.pass(1);
			const pulsing = [1, 2, 3, 4].filter((wire) => house.pins(0x20, wire) === 'eco');
			expect(pulsing.length).to.be.at.most(1);
			for (const wire of pulsing) seconds.set(wire, (seconds.get(wire) ?? 0) + 1);
		}
		expect([...seconds.values()]).to.deep.equal([14, 6, 14, 14]);
		expect(house.circuit('r1').inForce).to.equal('comfort_-2');
		expect(house.board('1-20')).to.include({ drifts: 0, resets: 0, failures: 0 });
		await house.service.stop();
	});

	it('shedding ends a pulse', async () => {
		const house = new Actuator({ boards: [0x20], radiators: PULSED });
		await house.service.start();
		await house.lease({ admitted: { r1: 'comfort_-2' } });
		expect(house.pins(0x20, 1)).to.equal('eco');
		await house.lease({ shed: ['r1'] });
		expect(house.pins(0x20, 1)).to.equal('off');
		await house.service.stop();
	});

	for (const enabled of [true, false]) {
		it(`stop ends a pulse with the fallback ${enabled ? 'on' : 'off'}`, async () => {
			const house = new Actuator({ ...setting, shedderEnabled: true, fallback: { enabled } });
			await house.service.start();
			await house.lease({ admitted: { r1: 'comfort_-2' } });
			await house.pass(2);
			expect(house.pins(0x20, 1)).to.equal('eco');
			await house.service.stop();
			expect(house.pins(0x20, 1)).to.equal('comfort');
			expect(house.circuit('r1').inForce).to.equal('comfort');
		});
	}

	it('a pulse that a killed process left standing is ended by the first write of the next', async () => {
		const killed = new Actuator(setting);
		await killed.service.start();
		expect(killed.pins(0x20, 1)).to.equal('eco');
		const next = new Actuator({ ...setting, chips: killed.chips, clock: killed.clock });
		killed.clock.advance(20_000);
		killed.chips.chip(0x20).write(0x14, 0xff);
		await next.service.start();
		for (const wire of [1, 2, 3, 4]) expect(next.pins(0x20, wire)).to.equal('comfort');
		await next.service.stop();
	});
});

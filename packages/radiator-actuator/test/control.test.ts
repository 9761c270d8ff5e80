import { expect } from 'chai';
import { Actuator, radiatorsOn, settle } from './actuator.ts';

/** 40 % of 3000 VA, what counts as the limit until a meter has spoken. */
const BLIND_BUDGET_VA = 1200;
const everything = (order: 'comfort' | 'eco' = 'comfort') =>
	Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`r${at + 1}`, order]));

describe('who decides what is on the wires', () => {
	it('the fallback stands on the wires before the network is touched', async () => {
		const house = new Actuator();
		house.hub.down();
		await house.service.start();
		for (const address of [0x20, 0x21, 0x22]) expect(house.heating(address)).to.have.length(1);
		expect(house.hub.published).to.deep.equal([]);
		expect(house.locks).to.equal(1);
		await house.service.stop();
	});

	it('outputs are written before directions', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		await house.service.start();
		const registers = house.chips.written.map(({ register }) => register);
		expect(registers.indexOf(0x14)).to.be.below(registers.indexOf(0x00));
		expect(registers.indexOf(0x15)).to.be.below(registers.indexOf(0x00));
		await house.service.stop();
	});

	it('a radiator that heats at the start goes on, and another is not begun instead', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		const chip = house.chips.chip(0x20);
		chip.write(0x14, 0b01010101);
		chip.write(0x15, 0b00010101);
		chip.write(0x00, 0);
		chip.write(0x01, 0);
		await house.service.start();
		expect(house.heating(0x20)).to.deep.equal([8]);
		await house.service.stop();
	});

	it('"all to comfort" is never a step: nothing heats before it is admitted', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		await house.service.start();
		house.say('circuits/all/set', 'off');
		await house.lease();
		expect(house.heating(0x20)).to.deep.equal([]);
		house.say('circuits/all/set', 'comfort');
		for (let wire = 1; wire <= 8; wire++) {
			const admitted = Object.fromEntries(Array.from({ length: wire }, (_, at) => [`r${at + 1}`, 'comfort' as const]));
			expect(house.circuit(`r${wire}`)).to.include({
				wanted: 'comfort',
				inForce: 'off',
				reason: 'waits_for_admission',
			});
			await house.lease({ admitted });
			await house.pass(2);
			expect(house.heating(0x20)).to.have.length(wire);
		}
		expect(house.circuit('r8')).to.include({ wanted: 'comfort', inForce: 'comfort', reason: 'override' });
		await house.service.stop();
	});

	it('an admission reaches no higher than what was admitted', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		await house.service.start();
		house.say('circuits/all/set', 'off');
		await house.lease();
		house.say('circuits/r1/set', 'comfort');
		await house.lease({ admitted: { r1: 'eco' } });
		expect(house.pins(0x20, 1)).to.equal('eco');
		await house.service.stop();
	});

	it('lease lost: what heats drops to the blind budget, and control that returns takes over without a jolt', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20], 8, 500) });
		await house.service.start();
		await house.lease({ admitted: everything() });
		await house.pass(2);
		expect(house.heating(0x20)).to.have.length(8);
		await house.pass(10);
		const kept = house.heating(0x20);
		expect(kept).to.have.length(2);
		expect(house.circuit('r1')).to.include({ control: 'fallback', reason: 'fallback' });
		expect(house.circuit('r8')).to.include({ inForce: 'off', wanted: 'comfort', reason: 'fallback' });
		await house.pass(30);
		const mark = house.chips.written.length;
		await house.lease();
		await house.pass(1);
		expect(house.heating(0x20)).to.deep.equal(kept);
		expect(house.chips.written.slice(mark)).to.deep.equal([]);
		expect(house.circuit('r8')).to.include({ control: 'lease', inForce: 'off', reason: 'waits_for_admission' });
		expect(house.log.filter((line) => line.includes('lease'))).to.have.length(1);
		await house.service.stop();
	});

	it('the broker lost: the fallback holds, and everyone has a turn within the hour', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		await house.service.start();
		await house.lease({ admitted: everything() });
		house.hub.down();
		await house.pass(30);
		const seen = new Set<number>();
		for (let minute = 0; minute < 62; minute++) {
			await house.pass(60, 10);
			const heating = house.heating(0x20);
			expect(heating.length * 1000).to.be.at.most(BLIND_BUDGET_VA);
			for (const wire of heating) seen.add(wire);
		}
		expect(seen).to.have.length(8);
		await house.service.stop();
	});

	it('a retained shed set may only add to the fallback', async () => {
		const first = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		first.say('shedder/shed/state', first.shedSet({ shed: ['r1'], admitted: everything(), leaseS: 600 }), true);
		await first.service.start();
		await settle();
		expect(first.heating(0x20)).to.deep.equal([]);
		await first.pass(2);
		expect(first.circuit('r1')).to.include({ control: 'fallback', inForce: 'off' });
		expect(first.circuit('r2')).to.include({ control: 'fallback', inForce: 'off' });
		await first.service.stop();
	});

	it('a shedder that gives control up hands over to the fallback at once', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]) });
		await house.service.start();
		await house.lease({ admitted: everything() });
		await house.lease({ leaseS: 0 });
		expect(house.heating(0x20)).to.have.length(1);
		await house.service.stop();
	});

	it('the fallback follows the limit that the meter told, capped by the configured one', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]), fallback: { limitVA: 9000 } });
		await house.service.start();
		house.load([500], 12_000);
		await house.lease({ admitted: everything() });
		await house.lease({ leaseS: 0 });
		expect(house.heating(0x20)).to.have.length(3);
		await house.service.stop();
	});

	it('without shedder and without fallback orders apply at once', async () => {
		const house = new Actuator({ shedderEnabled: false, fallback: { enabled: false } });
		await house.service.start();
		for (const address of [0x20, 0x21, 0x22]) expect(house.heating(address)).to.have.length(8);
		house.say('circuits/r1/set', 'off');
		await house.pass(2);
		expect(house.circuit('r1')).to.include({ inForce: 'off', control: 'none', reason: 'override' });
		house.say('circuits/r1/set', 'auto');
		await settle();
		expect(house.pins(0x20, 1)).to.equal('comfort');
		await house.service.stop();
	});

	it('without shedder the fallback goes on, whatever a shed set says', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]), shedderEnabled: false });
		await house.service.start();
		await house.lease({ admitted: everything() });
		await house.pass(3);
		expect(house.heating(0x20)).to.have.length(1);
		expect(house.circuit('r1').control).to.equal('fallback');
		await house.service.stop();
	});

	it('stop leaves what fits the blind budget, says so, then offline, and frees the bus', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20], 8, 500) });
		await house.service.start();
		await house.lease({ admitted: everything() });
		await house.pass(5);
		await house.service.stop();
		expect(house.heating(0x20)).to.deep.equal([1, 2]);
		expect(house.circuit('r3')).to.include({ inForce: 'off', control: 'fallback' });
		expect(house.hub.retained.get('pilotwire/home/services/radiator-actuator/status')).to.equal('offline');
		expect(house.hub.published.at(-1)?.payload).to.equal('offline');
		expect(house.locks).to.equal(0);
		expect(house.chips.open_).to.equal(false);
		expect(house.clock.pending).to.equal(0);
		expect(house.failures).to.deep.equal([]);
	});

	it('a stop obeys the bus no more once it has written what it leaves', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20], 8, 500) });
		await house.service.start();
		await house.lease({ admitted: everything() });
		await house.pass(5);
		const stopped = house.service.stop();
		house.say('shedder/shed/state', house.shedSet({ admitted: everything() }), true);
		house.say('circuits/all/set', 'comfort');
		await stopped;
		expect(house.heating(0x20)).to.deep.equal([1, 2]);
	});

	it('stop leaves orders as they are where the fallback is off', async () => {
		const house = new Actuator({ boards: [0x20], radiators: radiatorsOn([0x20]), fallback: { enabled: false } });
		await house.service.start();
		await house.lease({ admitted: everything() });
		await house.pass(3);
		await house.service.stop();
		expect(house.heating(0x20)).to.have.length(8);
	});

	it('a stop during the start leaves nothing behind', async () => {
		const house = new Actuator();
		const started = house.service.start();
		await house.service.stop();
		await started;
		await settle();
		expect(house.clock.pending).to.equal(0);
		expect(house.locks).to.equal(0);
	});
});

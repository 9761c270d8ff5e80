import { expect } from 'chai';
import { Actuator, radiatorsOn, settle } from './actuator.ts';

const everything = Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`r${at + 1}`, 'comfort' as const]));

async function heatingHouse(): Promise<Actuator> {
	const house = new Actuator();
	await house.service.start();
	await house.lease({ leaseS: 600, admitted: everything });
	await house.pass(2);
	return house;
}

describe('boards that fail', () => {
	it('a board without power at the start is tried again while the others go on', async () => {
		const house = new Actuator();
		house.chips.failing.set(0x21, 'ENXIO');
		await house.service.start();
		expect(house.heating(0x20)).to.have.length(1);
		await house.pass(20);
		expect(house.chips.failures).to.be.within(5, 20);
		expect(house.board('1-21')).to.include({ reachable: false });
		expect(house.board('1-21').problem).to.match(
			/^BOARD_SILENT: expected board 0x21 on bus 1 to answer.*i2cdetect -y 1/,
		);
		expect(house.circuit('r9')).to.include({ inForce: 'comfort', reason: 'unreachable' });
		expect(house.circuit('r9').problem).to.match(/^BOARD_SILENT/);
		expect(house.circuit('r9').fault).to.equal('board_silent');
		expect(house.log.filter((line) => line.includes('BOARD_SILENT'))).to.have.length(1);
		house.chips.failing.delete(0x21);
		await house.pass(6);
		expect(house.board('1-21')).to.include({ reachable: true });
		expect(house.board('1-21').problem).to.equal(undefined);
		expect(house.pins(0x21, 1)).to.equal(house.circuit('r9').inForce);
		expect(house.circuit('r9').reason).to.equal('fallback');
		await house.service.stop();
	});

	it('a board that answers for the first time under a lease raises nothing that was not admitted', async () => {
		const house = new Actuator();
		house.chips.failing.set(0x21, 'ENXIO');
		await house.service.start();
		await house.lease({ leaseS: 60, admitted: { r9: 'comfort' } });
		house.chips.failing.delete(0x21);
		await house.pass(6);
		expect(house.heating(0x21)).to.deep.equal([1]);
		expect(house.circuit('r10')).to.include({ inForce: 'off', reason: 'waits_for_admission' });
		await house.service.stop();
	});

	it('noise on one transfer is made good in milliseconds and alarms nobody', async () => {
		const house = await heatingHouse();
		house.chips.failing.set(0x20, 'EREMOTEIO');
		await house.lease({ leaseS: 600, shed: ['r1'] });
		house.chips.failing.delete(0x20);
		expect(house.pins(0x20, 1)).to.equal('comfort');
		await house.pass(0.05);
		expect(house.pins(0x20, 1)).to.equal('off');
		expect(house.circuit('r1')).to.include({ inForce: 'off', reason: 'shed' });
		expect(house.board('1-20')).to.include({ reachable: true, failures: 1 });
		await house.service.stop();
	});

	it('a board that stops answering keeps its last confirmed order in the state, and says why', async () => {
		const house = await heatingHouse();
		house.chips.failing.set(0x20, 'EREMOTEIO');
		await house.lease({ leaseS: 600, shed: ['r1', 'r9'] });
		await house.pass(1);
		expect(house.circuit('r1')).to.include({ inForce: 'comfort', reason: 'unreachable' });
		expect(house.circuit('r9')).to.include({ inForce: 'off', reason: 'shed' });
		house.chips.chip(0x20).reset();
		house.chips.failing.delete(0x20);
		await house.pass(6);
		expect(house.circuit('r1')).to.include({ inForce: 'off', reason: 'shed' });
		expect(house.pins(0x20, 1)).to.equal('off');
		expect(house.log).to.include('board 1-20 is right again');
		await house.service.stop();
	});

	it('a chip that was reset is set again within seconds, counted and reported', async () => {
		const house = await heatingHouse();
		await house.lease({ leaseS: 600, shed: ['r1'] });
		house.chips.chip(0x20).reset();
		expect(house.pins(0x20, 1)).to.equal('comfort');
		await house.pass(6);
		expect(house.pins(0x20, 1)).to.equal('off');
		expect(house.board('1-20')).to.include({ resets: 1, drifts: 0, reachable: true });
		expect(house.log.filter((line) => line.includes('board 0x20 was reset'))).to.have.length(1);
		await house.service.stop();
	});

	it('a board that was reset and then fails raises nothing that was not admitted when it is back', async () => {
		const house = await heatingHouse();
		house.say('circuits/r1/set', 'off');
		await house.lease({ leaseS: 600 });
		house.say('circuits/r1/set', 'comfort');
		await house.pass(2);
		expect(house.circuit('r1')).to.include({ inForce: 'off', reason: 'waits_for_admission' });
		house.chips.chip(0x20).reset();
		house.chips.failingWrites.set(0x20, 'EREMOTEIO');
		await house.pass(7);
		expect(house.circuit('r1')).to.include({ inForce: 'comfort', reason: 'unreachable' });
		house.chips.failingWrites.delete(0x20);
		await house.pass(6);
		expect(house.circuit('r1')).to.include({ inForce: 'off', reason: 'waits_for_admission' });
		expect(house.pins(0x20, 1)).to.equal('off');
		await house.service.stop();
	});

	it('a reset is told from a drift although an order was written since', async () => {
		const house = await heatingHouse();
		house.chips.chip(0x20).reset();
		await house.lease({ leaseS: 600, shed: ['r1'] });
		expect(house.pins(0x20, 1)).to.equal('comfort');
		await house.pass(6);
		expect(house.pins(0x20, 1)).to.equal('off');
		expect(house.board('1-20')).to.include({ resets: 1, drifts: 0 });
		await house.service.stop();
	});

	for (const [name, register] of Object.entries({ IOCON: 0x0a, IPOLA: 0x02, IODIRB: 0x01, OLATA: 0x14 })) {
		it(`a chip whose ${name} drifted is set again within seconds, counted and reported`, async () => {
			const house = await heatingHouse();
			const chip = house.chips.chip(0x22);
			const right = chip.read(register);
			chip.write(register, right ^ 0x20);
			await house.pass(6);
			expect(chip.read(register)).to.equal(right);
			expect(house.board('1-22')).to.include({ resets: 0, drifts: 1 });
			expect(
				house.log.filter((line) => line.startsWith('board 0x22 had drifted') && line.includes(name)),
			).to.have.length(1);
			await house.service.stop();
		});
	}

	it('a transfer that fails in a read-back makes a board tried again like any other', async () => {
		const house = await heatingHouse();
		await house.pass(2.99);
		house.chips.failing.set(0x21, 'EIO');
		await house.pass(0.02);
		expect(house.board('1-21')).to.include({ failures: 1, reachable: true });
		await house.pass(0.5, 0.01);
		expect(house.board('1-21')).to.include({ reachable: false });
		expect(house.board('1-21').problem).to.match(/^BOARD_FAILED: .*pull-ups/);
		house.chips.failing.delete(0x21);
		await house.pass(6);
		expect(house.board('1-21')).to.include({ reachable: true });
		await house.service.stop();
	});

	it('a pin that is held is reported with its wire, once', async () => {
		const house = await heatingHouse();
		house.chips.chip(0x20).stick(4, 1);
		await house.pass(12);
		const problem = 'pin GPA4 (the positive half of wire 3) is held at 1: look for a short at its opto-triac';
		expect(house.board('1-20')).to.include({ reachable: true, problem, fault: 'output_stuck' });
		expect(house.circuit('r3')).to.include({ problem, fault: 'output_stuck' });
		expect(house.circuit('r4').problem).to.equal(undefined);
		expect(house.log.filter((line) => line === problem)).to.have.length(1);
		await house.service.stop();
	});

	it('a transfer that hangs blocks nothing: it is reported, nothing is queued behind it, and its return sets all again', async () => {
		const house = await heatingHouse();
		house.chips.hang();
		await house.lease({ leaseS: 600, shed: ['r1'] });
		await house.pass(500, 30);
		expect(house.chips.transfersHanging).to.equal(1);
		expect(house.board('1-20').problem).to.match(/^I2C_BUS_HUNG/);
		expect(house.circuit('r24')).to.include({ reason: 'unreachable' });
		expect(house.kills).to.equal(1);
		await house.lease({ leaseS: 600, shed: ['r1', 'r2'] });
		for (const address of [0x20, 0x21, 0x22]) house.chips.chip(address).reset();
		house.chips.release();
		await settle();
		expect(house.heating(0x20)).to.deep.equal([3, 4, 5, 6, 7, 8]);
		expect(house.kills).to.equal(0);
		await house.pass(6);
		expect(house.circuit('r2')).to.include({ inForce: 'off', reason: 'shed' });
		expect(house.board('1-22')).to.include({ reachable: true });
		await house.service.stop();
	});

	it('starts, and stops, within 2 s each on a bus that hangs', async () => {
		const house = new Actuator();
		house.chips.hang();
		let started = false;
		const starting = house.service.start().then(() => {
			started = true;
		});
		await house.pass(2, 0.1);
		expect(started).to.equal(true);
		await starting;
		let stopped = false;
		const stopping = house.service.stop().then(() => {
			stopped = true;
		});
		await house.pass(2, 0.1);
		expect(stopped).to.equal(true);
		await stopping;
		expect(house.kills).to.equal(1);
		expect(house.locks).to.equal(0);
	});

	it('no such bus and no permission are said once for all boards, with what to do', async () => {
		for (const [code, sentence] of [
			['ENOENT', /^I2C_NO_BUS: .*raspi-config/],
			['EACCES', /^I2C_NO_PERMISSION: .*group i2c/],
		] as const) {
			const house = new Actuator();
			for (const address of [0x20, 0x21, 0x22]) house.chips.failing.set(address, code);
			await house.service.start();
			await house.pass(30);
			expect(house.log.filter((line) => sentence.test(line))).to.have.length(1);
			expect(house.board('1-22').problem).to.match(sentence);
			house.chips.failing.clear();
			await house.pass(6);
			expect(house.board('1-22').reachable).to.equal(true);
			await house.service.stop();
		}
	});

	it('what a silent board may still draw is taken from the blind budget of its phase', async () => {
		const radiators = radiatorsOn([0x20, 0x21], 1, 700);
		for (const [code, inForce] of [
			['ENXIO', 'off'],
			[undefined, 'comfort'],
		] as const) {
			const house = new Actuator({ boards: [0x20, 0x21], phases: [1, 1], radiators });
			if (code !== undefined) house.chips.failing.set(0x21, code);
			await house.service.start();
			expect(house.pins(0x20, 1)).to.equal(inForce);
			await house.service.stop();
		}
	});
});

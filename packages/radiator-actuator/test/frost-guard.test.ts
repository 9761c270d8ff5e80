import { expect } from 'chai';
import { Actuator, settle } from './actuator.ts';

const HOUR_S = 3600;
const rooms = [{ id: 'cellar', wantedC: 19, guardC: 7 }];
const radiators = [
	{ id: 'r1', board: 0x20, wire: 1, powerW: 1000, programme: 'frost_protection' as const, room: 'cellar', priority: 9 },
	{ id: 'r2', board: 0x20, wire: 2, powerW: 1000, priority: 1 },
];

async function started(more: ConstructorParameters<typeof Actuator>[0] = {}): Promise<Actuator> {
	const house = new Actuator({ boards: [0x20], radiators, rooms, ...more });
	await house.service.start();
	return house;
}

function probe(house: Actuator, temperatureC: number, retain = true, at = house.now()): void {
	house.say('probes/cellar/state', { at, name: 'Cellar', room: 'cellar', temperatureC }, retain);
}

describe('the frost guard on a pilot wire', () => {
	it('asks for eco in a room that is too cold, and gets it when it is admitted', async () => {
		const house = await started();
		await house.lease({ leaseS: 60 });
		await house.pass(90);
		await house.lease({ leaseS: 60 });
		probe(house, 6.2);
		await house.pass(2);
		expect(house.circuit('r1')).to.include({ wanted: 'eco', frostGuard: true, room: 'cellar' });
		await house.lease({ leaseS: 60, admitted: { r1: 'eco' } });
		expect(house.pins(0x20, 1)).to.equal('eco');
		await house.pass(2);
		expect(house.circuit('r1')).to.include({ inForce: 'eco', reason: 'frost_guard' });
		probe(house, 5.8);
		await house.pass(2);
		expect(house.circuit('r1')).to.include({ wanted: 'comfort', inForce: 'eco', reason: 'waits_for_admission' });
		await house.lease({ leaseS: 60, shed: ['r1'] });
		expect(house.pins(0x20, 1)).to.equal('off');
		await house.service.stop();
	});

	it('guards the room although somebody turned it off, and ends with the cold', async () => {
		const house = await started({ shedderEnabled: false, fallback: { enabled: false } });
		house.say('circuits/r1/set', 'off');
		probe(house, 6.2);
		await house.pass(3);
		expect(house.pins(0x20, 1)).to.equal('eco');
		probe(house, 7.5);
		await house.pass(2);
		expect(house.pins(0x20, 1)).to.equal('off');
		expect(house.circuit('r1')).to.include({ reason: 'override' }).and.not.have.property('frostGuard');
		await house.service.stop();
	});

	it('goes first in the fallback, and the others keep their hour', async () => {
		const house = await started();
		probe(house, 4);
		let cold = 0;
		let other = 0;
		await house.pass(120);
		for (let minute = 0; minute < 120; minute++) {
			if (minute % 30 === 0) probe(house, 4);
			await house.pass(60, 10);
			const heating = [1, 2].filter((wire) => house.pins(0x20, wire) !== 'off');
			expect(heating).to.have.length.below(2);
			if (heating[0] === 1) cold += 1;
			if (heating[0] === 2) other += 1;
		}
		expect(cold).to.be.above(60);
		expect(other).to.be.above(4);
		await house.service.stop();
	});

	it('goes on where its probe has said nothing for hours, but begins nothing on a word that the broker kept', async () => {
		const house = await started({ shedderEnabled: false, fallback: { enabled: false } });
		await house.pass(3);
		probe(house, 5);
		await house.pass(2);
		expect(house.pins(0x20, 1)).to.equal('comfort');
		await house.pass(1.6 * HOUR_S, 60);
		expect(house.pins(0x20, 1)).to.equal('comfort');
		const before = { hub: house.hub, clock: house.clock, shedderEnabled: false, fallback: { enabled: false } };
		// As after a power cut: nothing is written at the end.
		const { remembered } = house;
		await house.service.stop();
		const next = await started({ ...before, memory: remembered });
		await next.pass(3);
		expect(next.pins(0x20, 1)).to.equal('comfort');
		expect(next.circuit('r1')).to.include({ frostGuard: true, wanted: 'comfort' });
		await next.service.stop();
		const forgetful = await started(before);
		await forgetful.pass(3);
		expect(forgetful.pins(0x20, 1)).to.equal('frost_protection');
		await forgetful.service.stop();
	});
});

describe('two radiator actuators on one broker', () => {
	it('leave each other alone, and each takes only what it left itself', async () => {
		const setting = { shedderEnabled: false, fallback: { enabled: false } };
		const one = await started({ ...setting, radiators: radiators.slice(0, 1) });
		await one.pass(3);
		const { hub, clock } = one;
		const other = await started({ ...setting, radiators: radiators.slice(1), hub, clock });
		await other.pass(3);
		await one.service.stop();
		const again = await started({ ...setting, radiators: radiators.slice(0, 1), hub, clock, memory: one.remembered });
		await again.pass(3);
		await settle();
		const cleared = hub.published.filter(({ payload, name }) => payload === '' && name.includes('/circuits/'));
		expect(cleared).to.deep.equal([]);
		expect([again.circuit('r1').owner, other.circuit('r2').owner]).to.deep.equal([
			'radiator-actuator',
			'radiator-actuator',
		]);
		await again.service.stop();
		await other.service.stop();
	});
});

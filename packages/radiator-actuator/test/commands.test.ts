import { expect } from 'chai';
import { Actuator, radiatorsOn, settle } from './actuator.ts';

const setting = {
	boards: [0x20],
	radiators: radiatorsOn([0x20], 2),
	shedderEnabled: false,
	fallback: { enabled: false },
};
const inMinutes = (house: Actuator, minutes: number): string =>
	new Date(house.clock.wallMs() + minutes * 60_000).toISOString();

async function started(more: ConstructorParameters<typeof Actuator>[0] = {}): Promise<Actuator> {
	const house = new Actuator({ ...setting, ...more });
	await house.service.start();
	await house.pass(2);
	return house;
}

describe('commands and programmes', () => {
	it('an override ends by itself at its time', async () => {
		const house = await started();
		const until = inMinutes(house, 10);
		house.say('circuits/r1/set', { order: 'eco', until });
		await settle();
		expect(house.circuit('r1')).to.deep.include({
			wanted: 'eco',
			reason: 'override',
			override: { order: 'eco', until },
		});
		await house.pass(601, 1);
		expect(house.circuit('r1')).to.include({ wanted: 'comfort', inForce: 'comfort', reason: 'programme' });
		expect(house.circuit('r1').override).to.equal(undefined);
		await house.service.stop();
	});

	it('an order that has expired, or ends in the past, is refused with a line in the log and changes nothing', async () => {
		const house = await started();
		house.say('circuits/r1/set', { order: 'off', expiresAt: inMinutes(house, -1) });
		house.say('circuits/r1/set', { order: 'off', until: inMinutes(house, -1) });
		house.say('circuits/r1/set', { order: 'auto', expiresAt: inMinutes(house, -1) });
		house.say('circuits/r1/set', 'warm');
		await settle();
		expect(house.pins(0x20, 1)).to.equal('comfort');
		expect(house.log.filter((line) => line.includes('refused'))).to.have.length(4);
		expect(house.log[0]).to.match(/^order for r1 refused: expected an order that has not expired/);
		await house.service.stop();
	});

	it('an end beyond the calendar is refused, and one that is no time in an own state of before ends nothing', async () => {
		const house = await started();
		house.say('circuits/r1/set', { order: 'off', until: '9999-12-31T23:59:59-23:59' });
		await settle();
		expect(house.circuit('r1')).to.include({ wanted: 'comfort' });
		expect(house.log.join()).to.include('order for r1 refused');
		await house.service.stop();
		const override = { order: 'eco', until: '2026-99-99T00:00:00.000Z' };
		house.hub.retained.set('pilotwire/home/circuits/r1/state', JSON.stringify({ ...house.circuit('r1'), override }));
		const next = new Actuator({ ...setting, hub: house.hub, chips: house.chips, clock: house.clock });
		await next.service.start();
		await next.pass(2);
		expect(next.circuit('r1')).to.include({ wanted: 'comfort', reason: 'programme' });
		await next.service.stop();
	});

	it('the planner decides where no override does; what it no longer keeps is the configured programme again', async () => {
		const house = await started();
		const at = house.now();
		house.say('planner/r1/state', { at, order: 'eco', until: inMinutes(house, 5), why: 'night' }, true);
		await settle();
		expect(house.circuit('r1')).to.include({ inForce: 'eco', programme: 'eco', reason: 'programme' });
		house.say('circuits/r1/set', 'off');
		await settle();
		expect(house.circuit('r1')).to.include({ inForce: 'off', programme: 'eco', reason: 'override' });
		house.say('circuits/r1/set', 'auto');
		await house.pass(330);
		expect(house.circuit('r1')).to.include({ inForce: 'eco', programme: 'eco' });
		await house.pass(40);
		expect(house.circuit('r1')).to.include({ inForce: 'comfort', programme: 'comfort' });
		house.say('planner/r2/state', { at, order: 'frost_protection', why: 'absence' }, true);
		await settle();
		expect(house.pins(0x20, 2)).to.equal('frost_protection');
		house.say('planner/r2/state', '', true);
		await settle();
		expect(house.pins(0x20, 2)).to.equal('comfort');
		await house.service.stop();
	});

	it('overrides survive a restart, and a wall clock that is not set yet when it starts', async () => {
		const first = await started();
		first.say('circuits/r1/set', { order: 'eco', until: inMinutes(first, 30) });
		first.say('circuits/r2/set', 'frost_protection');
		await first.pass(1);
		await first.service.stop();
		const next = new Actuator({ ...setting, hub: first.hub, chips: first.chips, clock: first.clock });
		first.clock.stepWall(-86_400_000 * 365);
		await next.service.start();
		await next.pass(2);
		expect(next.circuit('r1')).to.include({ inForce: 'eco', reason: 'override' });
		expect(next.circuit('r2')).to.include({ inForce: 'frost_protection', reason: 'override' });
		next.clock.stepWall(86_400_000 * 365 + 3_600_000);
		await next.pass(2);
		expect(next.circuit('r1')).to.include({ inForce: 'comfort', reason: 'programme' });
		await next.service.stop();
	});

	it('a state from before a restart is not overwritten before the broker could hand it over', async () => {
		const house = new Actuator(setting);
		await house.service.start();
		await house.pass(0.5);
		expect(house.hub.published.filter(({ name }) => name.includes('/circuits/'))).to.deep.equal([]);
		await house.pass(1);
		expect(house.circuit('r1').inForce).to.equal('comfort');
		await house.service.stop();
	});

	it('a command that comes before the state of the last life wins over it', async () => {
		const first = await started();
		first.say('circuits/r1/set', 'eco');
		await first.pass(1);
		await first.service.stop();
		first.hub.down();
		const kept = first.hub.retained.get('pilotwire/home/circuits/r1/state') ?? '';
		const next = new Actuator({ ...setting, hub: first.hub, chips: first.chips, clock: first.clock });
		first.hub.retained.delete('pilotwire/home/circuits/r1/state');
		await next.service.start();
		first.hub.up();
		next.say('circuits/r1/set', 'auto');
		await settle();
		first.hub.retained.set('pilotwire/home/circuits/r1/state', kept);
		first.hub.down();
		first.hub.up();
		await next.pass(2);
		expect(next.circuit('r1')).to.include({ inForce: 'comfort', reason: 'programme' });
		await next.service.stop();
	});

	it('retained topics that this installation left and owns no more are cleared, those of others and of its namesakes are not', async () => {
		const first = await started();
		await first.service.stop();
		const foreign = { ...first.circuit('r1'), owner: 'switch-actuator' };
		first.say('circuits/heater/state', foreign, true);
		first.say('circuits/neighbour/state', first.circuit('r1'), true);
		first.say('boards/1-27/state', { ...first.board('1-20'), address: 0x27 }, true);
		const { hub, remembered: memory } = first;
		const radiators = [{ id: 'r2', board: 0x21, wire: 2, powerW: 1000 }];
		const next = new Actuator({ ...setting, boards: [0x21], radiators, hub, memory, clock: first.clock });
		await next.service.start();
		await next.pass(2);
		const kept = [...hub.retained.keys()].filter((name) => /circuits|boards/.test(name)).sort();
		expect(kept).to.deep.equal([
			'pilotwire/home/boards/1-21/state',
			'pilotwire/home/boards/1-27/state',
			'pilotwire/home/circuits/heater/state',
			'pilotwire/home/circuits/neighbour/state',
			'pilotwire/home/circuits/r2/state',
		]);
		await next.service.stop();
	});

	it('a state of its own that somebody cleared is published again', async () => {
		const house = await started();
		for (const name of ['circuits/r1/state', 'boards/1-20/state']) {
			const before = JSON.parse(house.hub.retained.get(`pilotwire/home/${name}`) ?? '{}') as object;
			expect(before).to.include.keys('at');
			house.say(name, '', true);
			await house.pass(2);
			const after = JSON.parse(house.hub.retained.get(`pilotwire/home/${name}`) ?? '{}') as object;
			expect({ ...after, at: 0, readBackAt: 0 }).to.deep.equal({ ...before, at: 0, readBackAt: 0 });
		}
		await house.service.stop();
	});

	it('states are published on a change and not again', async () => {
		const house = await started();
		const mark = house.hub.published.length;
		await house.pass(50);
		expect(house.hub.published.slice(mark)).to.deep.equal([]);
		await house.pass(15);
		expect(house.hub.published.slice(mark).map(({ name }) => name)).to.deep.equal(['pilotwire/home/boards/1-20/state']);
		expect(house.board('1-20').readBackAt).to.match(/^2026-01-15T17:0(0:5|1:0)\d/);
		await house.service.stop();
	});
});

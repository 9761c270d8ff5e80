import { MemoryHub } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { daily } from './core.ts';
import { PlannerHouse } from './house.ts';

const frugal = { id: 'red', for: 'house' as const, when: { today: ['red' as const] }, order: 'eco' as const };
const red = { period: 'peak', colour: 'red', colourToday: 'red' } as const;

const comfort = { id: 'week', for: 'house' as const, changes: daily('00:00 comfort') };

describe('a planner that starts anew', () => {
	let house: PlannerHouse;
	const open = async (...given: ConstructorParameters<typeof PlannerHouse>): Promise<void> => {
		house = new PlannerHouse(...given);
	};
	afterEach(async () => {
		await house.stop();
		expect(house.failures).to.deep.equal([]);
	});

	it('raises no circuit above its own order, where a rule says at most', async () => {
		await open({ planner: { rules: [frugal] } });
		house.circuit('bedroom', { programme: 'frost_protection' });
		house.tariff(red);
		await house.start();
		await house.pass(10);
		expect(house.order('bedroom')).to.equal(undefined);
	});

	it("remembers a circuit's own order while it says another one", async () => {
		await open({ planner: { rules: [frugal] } });
		house.circuit('bedroom', { programme: 'comfort_-1' });
		await house.start();
		house.tariff(red);
		expect(house.order('bedroom')).to.include({ order: 'eco', why: 'rule' });
		house.circuit('bedroom', { programme: 'eco' });
		house.say('absence/set', { until: '2026-01-20T18:00', order: 'frost_protection', preheatMin: 60 });
		house.circuit('bedroom', { programme: 'frost_protection' });
		await house.stop();
		const { remembered, hub, clock } = house;
		await open({ hub, clock, memory: remembered, planner: { rules: [frugal] } });
		await house.start();
		expect(house.order('bedroom')).to.include({ order: 'frost_protection', why: 'absence' });
		house.say('absence/set', 'end');
		house.tariff({ period: 'off_peak', colourToday: 'blue' });
		await house.pass(2);
		house.say('absence/set', { until: '2026-01-15T18:30', order: 'frost_protection', preheatMin: 60 });
		await house.pass(2);
		// It warms up for the return: to its own order, and no further.
		expect(house.order('bedroom')?.order ?? 'comfort_-1').to.equal('comfort_-1');
	});

	it('takes the own order of one of which nothing stands on the broker from what it shows', async () => {
		await open({ memory: { standing: { bedroom: 'comfort' } }, planner: { rules: [frugal] } });
		house.circuit('bedroom', { programme: 'off' });
		house.tariff(red);
		await house.start();
		expect(house.order('bedroom')).to.equal(undefined);
	});
});

describe('a circuit that a thermostat runs', () => {
	let house: PlannerHouse;
	afterEach(async () => {
		await house.stop();
		expect(house.failures).to.deep.equal([]);
	});

	it('is left to it also when the broker restarts', async () => {
		const hub = new MemoryHub();
		house = new PlannerHouse({ hub, planner: { programmes: [comfort] } });
		house.circuit('salon');
		await house.start();
		expect(house.order('salon')?.order).to.equal('comfort');
		house.say('planner/salon/state', { at: house.now(), order: 'off', why: 'thermostat', thermostat: 'beer' }, true);
		await house.pass(2);
		hub.down();
		hub.up();
		await house.pass(2);
		expect(house.order('salon')?.order).to.equal('off');
	});

	it('is never the planner’s, though it has not said so yet, or has ended', async () => {
		house = new PlannerHouse({ planner: { programmes: [comfort] }, thermostats: [{ heats: 'salon' }] });
		house.circuit('salon');
		await house.start();
		expect(house.order('salon'), 'before it speaks').to.equal(undefined);
		house.say('planner/salon/state', { at: house.now(), order: 'off', why: 'thermostat', thermostat: 'beer' }, true);
		house.say('planner/salon/state', '', true);
		await house.pass(5);
		expect(house.order('salon'), 'once it has ended').to.equal(undefined);
	});

	it('is the planner’s again where what is kept of the thermostat’s word is long over', async () => {
		house = new PlannerHouse({ planner: { programmes: [comfort] } });
		house.circuit('salon');
		house.circuit('bedroom');
		const said = { at: house.now(), order: 'off', why: 'thermostat', thermostat: 'beer' };
		const ago = (hours: number): string => new Date(house.clock.wallMs() - hours * 3_600_000).toISOString();
		house.say('planner/salon/state', { ...said, until: ago(25) }, true);
		house.say('planner/bedroom/state', { ...said, until: ago(23) }, true);
		house.say('planner/gone/state', { ...said, until: ago(25) }, true);
		await house.start();
		expect(house.order('salon')?.order).to.equal('comfort');
		expect(house.order('bedroom')?.order).to.equal('off');
		expect(house.order('gone')).to.equal(undefined);
	});
});

describe('an absence that has begun', () => {
	it('has begun also by a clock that is set back', async () => {
		const house = new PlannerHouse({ at: '2031-01-15 18:00', planner: { programmes: [comfort] } });
		house.circuit('salon');
		await house.start();
		house.say('absence/set', {});
		expect(house.order('salon')).to.include({ order: 'frost_protection' });
		house.clock.stepWall(-5 * 365 * 86_400_000);
		await house.pass(3);
		expect(house.order('salon')).to.include({ order: 'frost_protection' });
		expect(house.retained('absence/state')).to.include({ phase: 'away' });
		house.say('absence/set', { from: '2026-02-01T10:00' });
		expect(house.retained('absence/state')).to.include({ phase: 'planned' });
		house.clock.stepWall(60 * 86_400_000);
		await house.pass(3);
		house.clock.stepWall(-60 * 86_400_000);
		await house.pass(3);
		expect(house.retained('absence/state'), 'that was to begin later').to.include({ phase: 'planned' });
		await house.stop();
		expect(house.failures).to.deep.equal([]);
	});
});

// A morning by programme: the planner says comfort to every radiator at once, and the house takes it up one by one.
import { demoPlan } from '@pilotwire/cli';
import { type ProgrammeState, topicName, topics } from '@pilotwire/contract';
import { demoHouse } from '@pilotwire/house';
import { expect } from 'chai';
import { virtualHouses } from './story.ts';
import type { VirtualHouse } from './virtual-house.ts';

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const programme = {
	id: 'week',
	for: 'house',
	changes: [
		{ days: everyDay, at: '06:00', order: 'comfort' },
		{ days: everyDay, at: '06:30', order: 'eco' },
	],
};
/** Five minutes before six in Paris. */
const house = { ...demoHouse(), events: [], startsAt: '2026-01-15T04:55:00Z' };
const UNTIL_SIX_S = 300;

function warm(virtual: VirtualHouse): number {
	return Object.values(virtual.orders()).filter((order) => order === 'comfort').length;
}

function programmeOf(virtual: VirtualHouse, circuit: string): ProgrammeState | undefined {
	const text = virtual.hub.retained.get(topicName('home', topics.programme, { circuit }));
	return text === undefined ? undefined : (JSON.parse(text) as ProgrammeState);
}

describe('a programme in a whole house', function () {
	this.timeout(120_000);
	const open = virtualHouses();

	it('changes at six, and every radiator gets its comfort, staggered', async () => {
		const virtual = open({ house, planner: { programmes: [programme] } });
		await virtual.start();
		await virtual.run(UNTIL_SIX_S - 5 - virtual.house.elapsedMs / 1000);
		expect(warm(virtual), 'before six').to.equal(0);
		const count: number[] = [];
		virtual.watch(() => count.push(warm(virtual)));
		expect(await virtual.until(() => warm(virtual) === 12 && virtual.allServed, 300), 'all at comfort').to.equal(true);
		const steps = count.map((now, index) => now - (count[index - 1] ?? 0));
		expect(Math.max(...steps), 'raised within one second, on three phases').to.be.at.most(3);
		const began = count.findIndex((now) => now > 0);
		expect(began, 'seconds from 05:59:55 to the first').to.be.within(4, 12);
		expect(count.length - began, 'seconds for all of them').to.be.at.least(4);
	});

	it('goes on without the planner until its word ends, then by what each radiator is configured for', async () => {
		const virtual = open({
			house,
			planner: { programmes: [programme] },
			radiator: (id) => ({ programme: id === 'salon' ? 'frost_protection' : 'eco' }),
		});
		await virtual.start();
		await virtual.run(UNTIL_SIX_S - virtual.house.elapsedMs / 1000);
		expect(await virtual.until(() => warm(virtual) === 12, 300)).to.equal(true);
		expect(programmeOf(virtual, 'salon')?.until).to.equal('2026-01-15T05:30:00.000Z');
		virtual.kill('planner');
		await virtual.run(1_800 + 50 - (virtual.house.elapsedMs / 1000 - UNTIL_SIX_S));
		expect(warm(virtual), 'a minute of grace').to.equal(12);
		await virtual.run(20);
		expect(virtual.orders()).to.include({ salon: 'frost_protection', sejour: 'eco' });
		await virtual.start('planner');
		expect(await virtual.until(() => virtual.orders()['salon'] === 'eco', 180), 'its word again').to.equal(true);
	});

	it('gives way to an order that ends with the programme', async () => {
		const virtual = open({ house, planner: { programmes: [programme] } });
		await virtual.start();
		await virtual.run(60);
		const until = programmeOf(virtual, 'salon')?.until;
		virtual.command('salon', { order: 'comfort', until });
		await virtual.run(30);
		expect(virtual.circuit('salon')).to.include({ wanted: 'comfort', programme: 'eco' });
		expect(virtual.circuit('salon')?.override).to.deep.equal({ order: 'comfort', until });
		await virtual.run(UNTIL_SIX_S + 5 - virtual.house.elapsedMs / 1000);
		expect(virtual.circuit('salon'))
			.to.include({ wanted: 'comfort', programme: 'comfort' })
			.and.not.have.property('override');
	});
});

describe("the demonstration's week", function () {
	this.timeout(60_000);
	const open = virtualHouses();

	for (const [when, startsAt] of [
		['deep in the night', '2026-01-15T02:00:00Z'],
		['at noon on a weekday', '2026-01-15T11:00:00Z'],
	] as const) {
		it(`lets the first peak shed on every phase: ${when}`, async () => {
			const radiator = (id: string) => ({ room: id });
			const virtual = open({ house: { ...demoHouse(), startsAt }, planner: { ...demoPlan }, radiator });
			await virtual.start();
			await virtual.run(200);
			const shed = virtual.events.filter(({ kind }) => kind === 'shed');
			expect([...new Set(shed.map(({ phase }) => phase))].sort()).to.deep.equal([1, 2, 3]);
			expect(programmeOf(virtual, 'chambre-amis')).to.include({ order: 'eco', programme: 'guests' });
		});
	}
});

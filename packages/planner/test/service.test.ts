import type { AbsenceState, ProgrammePreview, TargetState } from '@pilotwire/contract';
import { MemoryHub } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { daily, everyDay, local, programme } from './core.ts';
import { PlannerHouse } from './house.ts';

const iso = (text: string): string => new Date(local(text)).toISOString();
const week = {
	id: 'week',
	name: 'Semaine',
	for: 'house' as const,
	changes: daily('06:00 comfort', '09:00 eco', '17:00 comfort', '22:00 eco'),
};

describe('the planner', () => {
	let house: PlannerHouse;
	const open = async (...given: ConstructorParameters<typeof PlannerHouse>): Promise<PlannerHouse> => {
		house = new PlannerHouse(...given);
		return house;
	};
	afterEach(async () => {
		await house.stop();
		expect(house.failures).to.deep.equal([]);
	});

	it("says each circuit's order, until when and why, and changes it on the minute", async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		expect(house.order('salon')).to.deep.equal({
			...{ at: house.order('salon')?.at, order: 'comfort', until: iso('2026-01-15 22:00'), next: 'eco' },
			...{ why: 'programme', programme: 'week', sentence: 'the programme "Semaine" says comfort' },
		});
		await house.passTo('2026-01-15 21:59', 60);
		expect(house.order('salon')?.order).to.equal('comfort');
		await house.passTo('2026-01-15 22:00');
		expect(house.order('salon')).to.include({ order: 'eco', until: iso('2026-01-16 06:00'), next: 'comfort' });
	});

	it('says nothing of a circuit without programme, and takes back what it said of one that is gone', async () => {
		await open({ planner: { programmes: [{ ...week, for: { circuit: 'salon' } }] } });
		house.circuit('salon');
		house.circuit('freezer', { kind: 'switch', room: undefined });
		await house.start();
		expect(house.order('freezer')).to.equal(undefined);
		expect(house.order('salon')).to.be.an('object');
		house.say('circuits/salon/state', '', true);
		expect(house.order('salon')).to.equal(undefined);
	});

	it('clears what an earlier life left of circuits and thermostats that are gone, and nothing of others', async () => {
		const hub = new MemoryHub();
		await open({ hub, planner: { programmes: [week] } });
		const at = house.now();
		house.circuit('salon');
		house.say('planner/salon/state', { at, order: 'eco', why: 'programme' }, true);
		house.say('planner/gone/state', { at, order: 'eco', why: 'programme' }, true);
		house.say('planner/old/target/state', { at, temperatureC: 18, programme: 'x' }, true);
		house.say('planner/fermenter/state', { at, order: 'off', why: 'thermostat', thermostat: 'beer' }, true);
		await house.start();
		expect(house.order('gone')).to.equal(undefined);
		expect(house.retained('planner/old/target/state')).to.equal(undefined);
		expect(house.order('salon')?.order).to.equal('comfort');
		expect(house.order('fermenter')?.order).to.equal('off');
		const cleared = house.hub.published.filter(({ payload }) => payload === '').map(({ name }) => name);
		expect(cleared).to.have.members(['pilotwire/home/planner/gone/state', 'pilotwire/home/planner/old/target/state']);
	});

	it('leaves a circuit to the thermostat that runs it, until that takes its orders back', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		house.say('planner/salon/state', { at: house.now(), order: 'off', why: 'thermostat', thermostat: 'beer' }, true);
		await house.passTo('2026-01-15 22:01', 30);
		expect(house.order('salon')?.order).to.equal('off');
		house.say('planner/salon/state', '', true);
		await house.pass(2);
		expect(house.order('salon')?.order).to.equal('eco');
	});

	it('keeps what the bus set over a restart, and what the file says anew goes before it', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		house.say('programmes/set', { put: { ...week, changes: daily('00:00 off') } });
		expect(house.order('salon')?.order).to.equal('off');
		await house.stop();
		const { remembered, hub, clock } = house;
		await open({ hub, clock, memory: remembered, planner: { programmes: [week] } });
		await house.start();
		expect(house.order('salon')?.order).to.equal('off');
		await house.stop();
		const edited = { ...week, changes: daily('00:00 frost_protection') };
		await open({ hub, clock, memory: house.remembered, planner: { programmes: [edited] } });
		await house.start();
		expect(house.order('salon')?.order).to.equal('frost_protection');
	});

	it('does not bring back what was deleted, only because it is in the file', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		house.say('programmes/set', { delete: 'week' });
		expect(house.order('salon')).to.equal(undefined);
		await house.stop();
		const { remembered, hub, clock } = house;
		await open({ hub, clock, memory: remembered, planner: { programmes: [week] } });
		await house.start();
		expect(house.programmes()?.programmes).to.deep.equal([]);
	});

	it('shows everything it keeps, with who follows what', async () => {
		const planner = {
			zones: [{ id: 'night', name: 'Nuit', rooms: ['bedroom'] }],
			programmes: [week, { ...week, id: 'bed', for: { zone: 'night' } }],
			rules: [{ id: 'red', for: 'house' as const, when: { today: ['red' as const] }, order: 'eco' as const }],
		};
		await open({ planner });
		house.circuit('salon');
		house.circuit('bedroom');
		await house.start();
		const state = house.programmes();
		expect(state).to.include({ zone: 'Europe/Paris', clock: 'system' });
		expect(state?.programmes.map(({ id, followers }) => [id, followers])).to.deep.equal([
			['week', ['salon']],
			['bed', ['bedroom']],
		]);
		expect(state?.rules[0]?.followers).to.deep.equal(['bedroom', 'salon']);
		expect(state?.zones).to.deep.equal([{ id: 'night', name: 'Nuit', rooms: ['bedroom'], circuits: [] }]);
	});

	it('refuses what contradicts itself or names nobody, says why, and changes nothing', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		const held = () => {
			const { at: _, refused, ...rest } = house.programmes() ?? { at: '' };
			return { refused, rest };
		};
		const before = held().rest;
		const one = programme(daily('06:00 eco'), { id: 'other', for: { room: 'salon' } });
		const cases: [object, string][] = [
			[{ put: { ...one, for: 'house' } }, 'a target of its own for each programme (for), got house, which week has'],
			[{ put: { ...one, for: { circuit: 'sallon' } } }, 'one of the circuits (salon) (for.circuit), got sallon'],
			[{ put: { ...one, for: { zone: 'x' } } }, 'one of the zones of which there are none (for.zone), got x'],
			[{ put: { ...one, changes: daily('06:00 eco', '06:00 off') } }, 'one change at a time (changes[1].at)'],
			[{ put: { ...one, changes: [{ days: ['mon'], at: '06:00' }] } }, 'order (changes[0]), got none'],
			[
				{ put: { ...one, changes: [{ days: ['mon'], at: '06:00', order: 'eco', temperatureC: 18 }] } },
				'order alone (changes[0].temperatureC)',
			],
			[{ delete: 'nobody' }, 'one of the programmes (week), got nobody'],
			[{ deleteRule: 'nobody' }, 'one of the rules of which there are none, got nobody'],
			[{ putRule: { id: 'r', for: 'house', when: {}, order: 'eco' } }, 'period, today or tomorrow, one at least'],
			[{ delete: 'week', expiresAt: iso('2026-01-15 17:00') }, 'a command that has not expired'],
		];
		for (const [command, expected] of cases) {
			house.log.length = 0;
			house.say('programmes/set', command);
			expect(house.log.join(), JSON.stringify(command)).to.include('PLAN_REFUSED: expected').and.include(expected);
			expect(held().refused, 'it stands on the bus too').to.include({ topic: 'programmes/set', at: house.now() });
			expect(held().refused?.why).to.include(expected);
		}
		house.log.length = 0;
		house.say('programmes/set', { put: { ...one, changes: [] } });
		expect(house.log.join(), 'refused by its form').to.include('programmes/set');
		expect(held().rest).to.deep.equal(before);
		house.say('programmes/set', { put: one });
		expect(held().refused, 'the next one was taken').to.equal(undefined);
	});

	it('takes an absence until a local time, warms up for the return, and keeps it over a restart', async () => {
		await open({ planner: { programmes: [week], absence: { order: 'frost_protection', preheatMin: 120 } } });
		house.circuit('salon');
		await house.start();
		expect(house.retained('absence/state')).to.include({ phase: 'none' });
		house.say('absence/set', { from: '2026-01-16T08:00', until: '2026-01-18T18:00' });
		expect(house.retained('absence/state')).to.include({ phase: 'planned', until: iso('2026-01-18 18:00') });
		await house.passTo('2026-01-16 08:00', 60);
		expect(house.order('salon')).to.include({
			...{ order: 'frost_protection', why: 'absence', until: iso('2026-01-18 16:00') },
			...{ next: 'comfort', for: iso('2026-01-18 18:00') },
		});
		await house.stop();
		const { remembered, hub, clock } = house;
		await open({ hub, clock, memory: remembered, planner: { programmes: [week] } });
		await house.start();
		expect(house.order('salon')?.order).to.equal('frost_protection');
		await house.passTo('2026-01-18 16:00', 60);
		expect(house.order('salon')).to.include({ order: 'comfort', why: 'return' });
		expect(house.retained<AbsenceState>('absence/state')?.phase).to.equal('returning');
		await house.passTo('2026-01-18 18:00', 60);
		expect(house.order('salon')).to.include({ order: 'comfort', why: 'programme' });
		const { at: _, ...state } = house.retained<AbsenceState>('absence/state') ?? { at: '' };
		expect(state).to.deep.equal({ phase: 'none' });
	});

	it('ends an absence when people are back early, and refuses one that makes no sense', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		house.say('absence/set', { order: 'eco' });
		expect(house.order('salon')).to.include({ order: 'eco', why: 'absence' });
		house.say('absence/set', 'end');
		expect(house.order('salon')).to.include({ order: 'comfort', why: 'programme' });
		for (const absence of [
			{ until: '2026-01-15T17:59' },
			{ from: '2026-01-20T08:00', until: '2026-01-20T07:00' },
			{ until: '2026-02-30T10:00' },
			{ until: '2036-01-01T10:00' },
		]) {
			house.log.length = 0;
			house.say('absence/set', absence);
			expect(house.log.join(), JSON.stringify(absence)).to.include('PLAN_REFUSED');
		}
		expect(house.retained<AbsenceState>('absence/state')?.phase).to.equal('none');
	});

	it('follows tariff colours, also those that were said before it started', async () => {
		const rules = [{ id: 'red', for: 'house' as const, when: { today: ['red' as const] }, order: 'eco' as const }];
		await open({ planner: { programmes: [week], rules } });
		house.circuit('salon');
		house.tariff({ period: 'peak', colour: 'red', colourToday: 'red', colourTomorrow: 'blue' });
		await house.start();
		expect(house.order('salon')).to.include({ order: 'eco', why: 'rule', rule: 'red', colour: 'red' });
		expect(house.hub.published.filter(({ name }) => name.endsWith('planner/salon/state')).length).to.equal(1);
		house.tariff({ period: 'peak', colour: 'blue', colourToday: 'blue' });
		expect(house.order('salon')).to.include({ order: 'comfort', why: 'programme' });
	});

	it('learns when the dear hours begin, and warms up before them from the next day on', async () => {
		const rules = [
			{
				...{ id: 'peak', for: 'house' as const, when: { period: ['peak' as const] }, order: 'off' as const },
				preheat: { minutes: 60 },
			},
		];
		await open({ at: '2026-01-15 05:00', planner: { programmes: [{ ...week, changes: daily('00:00 eco') }], rules } });
		house.circuit('salon');
		house.tariff({ period: 'off_peak' });
		await house.start();
		await house.passTo('2026-01-15 06:31', 60);
		expect(house.order('salon')?.order).to.equal('eco');
		house.tariff({ period: 'peak' });
		expect(house.order('salon')?.order).to.equal('off');
		for (const hour of ['09', '12', '15', '18', '21']) {
			await house.passTo(`2026-01-15 ${hour}:00`, 60);
			house.tariff({ period: 'peak' });
		}
		await house.passTo('2026-01-15 22:31', 60);
		house.tariff({ period: 'off_peak' });
		await house.stop();
		const { remembered, hub, clock } = house;
		await open({ hub, clock, memory: remembered });
		await house.start();
		for (const hour of ['01', '04']) {
			await house.passTo(`2026-01-16 ${hour}:00`, 60);
			house.tariff({ period: 'off_peak' });
		}
		expect(house.order('salon')?.order).to.equal('eco');
		await house.passTo('2026-01-16 05:31', 60);
		expect(house.order('salon')).to.include({ order: 'comfort', why: 'preheat', for: iso('2026-01-16 06:31') });
	});

	it("takes a circuit's own order where a rule changes that, and gives it back", async () => {
		const rules = [
			{ id: 'peak', for: { circuit: 'boiler' }, when: { period: ['peak' as const] }, order: 'off' as const },
		];
		await open({ planner: { rules } });
		const boiler = { kind: 'water_heater', room: undefined } as const;
		house.circuit('boiler', { ...boiler, programme: 'comfort' });
		await house.start();
		house.tariff({ period: 'peak' });
		expect(house.order('boiler')).to.include({ order: 'off', why: 'rule' });
		house.circuit('boiler', { ...boiler, programme: 'off' });
		expect(house.order('boiler')?.order, 'what it follows is not its own').to.equal('off');
		house.tariff({ period: 'off_peak' });
		expect(house.order('boiler')).to.equal(undefined);
		house.circuit('boiler', { ...boiler, programme: 'off' });
		house.tariff({ period: 'peak' });
		expect(house.order('boiler'), 'it is off anyway').to.equal(undefined);
	});

	it('asks a thermostat for its temperatures', async () => {
		const cellar = {
			...{ id: 'cellar', for: { thermostat: 'wine' } },
			changes: [
				{ days: everyDay, at: '08:00', temperatureC: 14 },
				{ days: everyDay, at: '20:00', temperatureC: 12.5 },
			],
		};
		await open({ planner: { programmes: [cellar] } });
		await house.start();
		const { at: _, ...target } = house.retained<TargetState>('planner/wine/target/state') ?? { at: '' };
		expect(target).to.deep.equal({
			...{ temperatureC: 14, programme: 'cellar', why: 'programme' },
			...{ next: 12.5, until: iso('2026-01-15 20:00') },
		});
		await house.passTo('2026-01-15 20:00', 60);
		expect(house.retained<TargetState>('planner/wine/target/state')?.temperatureC).to.equal(12.5);
		house.say('programmes/set', { delete: 'cellar' });
		expect(house.retained('planner/wine/target/state')).to.equal(undefined);
	});

	it('lowers thermostats that heat while people are away, and has the house warm at the return', async () => {
		const living = {
			...{ id: 'living', for: { thermostat: 'salon' } },
			changes: [
				{ days: everyDay, at: '06:00', temperatureC: 20 },
				{ days: everyDay, at: '22:00', temperatureC: 17 },
			],
		};
		const target = (id: string) => {
			const {
				temperatureC,
				why,
				programme: followed,
				until,
			} = house.retained<TargetState>(`planner/${id}/target/state`) ?? {};
			return [temperatureC, why, followed, until];
		};
		await open({ planner: { programmes: [living], absence: { preheatMin: 120 } } });
		house.circuit('salon');
		house.circuit('bedroom');
		house.circuit('belt', { kind: 'switch', room: undefined });
		house.thermostat('salon', { heats: 'salon' });
		house.thermostat('bedroom', { heats: 'bedroom', setC: 18 });
		house.thermostat('beer', { heats: 'belt', setC: 19 });
		house.thermostat('office', { heats: 'bedroom', cools: 'belt', setC: 21 });
		await house.start();
		expect(target('salon')).to.deep.equal([20, 'programme', 'living', iso('2026-01-15 22:00')]);
		expect(target('bedroom'), 'it has no programme').to.deep.equal([undefined, undefined, undefined, undefined]);
		house.say('absence/set', { until: '2026-01-17T18:00' });
		expect(target('salon')).to.deep.equal([8, 'absence', 'living', iso('2026-01-17 16:00')]);
		expect(target('bedroom')).to.deep.equal([8, 'absence', undefined, iso('2026-01-17 16:00')]);
		expect(target('beer')[0], 'what ferments does not rest').to.equal(undefined);
		expect(target('office')[0], 'a lower target would make it cool').to.equal(undefined);
		house.thermostat('bedroom', { heats: 'bedroom', setC: 5 });
		expect(target('bedroom')[0], 'never more than was set').to.equal(undefined);
		house.thermostat('bedroom', { heats: 'bedroom', setC: 18 });
		await house.passTo('2026-01-17 16:00', 600);
		expect(target('salon')).to.include.members([20, 'programme']);
		expect(target('bedroom')[0], 'what people set holds again').to.equal(undefined);
		house.say('absence/set', { order: 'eco' });
		expect(target('salon')).to.include.members([16.5, 'absence']);
		house.say('absence/set', 'end');
		expect(target('salon')).to.include.members([20, 'programme']);
		// Back in the middle of the night, when the programme has it cooler than at the return.
		house.say('absence/set', { from: '2026-01-17T19:00', until: '2026-01-18T06:30' });
		await house.passTo('2026-01-18 04:30', 600);
		expect(target('salon')).to.include.members([20, 'return']);
	});

	it("follows the meter's date while this machine's clock is not set", async () => {
		const cellar = {
			...{ id: 'cellar', for: { thermostat: 'wine' } },
			changes: [
				{ days: everyDay, at: '08:00', temperatureC: 14 },
				{ days: everyDay, at: '22:00', temperatureC: 12 },
			],
		};
		await open({ at: '2025-11-03 04:00', planner: { programmes: [week, cellar] }, isSynchronised: false });
		house.circuit('salon');
		await house.start();
		expect(house.order('salon')?.order, 'before the meter has spoken').to.equal('eco');
		house.meterSays('2026-01-15 21:58:30');
		await house.pass(2);
		expect(house.order('salon')?.order).to.equal('comfort');
		expect(house.programmes()?.clock).to.equal('meter');
		const leftS = (Date.parse(house.order('salon')?.until ?? '') - house.clock.wallMs()) / 1000;
		expect(leftS, "by this machine's clock, which actuators compare with").to.be.within(80, 92);
		expect(house.retained<TargetState>('planner/wine/target/state')?.until).to.equal(house.order('salon')?.until);
		await house.pass(90);
		expect(house.order('salon')?.order).to.equal('eco');
		house.isSynchronised = true;
		house.clock.stepWall(local('2026-01-15 17:30') - house.clock.wallMs());
		await house.pass(61);
		expect(house.order('salon')?.order).to.equal('comfort');
		expect(house.programmes()?.clock).to.equal('system');
	});

	it("takes the tariff's colours by the day that the meter says", async () => {
		const rules = [{ id: 'red', for: 'house' as const, when: { tomorrow: ['red' as const] }, order: 'eco' as const }];
		await open({ at: '2025-11-03 04:00', planner: { programmes: [week], rules }, isSynchronised: false });
		house.circuit('salon');
		await house.start();
		house.meterSays('2026-01-15 18:00:00');
		await house.pass(2);
		house.tariff({ period: 'peak', colour: 'blue', colourToday: 'blue', colourTomorrow: 'red' });
		expect(house.order('salon')).to.include({ order: 'eco', why: 'rule' });
	});

	it('does not take the time from what the broker kept', async () => {
		await open({ planner: { programmes: [week], clock: 'meter' } });
		house.circuit('salon');
		house.meterSays('2026-01-14 23:00:00', false, true);
		await house.start();
		expect(house.order('salon')?.order).to.equal('comfort');
	});

	it('says on the minute that people are on their way back, also where nothing heats', async () => {
		await open({ planner: { absence: { preheatMin: 95 } } });
		await house.start();
		house.say('absence/set', { until: '2026-01-15T20:10' });
		await house.passTo('2026-01-15 18:34', 30);
		expect(house.retained<AbsenceState>('absence/state')?.phase).to.equal('away');
		await house.passTo('2026-01-15 18:36', 30);
		expect(house.retained<AbsenceState>('absence/state')?.phase).to.equal('returning');
	});

	it("does not believe a meter whose clock is degraded, nor one where this machine's clock is set", async () => {
		for (const [isSynchronised, degraded] of [
			[false, true],
			[true, false],
			[undefined, false],
		] as const) {
			await open({ planner: { programmes: [week] }, ...(isSynchronised === undefined ? {} : { isSynchronised }) });
			house.circuit('salon');
			await house.start();
			house.meterSays('2026-01-15 23:00:00', degraded);
			await house.pass(2);
			expect(house.order('salon')?.order, `${isSynchronised} ${degraded}`).to.equal('comfort');
			await house.stop();
		}
		await open({ planner: { programmes: [week], clock: 'meter' } });
		house.circuit('salon');
		await house.start();
		house.meterSays('2026-01-15 23:00:00');
		await house.pass(2);
		expect(house.order('salon')?.order).to.equal('eco');
	});

	it('answers calls: lists, puts, deletes, refuses, foresees', async () => {
		await open();
		house.circuit('salon');
		await house.start();
		await house.call('programme.put', { programme: week });
		expect(house.order('salon')?.order).to.equal('comfort');
		expect(await house.call('programme.list', {})).to.have.nested.property('programmes[0].followers[0]', 'salon');
		const preview = (await house.call('programme.preview', { circuit: 'salon', days: 2 })) as ProgrammePreview;
		expect(preview.spans.map(({ from, order }) => [from, order]).slice(1)).to.deep.equal([
			[iso('2026-01-15 22:00'), 'eco'],
			[iso('2026-01-16 06:00'), 'comfort'],
			[iso('2026-01-16 09:00'), 'eco'],
			[iso('2026-01-16 17:00'), 'comfort'],
			[iso('2026-01-16 22:00'), 'eco'],
		]);
		expect(preview.spans.at(-1)?.to).to.equal(iso('2026-01-17 00:00'));
		const red = { id: 'red', for: 'house', when: { today: ['red'] }, order: 'eco' };
		await house.call('rule.put', { rule: red });
		await house.call('absence.set', { absence: { until: '2026-01-20T18:00', order: 'eco' } });
		expect(house.order('salon')?.why).to.equal('absence');
		await house.call('absence.end', {});
		await house.call('rule.delete', { id: 'red' });
		await house.call('programme.delete', { id: 'week' });
		expect(house.order('salon')).to.equal(undefined);
		const refusals: [string, object, string][] = [
			['programme.delete', { id: 'week' }, 'PLAN_REFUSED'],
			['programme.preview', { circuit: 'nobody' }, 'PLAN_CIRCUIT_UNKNOWN: expected one of salon, got nobody'],
			['programme.put', { programme: { ...week, changes: [] } }, '-32602'],
			['absence.set', { absence: { until: 'tomorrow' } }, '-32602'],
		];
		for (const [method, parameters, expected] of refusals) {
			const answer = await house.call(method, parameters).catch((error: Error) => error.message);
			expect(answer, method).to.include(expected);
		}
	});

	for (const years of [-1, 1]) {
		it(`says its orders again, dated anew, when this machine's clock is set by ${years} year: by it they end`, async () => {
			await open({ planner: { programmes: [week], clock: 'meter' } });
			await house.start();
			house.circuit('salon');
			house.meterSays('2026-01-15 18:00:02');
			await house.pass(5);
			const before = house.order('salon');
			house.clock.stepWall(years * 365 * 86_400_000);
			await house.pass(5);
			const after = house.order('salon');
			expect(after?.order).to.equal(before?.order);
			const [left, leftBefore] = [after, before].map((one) => Date.parse(one?.until ?? '') - Date.parse(one?.at ?? ''));
			expect(left).to.be.within((leftBefore ?? 0) - 20_000, leftBefore ?? 0);
			expect(Math.abs(Date.parse(after?.at ?? '') - house.clock.wallMs())).to.be.below(6_000);
		});
	}

	it('says an order again that lasts longer than it seemed to, once the clock is set back by half an hour', async () => {
		await open({ planner: { programmes: [week], clock: 'system' } });
		house.circuit('salon');
		await house.start();
		const before = house.order('salon');
		house.clock.stepWall(-1_800_000);
		await house.pass(3);
		const after = house.order('salon');
		expect(after).to.include({ order: 'comfort', until: before?.until });
		expect(Date.parse(after?.at ?? '')).to.be.below(Date.parse(before?.at ?? '') - 1_700_000);
	});

	it('says again what somebody cleared, and nothing twice', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		const count = (): number => house.hub.published.filter(({ name }) => name.endsWith('planner/salon/state')).length;
		await house.pass(600);
		expect(count()).to.equal(1);
		house.say('planner/salon/state', '', true);
		await house.pass(2);
		expect(house.order('salon')?.order).to.equal('comfort');
	});

	it('leaves its last word standing when it ends', async () => {
		await open({ planner: { programmes: [week] } });
		house.circuit('salon');
		await house.start();
		await house.stop();
		expect(house.order('salon')?.order).to.equal('comfort');
		expect(house.retained('programmes/state')).to.be.an('object');
	});
});

import { type CircuitState, type LoadState, type ShedState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, instantOf, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { LoadShedder, loadShedderSections } from '../src/index.ts';

const LIMIT_VA = 3_000;

describe('the load-shedder', () => {
	let hub: MemoryHub;
	let clock: VirtualClock;
	let end: () => void;
	let shedder: LoadShedder;
	const failures: unknown[] = [];

	const start = async (section: Record<string, unknown> = {}): Promise<void> => {
		const context = createContext('load-shedder', silentLog, clock, (error) => failures.push(error));
		end = () => context.end();
		const config = { ...loadShedderSections.shedder.parse(section), meter: 'main' };
		shedder = new LoadShedder(context, new Bus(context, 'home', hub.transport()), config);
		await shedder.start();
	};
	const publish = (name: string, payload: unknown, retain: boolean): void =>
		hub.publish({ name, payload: JSON.stringify(payload), qos: 0, retain });
	const load = (apparentPowerVA: number, more: Partial<LoadState['phases'][0]> = {}): LoadState => {
		const at = instantOf(clock.wallMs());
		const over = apparentPowerVA > LIMIT_VA;
		const phase = {
			phase: 1 as const,
			at,
			apparentPowerVA,
			limitVA: LIMIT_VA,
			over,
			alert: false,
			label: 'SINSTS',
			...more,
		};
		return { at, over, phases: [phase] };
	};
	const hear = (apparentPowerVA: number, more?: Partial<LoadState['phases'][0]>): void =>
		publish(topicName('home', topics.load, { meter: 'main' }), load(apparentPowerVA, more), true);
	const radiator = (
		id: string,
		powerW: number,
		priority: number,
		inForce: CircuitState['inForce'] = 'comfort',
		phase: CircuitState['phase'] = 1,
		more: Partial<CircuitState> = {},
	): void => {
		const at = instantOf(clock.wallMs());
		const state: CircuitState = {
			at,
			owner: 'radiator-actuator',
			name: id,
			kind: 'radiator',
			phase,
			powerW,
			priority,
			wanted: 'comfort',
			inForce,
			reason: 'programme',
			since: at,
			programme: 'comfort',
			control: 'lease',
			...more,
		};
		publish(topicName('home', topics.circuit, { circuit: id }), state, true);
	};
	const sets = (): ShedState[] =>
		hub.published
			.filter(({ name, payload }) => name.endsWith('/shedder/shed/state') && payload !== '')
			.map(({ payload }) => JSON.parse(payload) as ShedState);
	const lastSet = (): ShedState => sets().at(-1) as ShedState;
	/** What was told until now: it is told in a later turn of the event loop than the set. */
	const events = (): string[] => {
		clock.advance(0);
		return hub.published
			.filter(({ name }) => name.endsWith('/shedder/event'))
			.map(({ payload }) => JSON.parse(payload).why);
	};

	beforeEach(() => {
		hub = new MemoryHub();
		clock = new VirtualClock();
		failures.length = 0;
	});
	afterEach(async () => {
		await shedder.stop();
		end();
		expect(failures).to.deep.equal([]);
		expect(clock.pending, 'timers left').to.equal(0);
	});

	it('publishes who must wait the moment a load over the limit arrives, and says why', async () => {
		await start();
		radiator('salon', 1_500, 1);
		radiator('chambre', 1_000, 3);
		hear(2_900);
		expect(lastSet().shed).to.deep.equal([]);
		clock.advance(1_500);
		hear(3_800);
		expect(lastSet().shed).to.deep.equal(['chambre']);
		expect(events()[0]).to.include('chambre waits').and.include('of 3000 VA');
	});

	it('renews its lease every second, with a growing sequence in one session', async () => {
		await start();
		hear(1_000);
		const first = lastSet();
		for (let second = 0; second < 3; second += 1) {
			clock.advance(1_000);
			hear(1_000);
		}
		expect(sets().map(({ session }) => session)).to.satisfy((all: string[]) =>
			all.every((one) => one === first.session),
		);
		expect(sets().map(({ sequence }) => sequence)).to.deep.equal([0, 1, 2, 3]);
		expect(lastSet().leaseS).to.equal(6);
	});

	it('gives control up when the meter falls silent, and takes it again when it speaks', async () => {
		await start();
		hear(1_000);
		clock.advance(11_000);
		expect(lastSet().leaseS).to.equal(0);
		const given = sets().length;
		clock.advance(5_000);
		expect(sets()).to.have.length(given);
		expect(JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '').mode).to.equal('waiting_for_meter');
		hear(1_000);
		expect(lastSet().leaseS).to.equal(6);
	});

	describe('paused', () => {
		const say = (command: unknown): void => {
			const payload = typeof command === 'string' ? command : JSON.stringify(command);
			hub.publish({ name: 'pilotwire/home/shedder/set', payload, qos: 1, retain: false });
		};
		const pausedUntil = (): string | undefined =>
			(JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '{}') as { pausedUntil?: string }).pausedUntil;
		/** A minute of loads, one a second. */
		const seconds = (count: number, apparentPowerVA: number): void => {
			for (let second = 0; second < count; second += 1) {
				clock.advance(1_000);
				hear(apparentPowerVA);
			}
		};

		it('sheds nothing for a peak that no breaker opens at, until its time has come', async () => {
			await start();
			radiator('salon', 1_500, 1);
			seconds(5, 2_900);
			say({ pauseS: 60 });
			expect(pausedUntil()).to.equal(instantOf(clock.wallMs() + 60_000));
			seconds(59, 3_200);
			expect(lastSet()).to.deep.include({ shed: [], leaseS: 6 });
			seconds(3, 3_200);
			expect(pausedUntil()).to.equal(undefined);
			expect(lastSet().shed).to.deep.equal(['salon']);
			expect(events()).to.include('The pause of load shedding is over: its time has come.');
		});

		it('ends at once where a breaker could open, and sheds', async () => {
			await start();
			radiator('salon', 1_500, 1);
			seconds(5, 2_900);
			say('pause');
			seconds(2, 3_300);
			expect(lastSet().shed).to.deep.equal([]);
			seconds(1, 3_301);
			expect(lastSet().shed).to.deep.equal(['salon']);
			expect(pausedUntil()).to.equal(undefined);
			expect(events().join(' ')).to.include('phase 1 carries 3301 of 3000 VA');
		});

		it("ends at once on the meter's alert, and above a branch breaker's rating", async () => {
			await start({ branchBreakerA: 10 });
			radiator('salon', 1_500, 1);
			seconds(5, 2_000);
			say('pause');
			seconds(1, 2_300);
			expect(pausedUntil()).to.equal(undefined);
			seconds(5, 1_500);
			say('pause');
			expect(pausedUntil()).to.be.a('string');
			clock.advance(1_000);
			hear(1_600, { alert: true });
			expect(pausedUntil()).to.equal(undefined);
		});

		it('leaves those waiting that wait, and ends when it is told to', async () => {
			await start();
			radiator('salon', 1_500, 1);
			seconds(3, 3_800);
			radiator('salon', 1_500, 1, 'off');
			say('pause');
			seconds(120, 500);
			expect(lastSet()).to.deep.include({ shed: ['salon'], admitted: {} });
			say('resume');
			seconds(120, 500);
			expect(lastSet().shed).to.deep.equal([]);
		});

		it('leaves the actuators to their fallback when the meter falls silent', async () => {
			await start();
			hear(1_000);
			say('pause');
			clock.advance(11_000);
			expect(lastSet().leaseS).to.equal(0);
		});

		it('refuses a pause without an end, or a longer one than an hour', async () => {
			await start();
			hear(1_000);
			say({ pauseS: 3_601 });
			say({});
			clock.advance(1_000);
			expect(pausedUntil()).to.equal(undefined);
		});
	});

	it('leads nothing while a phase with circuits was never heard', async () => {
		await start();
		radiator('salon', 1_500, 1);
		radiator('chambre', 1_000, 1, 'off', 2);
		hear(1_000);
		clock.advance(1_000);
		expect(sets().filter(({ leaseS }) => leaseS > 0)).to.deep.equal([]);
		hear(1_000, { phase: 2 });
		expect(lastSet().leaseS).to.equal(6);
	});

	it('goes on where a phase without circuits falls silent, as when a meter of one phase replaces one of three', async () => {
		await start();
		radiator('salon', 1_500, 1);
		hear(1_000, { phase: 2 });
		for (let second = 0; second < 15; second += 1) {
			hear(1_000);
			clock.advance(1_000);
		}
		expect(lastSet().leaseS).to.equal(6);
	});

	it('takes a load without a limit for none', async () => {
		await start();
		hear(0, { limitVA: 0 });
		expect(sets()).to.deep.equal([]);
		hear(1_000);
		clock.advance(1_000);
		const state = JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '') as {
			phases: { filterUsed: unknown }[];
		};
		expect(state.phases[0]?.filterUsed).to.be.a('number');
	});

	it('takes a phase with circuits that alone falls silent for the meter', async () => {
		await start();
		radiator('chambre', 1_000, 1, 'comfort', 2);
		const both = load(1_000);
		const second = { ...both.phases[0], phase: 2 } as LoadState['phases'][0];
		publish('pilotwire/home/meter/main/load/state', { ...both, phases: [...both.phases, second] }, true);
		for (let moved = 0; moved < 12; moved += 1) {
			clock.advance(1_000);
			publish(
				'pilotwire/home/meter/main/load/state',
				{ ...load(1_000), phases: [...load(1_000).phases, second] },
				true,
			);
		}
		expect(lastSet().leaseS).to.equal(0);
	});

	it('never decides on a stored load, which may be of any age', async () => {
		hear(9_000);
		radiator('salon', 1_500, 1);
		await start();
		clock.advance(2_000);
		expect(sets()).to.deep.equal([]);
	});

	it('knows the circuits from their stored states, and admits those that wait one by one', async () => {
		radiator('salon', 1_000, 1, 'off');
		radiator('chambre', 1_000, 2, 'off');
		await start();
		const seen: string[] = [];
		for (let second = 0; second < 50; second += 1) {
			clock.advance(1_000);
			hear(500);
			seen.push(Object.keys(lastSet().admitted).join('+'));
		}
		expect(new Set(seen)).to.deep.equal(new Set(['', 'salon']));
	});

	it('forgets a circuit whose state is cleared', async () => {
		await start();
		radiator('salon', 1_500, 1);
		hear(3_800);
		expect(lastSet().shed).to.deep.equal(['salon']);
		hub.publish({ name: 'pilotwire/home/circuits/salon/state', payload: '', qos: 1, retain: true });
		expect(lastSet().shed).to.deep.equal([]);
	});

	it('says each second what it sees: headroom, what is predicted, the margin to the trip, and who waits', async () => {
		await start();
		radiator('salon', 1_500, 1);
		hear(3_800);
		clock.advance(1_000);
		const view = JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '');
		expect(view.phases[0]).to.include({
			phase: 1,
			loadVA: 3_800,
			headroomVA: -800,
			predictedVA: 2_300,
			restoreState: 'shedding',
		});
		expect(view.waiting[0]).to.include({ circuit: 'salon', shed: true });
		expect(view.waiting[0].why).to.match(/salon waits/);
	});

	it('counts how near the breaker is', async () => {
		await start();
		hear(6_000);
		clock.advance(1_000);
		const trip = (): number => JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '').phases[0].tripInS;
		expect(trip()).to.equal(0);
		// A load under the limit for ten minutes leaves a cold filter: twice the limit then takes 69 s less what 0.3 left.
		for (let second = 0; second < 900; second += 1) {
			hear(0);
			clock.advance(1_000);
		}
		hear(6_000);
		clock.advance(1_000);
		expect(trip()).to.be.within(66, 69);
	});

	const view = (): { phases: { restoreState: string; filterUsed: number }[]; waiting: { reason: string }[] } =>
		JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '');
	const readings = (mode: 'standard' | 'historic', maximumVA: number): void => {
		const maximum = { apparentPowerVA: maximumVA };
		const at = instantOf(clock.wallMs());
		const reading = { at, mode, phases: 1, energyWh: {}, reactiveEnergyVArh: {} };
		const maxima = { drawnMaximumToday: maximum, drawnMaximumYesterday: { apparentPowerVA: 500 } };
		publish('pilotwire/home/meter/main/reading/state', { ...reading, ...maxima }, false);
	};

	it('lets a peak pass when it is tolerant, bounded by the maximum that a Linky says', async () => {
		await start({ mode: 'tolerant' });
		radiator('salon', 1_500, 1);
		hear(1_000);
		readings('standard', 1_500);
		clock.advance(1_000);
		hear(3_600);
		clock.advance(1_000);
		expect(lastSet().shed).to.deep.equal([]);
		expect(view().phases[0]).to.include({ restoreState: 'passing' });
		expect(view().phases[0]?.filterUsed).to.be.within(0.1, 0.2);
	});

	it('is strict where the meter is not surely a Linky, and says why each circuit waits in a word', async () => {
		await start({ mode: 'tolerant' });
		radiator('salon', 1_500, 1);
		hear(1_000);
		readings('historic', 1_500);
		clock.advance(1_000);
		hear(3_600);
		clock.advance(1_000);
		expect(lastSet().shed).to.deep.equal(['salon']);
		radiator('salon', 1_500, 1, 'off');
		clock.advance(1_000);
		expect(view().waiting.map(({ reason }) => reason)).to.deep.equal(['too_soon']);
	});

	it('brings the room back first that lost most, by the probe that stands in it', async () => {
		await start();
		const at = instantOf(clock.wallMs());
		const probe = (room: string, temperatureC: number | undefined): void =>
			publish(`pilotwire/home/probes/${room}/state`, { at, name: room, room, temperatureC }, true);
		for (const id of ['chambre', 'salon']) {
			probe(id, 19);
			radiator(id, 2_000, 1, 'comfort', 1, { room: id });
			radiator(id, 2_000, 1, 'off', 1, { room: id });
		}
		probe('salon', 17.5);
		for (let second = 0; second < 150; second += 1) {
			clock.advance(1_000);
			hear(500);
			if (Object.keys(lastSet().admitted).length > 0) break;
		}
		expect(lastSet().admitted).to.deep.equal({ salon: 'comfort' });
	});

	it('believes no probe that has said nothing for 90 minutes', async () => {
		await start();
		const at = instantOf(clock.wallMs());
		for (const id of ['chambre', 'salon']) {
			const probe = { at, name: id, room: id, temperatureC: 19 };
			publish(`pilotwire/home/probes/${id}/state`, probe, true);
			radiator(id, 2_000, 1, 'comfort', 1, { room: id });
			radiator(id, 2_000, 1, 'off', 1, { room: id });
			if (id === 'salon') publish(`pilotwire/home/probes/${id}/state`, { ...probe, temperatureC: 16 }, true);
		}
		for (let minute = 0; minute < 91; minute += 1) clock.advance(60_000);
		for (let second = 0; second < 150; second += 1) {
			clock.advance(1_000);
			hear(500);
			if (Object.keys(lastSet().admitted).length > 0) break;
		}
		// Both waited as long: the probe that said that one lost more is too old.
		expect(lastSet().admitted).to.deep.equal({ chambre: 'comfort' });
	});

	it('counts nothing of a circuit whose output does not answer', async () => {
		await start();
		radiator('salon', 1_500, 1);
		radiator('chambre', 1_500, 3, 'comfort', 1, { reason: 'unreachable' });
		hear(3_800);
		expect(lastSet().shed).to.deep.equal(['salon']);
	});

	it('admits a room under its guard temperature first, and never sheds what is not controllable', async () => {
		await start();
		radiator('chambre', 1_000, 1, 'off');
		radiator('salon', 1_000, 9, 'off', 1, { frostGuard: true });
		radiator('ballon', 2_000, 9, 'comfort', 1, { controllable: false });
		for (let second = 0; second < 60; second += 1) {
			clock.advance(1_000);
			hear(500);
			if (Object.keys(lastSet().admitted).length > 0) break;
		}
		expect(lastSet().admitted).to.deep.equal({ salon: 'comfort' });
		radiator('chambre', 1_000, 1, 'comfort');
		clock.advance(1_000);
		hear(9_000);
		expect(lastSet().shed).to.deep.equal(['chambre']);
	});

	it('gives control up at once when it stops', async () => {
		await start();
		hear(1_000);
		await shedder.stop();
		expect(lastSet().leaseS).to.equal(0);
	});

	it('leads nothing when it is disabled, and clears what an earlier life left', async () => {
		hub.publish({ name: 'pilotwire/home/shedder/shed/state', payload: '{}', qos: 0, retain: true });
		await start({ enabled: false });
		radiator('salon', 1_500, 1);
		hear(9_000);
		clock.advance(3_000);
		expect(sets().filter(({ session }) => session !== undefined)).to.deep.equal([]);
		expect(hub.retained.has('pilotwire/home/shedder/shed/state')).to.equal(false);
		expect(JSON.parse(hub.retained.get('pilotwire/home/shedder/state') ?? '').mode).to.equal('disabled');
	});
});

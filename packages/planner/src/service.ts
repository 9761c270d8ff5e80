import { Calendar } from '@pilotwire/calendar';
import { type CircuitState, type ProgrammesState, type TariffState, topics } from '@pilotwire/contract';
import {
	type Bus,
	clockIsSynchronised,
	instantOf,
	type PilotwireError,
	type Service,
	type ServiceContext,
	serveRpc,
} from '@pilotwire/runtime';
import { Commands } from './commands.ts';
import type { PlannerConfig } from './config.ts';
import { Announcer } from './core/announcer.ts';
import { phaseAt } from './core/away.ts';
import { ClockSteps } from './core/clock-steps.ts';
import { KnownHouse } from './core/known-house.ts';
import { LearnedHours } from './core/learned-hours.ts';
import { TariffOutlook } from './core/outlook.ts';
import { PlanBook, type Seeds } from './core/plan-book.ts';
import { ProgrammeClock } from './core/programme-clock.ts';
import type { Zone } from './core/targets.ts';
import { circuitUnknown, planRefused } from './errors.ts';
import { type Memory, memoryOf } from './io/memory.ts';
import { listen } from './listen.ts';
import { methods } from './methods.ts';
import { plannerMetrics } from './metrics.ts';
import { PlanView } from './plan-view.ts';
import { Remembered } from './remembered.ts';

/** Whether anything is due is looked at this often. Milliseconds. */
const TICK_MS = 1_000;
const MINUTE_MS = 60_000;
/** The broker gets this long to hand over circuits, tariff and what an earlier life left. Milliseconds. */
const RESTORE_MS = 1_500;
/** What a thermostat said, and was to end so long ago, nobody stands for any more. Milliseconds. */
const FORGOTTEN_MS = 86_400_000;

/** What the planner reaches through. */
interface Outside {
	readonly memory: Memory;
	/** Whether this machine's clock has been set; undefined where nobody says. */
	readonly isSynchronised: () => Promise<boolean | undefined>;
}

/** Weekly programmes, absence and tariff -> the order of each circuit. */
export class Planner implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: PlannerConfig;
	readonly #outside: Outside;
	readonly #calendar: Calendar;
	readonly #clock: ProgrammeClock;
	readonly #steps: ClockSteps;
	readonly #book: PlanBook;
	readonly #learned: LearnedHours;
	readonly #zones: readonly Zone[];
	readonly #announcer: Announcer;
	readonly #commands: Commands;
	readonly #house: KnownHouse;
	readonly #remembered: Remembered;
	/** The last command of the bus, where it was refused. */
	#refused: ProgrammesState['refused'];
	#tariff: TariffState | undefined;
	/** What is on the broker from an earlier life, cleared unless it is said again. */
	readonly #leftOvers = new Map<string, () => void>();
	#speaks = false;
	/** What was said holds until then, by the programmes' clock, unless that steps. */
	#holdsUntilMs = Number.NEGATIVE_INFINITY;
	#source: 'system' | 'meter' = 'system';

	constructor(context: ServiceContext, bus: Bus, config: PlannerConfig, outside?: Outside) {
		this.#context = context;
		this.#steps = new ClockSteps(context.clock);
		this.#bus = bus;
		this.#config = config;
		this.#outside = outside ?? { memory: memoryOf(config.dataDir), isSynchronised: () => clockIsSynchronised() };
		this.#calendar = new Calendar(config.timeZone);
		this.#clock = new ProgrammeClock(context.clock, this.#calendar, config.planner.clock);
		// The file's schema and the bus's say the same.
		this.#book = new PlanBook(this.#calendar, config.planner as Seeds);
		this.#learned = new LearnedHours(this.#calendar);
		const run = (config.thermostats ?? []).flatMap(({ heats, cools }) => [heats, cools]);
		this.#house = new KnownHouse(run.filter((id) => id !== undefined));
		const [book, hours, house] = [this.#book, this.#learned, this.#house];
		this.#remembered = new Remembered(this.#outside.memory, { book, hours, house }, context.log);
		this.#zones = config.planner.zones.map((zone) => ({ ...zone, name: zone.name ?? zone.id }));
		this.#announcer = new Announcer(bus, () => context.clock.wallMs());
		this.#commands = new Commands({
			book: this.#book,
			known: () =>
				this.#house.names(
					this.#zones,
					config.rooms.map(({ id }) => id),
				),
			nowMs: () => this.#clock.nowMs(),
			wallMs: () => context.clock.wallMs(),
			changed: () => this.#kept(),
		});
	}

	async start(): Promise<void> {
		const { clock, log } = this.#context;
		await this.#remembered.recall();
		for (const { id, fault } of this.#book.seed({ zones: this.#zones })) {
			log.warn({ id }, `${id} of the configuration was left out: ${planRefused(fault).message}`);
		}
		await this.#remembered.write();
		this.#listen();
		serveRpc(this.#bus, this.#methods());
		this.#measure();
		clock.every(TICK_MS, () => this.#tick());
		clock.every(
			MINUTE_MS,
			this.#context.guard(() => this.#askSynchronised()),
		);
		await this.#askSynchronised();
		this.#bus.onConnection((connected) => {
			if (connected && !this.#speaks) clock.after(RESTORE_MS, () => this.#begin());
		});
		this.#bus.start();
	}

	/** What it said last stays: actuators follow it until it ends, then their own programme. */
	async stop(): Promise<void> {
		await this.#remembered.write();
		await this.#bus.stop();
	}

	#listen(): void {
		listen(this.#bus, {
			meter: this.#config.meter,
			circuit: (circuit, state) => this.#hearCircuit(circuit, state),
			circuitGone: (circuit) => {
				if (this.#house.circuitGone(circuit)) this.#decide();
			},
			thermostat: (id, state) => {
				if (this.#house.thermostat(id, state)) this.#decide();
			},
			tariff: (state, retained) => this.#hearTariff(state, retained),
			meterTime: (time, arrivedMs) => this.#clock.hear(time, arrivedMs),
			programmes: (command) => this.#obey('programmes/set', this.#commands.change(command)),
			absence: (command) => this.#obey('absence/set', this.#commands.absence(command)),
			yielded: (circuit) => this.#yield(circuit),
			isForgotten: (until) => Date.parse(until) < this.#context.clock.wallMs() - FORGOTTEN_MS,
			leftOver: (key, clear) => {
				if (!this.#speaks) this.#leftOvers.set(key, clear);
			},
			cleared: (circuit) => this.#cleared(circuit),
		});
	}

	/** A thermostat runs this circuit: its orders are not the planner's while it does. */
	#yield(circuit: string): void {
		if (!this.#house.yielded(circuit)) return;
		this.#leftOvers.delete(circuit);
		this.#announcer.yield(topics.programme, { circuit });
		this.#decide();
	}

	/** What was said of a circuit is gone: it is said again with the next look, where it still holds. */
	#cleared(circuit: string): void {
		this.#house.regained(circuit);
		this.#announcer.forget(topics.programme, { circuit });
		this.#holdsUntilMs = Number.NEGATIVE_INFINITY;
	}

	#hearCircuit(id: string, state: CircuitState): void {
		// While the planner says nothing of it, what it follows is its own.
		const isOwn = this.#speaks && !this.#announcer.stands(topics.programme, { circuit: id });
		const before = this.#house.ownOf(id);
		if (!this.#house.circuit(id, state, isOwn ? { order: state.programme } : undefined)) return;
		if (this.#speaks && this.#house.ownOf(id) !== before) void this.#remembered.write();
		this.#decide();
	}

	#hearTariff(state: TariffState, retained: boolean): void {
		this.#tariff = state;
		const learnt = this.#learned.hear(state, this.#clock.nowMs());
		if (learnt && !retained) void this.#remembered.write();
		this.#decide();
	}

	#begin(): void {
		if (this.#speaks) return;
		// Of whom nothing is on the broker, whoever had said it, shows its own order.
		if (this.#house.learnOwn((id) => !this.#leftOvers.has(id))) void this.#remembered.write();
		this.#speaks = true;
		this.#decide();
		for (const [key, clear] of this.#leftOvers) {
			const [id = ''] = key.split('/');
			const stands =
				key === id
					? this.#announcer.stands(topics.programme, { circuit: id })
					: this.#announcer.stands(topics.target, { thermostat: id });
			if (!stands) clear();
		}
		this.#leftOvers.clear();
	}

	#tick(): void {
		const { source } = this.#clock;
		if (source !== this.#source) this.#sayClock(source);
		const nowMs = this.#clock.nowMs();
		const isSet = this.#steps.wallWasSet();
		// Whoever hears an order counts its time from when it was said, by a clock that showed something else then.
		if (isSet) this.#announcer.forgetAll();
		const wereSet = this.#steps.programmesWereSet(nowMs);
		if (wereSet && this.#book.clockSet(nowMs)) void this.#remembered.write();
		if (isSet || wereSet || nowMs >= this.#holdsUntilMs) this.#decide();
	}

	#sayClock(source: 'system' | 'meter'): void {
		this.#source = source;
		const { log } = this.#context;
		if (source === 'meter')
			log.warn({}, "this machine's clock is not synchronised: programmes follow the meter's date");
		else log.info({}, "programmes follow this machine's clock");
	}

	/** Looks at everything anew, and says what is news. */
	#decide(): void {
		if (!this.#speaks) return;
		const nowMs = this.#clock.nowMs();
		this.#steps.planned(nowMs);
		const view = this.#view(nowMs);
		this.#holdsUntilMs = view.holdsUntilMs;
		view.publish(this.#announcer, (atMs) => this.#clock.onWall(atMs), this.#clock.source);
	}

	#view(nowMs: number): PlanView {
		const { programmes, rules, away } = this.#book;
		const calendar = this.#calendar;
		const wallMs = this.#context.clock.wallMs();
		const outlook = new TariffOutlook(calendar, this.#tariff, this.#learned.daily(nowMs), nowMs, wallMs);
		const frostC = this.#config.planner.absence.temperatureC;
		return new PlanView({
			plan: { calendar, programmes, rules, zones: this.#zones, away, outlook },
			circuits: this.#house.circuits,
			targets: this.#house.targets(programmes, { calendar, away, frostC }),
			refused: this.#refused,
			nowMs,
		});
	}

	#methods() {
		const refuse = (error: PilotwireError | undefined): null => {
			if (error !== undefined) throw error;
			return null;
		};
		return methods({
			list: () => this.#view(this.#clock.nowMs()).state(this.#clock.source),
			change: (command) => refuse(this.#commands.change(command)),
			absence: (command) => refuse(this.#commands.absence(command)),
			preview: (circuit, days) => {
				const known = this.#house.circuitIds;
				if (!known.includes(circuit)) throw circuitUnknown(circuit, known);
				return this.#view(this.#clock.nowMs()).preview(circuit, days);
			},
		});
	}

	/** A command of the bus has nobody to answer to: that it was refused stands beside what holds. */
	#obey(topic: 'programmes/set' | 'absence/set', error: PilotwireError | undefined): void {
		if (error === undefined) return;
		this.#context.log.warn({}, error.message);
		this.#refused = { at: instantOf(this.#context.clock.wallMs()), topic, why: error.message };
		this.#decide();
	}

	#kept(): void {
		this.#refused = undefined;
		void this.#remembered.write();
		this.#decide();
	}

	#measure(): void {
		this.#context.measure(
			plannerMetrics({
				programmes: () => this.#book.programmes.length,
				isAway: () => ['away', 'returning'].includes(phaseAt(this.#book.away, this.#clock.nowMs())),
				followsMeter: () => this.#clock.source === 'meter',
				refused: () => this.#commands.refused,
			}),
		);
	}

	async #askSynchronised(): Promise<void> {
		this.#clock.synchronised(await this.#outside.isSynchronised());
	}
}

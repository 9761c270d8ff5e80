import { Calendar } from '@pilotwire/calendar';
import { Circuits, type Decision, type Moment, warms } from '@pilotwire/circuit';
import {
	type Bus,
	type ForeignTopics,
	messageOf,
	type Service,
	type ServiceContext,
	type Timer,
} from '@pilotwire/runtime';
import type { SwitchActuatorConfig } from './config.ts';
import { HotWater } from './core/hot-water.ts';
import { listen } from './core/listen.ts';
import { Plug } from './core/plug.ts';
import { RelayPlugs } from './core/relay-plugs.ts';
import { Reporter } from './core/reporter.ts';
import { type Switched, switchesOf } from './core/switched.ts';
import { machineUpMs } from './io/machine.ts';
import { type Memory, memoryOf } from './io/memory.ts';
import { isRelayTopic } from './relays.ts';

/** Leases, slots, overrides and answers that are due are looked at this often. Milliseconds. */
const TICK_MS = 1_000;
/** The broker gets this long to hand over what was said before a restart, and the shedder to say who waits. Milliseconds. */
const RESTORE_MS = 1_500;
/** After a restart a state that is older than this says nothing of what is on, nor one on a machine up for less. Milliseconds. */
const FRESH_MS = 600_000;
/** What was learned is written this often, and this soon where a power cut would cost much of it: SD cards wear. Milliseconds. */
const REMEMBER_MS = 3_600_000;
const REMEMBER_SOON_MS = 300_000;
/** The same of a water heater's energy. Milliseconds. */
const REMEMBER_ENERGY_MS = 600_000;
/** Without a figure that has grown by this, no energy is written before the hour, Wh. */
const ENERGY_WORTH_WH = 100;

/** Orders -> circuits that an MQTT topic switches: the only one to tell them anything. */
export class SwitchActuator implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #foreign: ForeignTopics;
	readonly #config: SwitchActuatorConfig;
	readonly #memory: Memory;
	readonly #upMs: () => number;
	readonly #calendar: Calendar;
	readonly #relays: RelayPlugs | undefined;
	readonly #plugs: ReadonlyMap<string, Plug>;
	readonly #tanks: ReadonlyMap<string, HotWater>;
	readonly #circuits: Circuits<Switched>;
	readonly #reporter: Reporter;
	#timers: Timer[] = [];
	#decision: Decision | undefined;
	/** Orders may go out: the past has been heard, or had its time. */
	#speaks = false;
	#writtenWh = 0;

	constructor(
		context: ServiceContext,
		bus: Bus,
		foreign: ForeignTopics,
		config: SwitchActuatorConfig,
		memory: Memory = memoryOf(config.dataDir),
		upMs: () => number = machineUpMs,
	) {
		this.#context = context;
		this.#bus = bus;
		this.#foreign = foreign;
		this.#config = config;
		this.#memory = memory;
		this.#upMs = upMs;
		this.#calendar = new Calendar(config.timeZone);
		const switches = switchesOf(config.switches);
		const { clock } = context;
		const answered = context.guard(() => this.#decide());
		const { relays, hold } = config;
		this.#relays = hold === undefined ? undefined : new RelayPlugs({ clock, answered, relays, hold });
		const say = (topic: string, payload: string): boolean =>
			this.#relays?.say(topic, payload) === true || foreign.say(topic, payload);
		this.#plugs = new Map(switches.map((one) => [one.id, new Plug(one, say)]));
		this.#relays?.attend(this.#plugs.values());
		const heaters = switches.filter(({ config: { hotWater } }) => hotWater !== undefined);
		this.#tanks = new Map(heaters.map((one) => [one.id, new HotWater(one, this.#calendar)]));
		const outputs = {
			confirmed: ({ id }: Switched) => this.#plugs.get(id)?.confirmed,
			inForce: ({ id }: Switched) => this.#plugs.get(id)?.confirmed ?? 'comfort',
			reachable: ({ id }: Switched) => this.#plugs.get(id)?.reachable ?? false,
			trouble: ({ id }: Switched) => this.#plugs.get(id)?.trouble,
		};
		this.#circuits = new Circuits(switches, outputs, {
			owner: bus.service,
			rooms: config.rooms,
			shedderEnabled: config.shedderEnabled,
			fallbackEnabled: config.fallback.enabled,
			ceilingVA: config.fallback.limitVA,
			shareOf: config.shareOf,
		});
		this.#reporter = new Reporter({ bus, circuits: this.#circuits, plugs: this.#plugs, tanks: this.#tanks });
	}

	async start(): Promise<void> {
		const { clock, log } = this.#context;
		await this.#recall();
		listen(this.#bus, this.#foreign, {
			log,
			circuits: this.#circuits,
			plugs: this.#plugs,
			tanks: this.#tanks,
			meter: this.#config.meter,
			shedderEnabled: this.#config.shedderEnabled,
			now: () => this.#now(),
			isFresh: (at) => this.#isFresh(at),
			minuteOfDay: () => this.#calendar.local(clock.wallMs()).minute,
			decide: () => this.#decide(),
		});
		this.#bus.onConnection((connected) => this.#connection(connected));
		this.#timers = [
			clock.every(TICK_MS, () => this.#tick()),
			clock.every(REMEMBER_MS, () => void this.#remember()),
			clock.every(REMEMBER_SOON_MS, () => this.#rememberMuch()),
			clock.every(REMEMBER_ENERGY_MS, () => this.#rememberEnergy()),
		];
		this.#context.measure([
			{
				name: 'pilotwire_switches_controlled',
				help: '1 while a live lease of the load-shedder decides; 0 in the fallback.',
				type: 'gauge',
				read: () => (this.#decision?.control === 'lease' ? 1 : 0),
			},
			{
				name: 'pilotwire_switches_circuits',
				help: 'Circuits it switches.',
				type: 'gauge',
				read: () => this.#circuits.all.length,
			},
		]);
		this.#bus.start();
	}

	/** What is left switched on afterwards needs nobody: it fits the blind budget. */
	async stop(): Promise<void> {
		for (const timer of this.#timers.splice(0)) timer.cancel();
		const speaks = this.#speaks;
		// Whatever a plug answers now decides nothing any more.
		this.#speaks = false;
		if (speaks && this.#config.fallback.enabled) this.#apply(this.#circuits.last(this.#now()));
		await this.#remember();
		await this.#relays?.stop();
		await this.#bus.stop();
	}

	#connection(connected: boolean): void {
		const { clock } = this.#context;
		if (!connected) {
			for (const plug of this.#remote()) plug.disconnected();
		} else if (this.#speaks) {
			for (const plug of this.#remote()) plug.connected(clock.monotonicMs());
		} else {
			this.#timers.push(clock.after(RESTORE_MS, () => this.#begin()));
		}
	}

	/** The plugs that are told over the broker: a pin hears without it. */
	#remote(): Plug[] {
		const plugs = [...this.#plugs.values()];
		return this.#relays === undefined
			? plugs
			: plugs.filter(({ circuit }) => !isRelayTopic(circuit.config.output.topic));
	}

	#begin(): void {
		this.#speaks = true;
		this.#circuits.release();
		this.#decide();
	}

	#tick(): void {
		const { monotonicMs: nowMs, wallMs } = this.#now();
		for (const [id, tank] of this.#tanks) {
			const plug = this.#plugs.get(id);
			const isOn = plug?.reachable === true && (plug.confirmed ?? 'off') !== 'off';
			tank.follow({ nowMs, wallMs, isOn, powerW: plug?.powerW });
			this.#circuits.wishes.standing(id, tank.standing);
		}
		for (const plug of this.#plugs.values()) {
			plug.tick(nowMs);
			if (plug.powerW !== undefined && warms(plug.confirmed ?? 'off')) {
				this.#circuits.learning.measured(plug.circuit, plug.powerW);
			}
		}
		this.#decide();
	}

	#decide(): void {
		if (this.#speaks) this.#apply(this.#circuits.decide(this.#now()));
	}

	#apply(decision: Decision): void {
		const before = this.#decision?.control;
		this.#decision = decision;
		const now = this.#now();
		for (const [id, plug] of this.#plugs) plug.show(decision.wins.get(id)?.target ?? 'off', now.monotonicMs);
		this.#reporter.report(decision, now);
		if (before !== decision.control) this.#sayControl(decision.control);
	}

	#sayControl(control: Decision['control']): void {
		const { log } = this.#context;
		if (control === 'lease') log.info({}, 'the load-shedder decides which switched circuits wait');
		else if (control === 'fallback')
			log.warn({}, 'no live lease of the load-shedder: switched circuits take turns within the blind budget');
		else log.warn({}, 'no live lease of the load-shedder and no fallback: orders apply at once');
	}

	/** A power cut switches plugs off, and as a rule this machine too: what was published before it holds no more. */
	#isFresh(at: string): boolean {
		const ageMs = this.#context.clock.wallMs() - Date.parse(at);
		return ageMs >= 0 && ageMs <= FRESH_MS && this.#upMs() > FRESH_MS;
	}

	#now(): Moment {
		const { clock } = this.#context;
		return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
	}

	async #recall(): Promise<void> {
		const memory = await this.#memory.read().catch(() => undefined);
		const changed = this.#circuits.recall(memory);
		const tanks = ((memory as { tanks?: unknown } | null | undefined)?.tanks ?? {}) as Record<string, unknown>;
		for (const [id, tank] of this.#tanks) tank.recall(Object.hasOwn(tanks, id) ? tanks[id] : undefined);
		this.#writtenWh = this.#energyWh();
		if (changed) await this.#remember();
	}

	#energyWh(): number {
		return [...this.#tanks.values()].reduce((sum, { dayWh }) => sum + dayWh, 0);
	}

	#rememberMuch(): void {
		if (this.#circuits.isWorthWriting()) void this.#remember();
	}

	#rememberEnergy(): void {
		if (Math.abs(this.#energyWh() - this.#writtenWh) >= ENERGY_WORTH_WH) void this.#remember();
	}

	async #remember(): Promise<void> {
		const tanks = Object.fromEntries([...this.#tanks].map(([id, tank]) => [id, tank.memory()]));
		this.#writtenWh = this.#energyWh();
		try {
			await this.#memory.write({ ...this.#circuits.memory(), tanks });
		} catch (error) {
			this.#context.log.warn({ err: error }, `what was learned could not be written: ${messageOf(error)}`);
		}
	}
}

import { type ProbeState, type TargetState, type ThermostatSet, topics } from '@pilotwire/contract';
import {
	type Bus,
	type ForeignTopics,
	messageOf,
	type Service,
	type ServiceContext,
	type Timer,
} from '@pilotwire/runtime';
import type { ProbeConfig, ThermostatConfig } from './config.ts';
import { thermostatMetrics } from './core/metrics.ts';
import { Probe } from './core/probe.ts';
import { Reporter } from './core/reporter.ts';
import { readSpoken } from './core/spoken.ts';
import { Thermostat } from './core/thermostat.ts';
import type { Looker } from './io/one-wire.ts';
import type { SettingsFile } from './io/settings-file.ts';

/** Times that are due and silent probes are looked at this often. Milliseconds. */
const TICK_MS = 5_000;

/** A clock that is ahead by more is not the time: ours is not set, or the other's. Milliseconds. */
const AHEAD_MS = 60_000;

/** What the service touches. */
export interface Outside {
	/** Reads a probe; undefined for one that speaks on a topic. */
	readonly lookerOf: (probe: ProbeConfig) => Looker | undefined;
	readonly settings: SettingsFile;
}

/** Probes to the bus; their temperatures to what heaters and coolers are told. */
export class ThermostatService implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #foreign: ForeignTopics;
	readonly #outside: Outside;
	readonly #probes: ReadonlyMap<string, Probe>;
	readonly #thermostats: ReadonlyMap<string, Thermostat>;
	readonly #lookers = new Map<string, Looker>();
	readonly #looking = new Set<string>();
	/** What reads each probe again. */
	readonly #rhythms = new Map<string, Timer>();
	readonly #reporter: Reporter;
	#timers: Timer[] = [];

	constructor(context: ServiceContext, bus: Bus, foreign: ForeignTopics, config: ThermostatConfig, outside: Outside) {
		this.#context = context;
		this.#bus = bus;
		this.#foreign = foreign;
		this.#outside = outside;
		const nowMs = context.clock.monotonicMs();
		this.#probes = new Map(config.probes.map((one) => [one.id, new Probe(one, nowMs)]));
		this.#thermostats = new Map(config.thermostats.map((one) => [one.id, new Thermostat(one, nowMs)]));
		this.#reporter = new Reporter(context.clock, bus, this.#probes, this.#thermostats);
	}

	async start(): Promise<void> {
		const { clock } = this.#context;
		this.#context.measure(thermostatMetrics(this.#probes, this.#thermostats, () => clock.monotonicMs()));
		await this.#recall();
		this.#listen();
		for (const probe of this.#probes.values()) this.#attend(probe);
		this.#timers.push(clock.every(TICK_MS, () => this.#decide()));
		this.#bus.start();
	}

	/** The circuits fall back to their own programme, which is off. */
	async stop(): Promise<void> {
		for (const timer of [...this.#timers.splice(0), ...this.#rhythms.values()]) timer.cancel();
		this.#reporter.leave();
		await this.#bus.stop();
	}

	/** Reads a probe at its rhythm, or hears it. */
	#attend(probe: Probe): void {
		const { clock, guard } = this.#context;
		const { config } = probe;
		const looker = this.#outside.lookerOf(config);
		if (looker !== undefined) {
			this.#lookers.set(config.id, looker);
			guard(() => this.#look(probe, looker))();
			this.#pace(probe, looker);
			return;
		}
		const { source } = config;
		if (!('topic' in source)) return;
		this.#foreign.hear(source.topic, (text, { retained }) => {
			// What the broker kept may be of any age: it counts only where it says when it was measured, by a clock like ours.
			const spoken = readSpoken(source, text);
			const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
			if (retained && !(spoken.atMs !== undefined && spoken.atMs <= now.wallMs + AHEAD_MS)) return;
			probe.hear(spoken, now);
			this.#decide();
		});
	}

	/** Reads it every so often from now on. */
	#pace(probe: Probe, looker: Looker): void {
		const { clock, guard } = this.#context;
		const { id } = probe.config;
		this.#rhythms.get(id)?.cancel();
		this.#rhythms.set(
			id,
			clock.every(
				probe.everyS * 1_000,
				guard(() => this.#look(probe, looker)),
			),
		);
	}

	async #look(probe: Probe, looker: Looker): Promise<void> {
		const { id } = probe.config;
		// A sensor that takes longer than its rhythm is not asked twice at once.
		if (this.#looking.has(id)) return;
		this.#looking.add(id);
		try {
			const look = await looker();
			probe.take(look, this.#context.clock.monotonicMs());
		} finally {
			this.#looking.delete(id);
		}
		this.#decide();
	}

	#listen(): void {
		const guard = this.#context.guard;
		this.#bus.on(topics.probeSet, {}, (command, { probe: id }) => {
			const [probe, looker] = [this.#probes.get(id), this.#lookers.get(id)];
			if (probe === undefined || looker === undefined) {
				if (probe !== undefined)
					this.#context.log.warn({ probe: id }, `the probe ${id} speaks by itself: it can't be read`);
				return;
			}
			if (command !== 'read') {
				probe.pace(command.everyS);
				this.#pace(probe, looker);
				void this.#remember();
			}
			guard(() => this.#readNow(probe, looker))();
		});
		this.#bus.on(topics.thermostatSet, {}, (command, { thermostat }) => this.#command(thermostat, command));
		this.#bus.on(
			topics.target,
			{},
			(state, { thermostat }) => this.#follow(thermostat, state),
			({ thermostat }) => this.#follow(thermostat, undefined),
		);
		this.#bus.on(topics.circuit, {}, (state, { circuit }) => {
			for (const thermostat of this.#thermostats.values()) {
				if (thermostat.circuits.includes(circuit)) thermostat.hear(circuit, state);
			}
		});
		this.#bus.on(topics.probe, {}, (state, { probe }) => this.#clearProbe(probe, state));
		this.#bus.on(topics.thermostat, {}, (_, { thermostat }) => {
			if (!this.#thermostats.has(thermostat)) this.#bus.clear(topics.thermostat, { thermostat });
		});
	}

	#follow(id: string, state: TargetState | undefined): void {
		this.#thermostats.get(id)?.follow(state, this.#context.clock.monotonicMs());
		this.#decide();
	}

	/** Somebody waits for the answer: it is said again though nothing may have changed. */
	async #readNow(probe: Probe, looker: Looker): Promise<void> {
		await this.#look(probe, looker);
		this.#reporter.sayProbe(probe);
	}

	#command(id: string, command: ThermostatSet): void {
		const { log } = this.#context;
		const thermostat = this.#thermostats.get(id);
		const refused = thermostat === undefined ? 'expected a thermostat of the configuration' : thermostat.set(command);
		if (refused !== undefined) {
			log.warn({ thermostat: id }, `a command to the thermostat ${id} was refused: ${refused}`);
			return;
		}
		void this.#remember();
		this.#decide();
	}

	#clearProbe(id: string, { owner }: ProbeState): void {
		if (owner === this.#bus.service && !this.#probes.has(id)) this.#bus.clear(topics.probe, { probe: id });
	}

	#decide(): void {
		const { clock } = this.#context;
		const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
		for (const thermostat of this.#thermostats.values()) {
			thermostat.decide(this.#probes.get(thermostat.config.probe)?.temperatureC(now.monotonicMs), now);
		}
		this.#reporter.report();
	}

	async #recall(): Promise<void> {
		const { thermostats, rhythms, circuits } = await this.#outside.settings.read();
		for (const [id, everyS] of Object.entries(rhythms)) this.#probes.get(id)?.pace(everyS);
		for (const [id, kept] of Object.entries(thermostats))
			this.#thermostats.get(id)?.recall(kept, this.#context.clock.wallMs());
		const runs = this.#circuits();
		for (const circuit of circuits) if (!runs.includes(circuit)) this.#bus.clear(topics.programme, { circuit });
		if (JSON.stringify(circuits) !== JSON.stringify(runs)) await this.#remember();
	}

	#circuits(): string[] {
		return [...this.#thermostats.values()].flatMap(({ circuits }) => circuits);
	}

	async #remember(): Promise<void> {
		const thermostats = Object.fromEntries([...this.#thermostats].map(([id, { kept }]) => [id, kept]));
		const set = [...this.#probes.values()].filter(({ everyS, config }) => everyS !== config.everyS);
		const rhythms = Object.fromEntries(set.map(({ everyS, config }) => [config.id, everyS]));
		try {
			await this.#outside.settings.write({ thermostats, rhythms, circuits: this.#circuits() });
		} catch (error) {
			this.#context.log.warn({ err: error }, `what was set could not be written: ${messageOf(error)}`);
		}
	}
}

// A thermostat service on a bus without sockets, with probes and circuits that a test plays.
import { type CircuitState, type ProbeState, type ThermostatState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, ForeignTopics, instantOf, Metrics, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import type { Look } from '../src/core/one-wire.ts';
import { ThermostatService, thermostatSections } from '../src/index.ts';
import type { Memory } from '../src/io/settings-file.ts';

/** What is kept between two lives of the service. */
export class Drawer {
	memory: Memory = { thermostats: {}, rhythms: {}, circuits: [] };
	read = async (): Promise<Memory> => this.memory;
	write = async (memory: Memory): Promise<void> => {
		this.memory = structuredClone(memory);
	};
}

export class House {
	readonly hub = new MemoryHub();
	readonly clock = new VirtualClock();
	readonly drawer = new Drawer();
	readonly looks = new Map<string, () => Look | Promise<Look>>();
	readonly failures: unknown[] = [];
	readonly metrics = new Metrics();
	#service: ThermostatService | undefined;
	#end: () => void = () => undefined;

	async start(config: { probes: unknown[]; thermostats?: unknown[] }): Promise<void> {
		const context = createContext(
			'thermostat',
			silentLog,
			this.clock,
			(error) => this.failures.push(error),
			this.metrics,
		);
		this.#end = () => context.end();
		const foreign = new ForeignTopics(context, this.hub.transport());
		const sections = {
			dataDir: '',
			probes: thermostatSections.probes.parse(config.probes),
			thermostats: thermostatSections.thermostats.parse(config.thermostats ?? []),
		};
		this.#service = new ThermostatService(context, new Bus(context, 'home', foreign), foreign, sections, {
			lookerOf: ({ id, source }) =>
				'topic' in source
					? undefined
					: async () => this.looks.get(id)?.() ?? { ok: false, fault: 'missing', received: 'nothing' },
			settings: this.drawer,
		});
		await this.#service.start();
		await this.clock.advanceAsync(1);
	}

	/** A clean end. */
	async stop(): Promise<void> {
		await this.#service?.stop();
		this.#end();
		expect(this.failures).to.deep.equal([]);
	}

	/** An end without any goodbye. */
	kill(): void {
		this.#end();
	}

	say(name: string, payload: unknown, retain = false): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name, payload: text, qos: 1, retain });
	}

	probe(id: string): ProbeState {
		return JSON.parse(this.hub.retained.get(topicName('home', topics.probe, { probe: id })) ?? '{}') as ProbeState;
	}

	thermostat(id: string): ThermostatState {
		const name = topicName('home', topics.thermostat, { thermostat: id });
		return JSON.parse(this.hub.retained.get(name) ?? '{}') as ThermostatState;
	}

	/** The order that a circuit was told; undefined where it was told nothing. */
	told(circuit: string): string | undefined {
		const text = this.hub.retained.get(topicName('home', topics.programme, { circuit }));
		return text === undefined ? undefined : (JSON.parse(text) as { order: string }).order;
	}

	/** What the actuator says of a circuit. */
	circuit(id: string, inForce: 'comfort' | 'off', more: Partial<CircuitState> = {}): void {
		const at = instantOf(this.clock.wallMs());
		const state: CircuitState = {
			...{ at, owner: 'switch-actuator', name: id, kind: 'switch', phase: 1, powerW: 40, priority: 1 },
			...{ wanted: inForce, inForce, reason: 'programme', since: at, programme: inForce, control: 'lease' },
			...more,
		};
		this.say(topicName('home', topics.circuit, { circuit: id }), state, true);
	}
}

export const celsius = (temperatureC: number): Look => ({ ok: true, temperatureC });

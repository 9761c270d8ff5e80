import type { CircuitState, LoadState, ProbeState, ShedState } from '@pilotwire/contract';
import { Bus, createContext, ForeignTopics, type Logger, roomSections, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import * as z from 'zod';
import { switchActuatorSections } from '../src/config.ts';
import type { Hold } from '../src/io/gpio-relay.ts';
import { relayAsSwitch } from '../src/relays.ts';
import { SwitchActuator } from '../src/service.ts';

const schema = z.strictObject({ ...switchActuatorSections, ...roomSections });
type Given = z.input<typeof schema>;
export type GivenSwitch = NonNullable<Given['switches']>[number];

interface Setting {
	readonly switches?: readonly GivenSwitch[];
	readonly relays?: Given['relays'];
	readonly hold?: Hold;
	readonly rooms?: Given['rooms'];
	readonly fallback?: { enabled: boolean; limitVA?: number };
	readonly shedderEnabled?: boolean;
	readonly shareOf?: (phase: number) => number;
	readonly hub?: MemoryHub;
	readonly clock?: VirtualClock;
	readonly memory?: unknown;
	/** How long the machine has been up, s; a day unless given. */
	readonly upS?: number;
}

/** A plug as Zigbee2MQTT shows it: told on `<topic>/set`, it says its whole state on `<topic>`. */
export class Zigbee {
	isOn = false;
	/** What it draws while it is on, W. */
	powerW = 1000;
	/** It has lost its power or its radio. */
	isDead = false;
	/** Orders that reached it. */
	readonly told: string[] = [];
	readonly #topic: string;
	readonly #hub: MemoryHub;

	constructor(hub: MemoryHub, topic: string) {
		this.#hub = hub;
		this.#topic = topic;
		const transport = hub.transport();
		const will = { name: 'zigbee2mqtt/bridge/state', payload: 'offline', qos: 1, retain: false } as const;
		const connected = (): void => transport.subscribe([`${topic}/set`]);
		const message = (_: string, payload: Uint8Array): void => this.#hear(Buffer.from(payload).toString());
		transport.start({ connected, disconnected: () => undefined, message }, will);
	}

	say(): void {
		const state = { state: this.isOn ? 'ON' : 'OFF', power: this.isOn ? this.powerW : 0, linkquality: 120 };
		this.#hub.publish({ name: this.#topic, payload: JSON.stringify(state), qos: 0, retain: false });
	}

	/** Somebody presses its button. */
	press(): void {
		this.isOn = !this.isOn;
		this.say();
	}

	#hear(text: string): void {
		this.told.push(text);
		if (this.isDead) return;
		this.isOn = (JSON.parse(text) as { state: string }).state === 'ON';
		this.say();
	}
}

/** A Zigbee2MQTT plug as a configuration names it. */
export const zigbee = (id: string, more: Partial<GivenSwitch> = {}): GivenSwitch => ({
	id,
	powerW: 1000,
	output: { topic: `zigbee2mqtt/${id}/set` },
	feedback: { topic: `zigbee2mqtt/${id}`, path: 'state' },
	power: { topic: `zigbee2mqtt/${id}`, path: 'power' },
	...more,
});

/** A house for one test: clock, broker and the service. */
export class SwitchHouse {
	readonly clock: VirtualClock;
	readonly hub: MemoryHub;
	readonly service: SwitchActuator;
	readonly log: string[] = [];
	readonly failures: unknown[] = [];
	remembered: unknown;
	#sequence = 0;

	constructor(setting: Setting) {
		this.clock = setting.clock ?? new VirtualClock();
		this.hub = setting.hub ?? new MemoryHub();
		this.remembered = setting.memory;
		const say = (_: object, text: string): void => void this.log.push(text);
		const log = { ...silentLog, error: say, warn: say, info: say, debug: say } as unknown as Logger;
		const context = createContext('switch-actuator', log, this.clock, (error) => this.failures.push(error));
		const foreign = new ForeignTopics(context, this.hub.transport());
		const { switches, relays, rooms } = schema.parse({
			switches: setting.switches ?? [],
			relays: setting.relays ?? [],
			rooms: setting.rooms ?? [],
		});
		const config = {
			dataDir: '/nowhere',
			switches: [...switches, ...relays.map(relayAsSwitch)],
			relays,
			...(setting.hold === undefined ? {} : { hold: setting.hold }),
			rooms,
			fallback: setting.fallback ?? { enabled: true },
			shedderEnabled: setting.shedderEnabled ?? true,
			shareOf: setting.shareOf ?? (() => 1),
			timeZone: 'UTC',
		};
		const memory = {
			read: async () => this.remembered,
			write: async (value: unknown) => {
				this.remembered = JSON.parse(JSON.stringify(value));
			},
		};
		const upMs = (): number => (setting.upS ?? 86_400) * 1000;
		this.service = new SwitchActuator(context, new Bus(context, 'home', foreign), foreign, config, memory, upMs);
	}

	async pass(seconds: number, stepS = 1): Promise<void> {
		await this.clock.advanceAsync(seconds * 1000, stepS * 1000);
	}

	/** Publishes below the house as any client would. */
	say(topic: string, payload: unknown, retain = false): void {
		this.tell(`pilotwire/home/${topic}`, payload, retain);
	}

	/** Publishes anywhere. */
	tell(name: string, payload: unknown, retain = false): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name, payload: text, qos: 1, retain });
	}

	lease(set: Partial<ShedState> = {}): void {
		const at = this.now();
		const whole = { at, session: 's1', sequence: this.#sequence++, leaseS: 60, shed: [], admitted: {}, ...set };
		this.say('shedder/shed/state', whole satisfies ShedState, true);
	}

	load(apparentPowerVA: number, limitVA = 6000): void {
		const at = this.now();
		const phase = { phase: 1 as const, at, apparentPowerVA, limitVA, over: false, alert: false, label: 'SINSTS' };
		this.say('meter/main/load/state', { at, over: false, phases: [phase] } satisfies LoadState);
	}

	tariff(name: string): void {
		this.say('tariff/state', { at: this.now(), source: 'meter', period: name, label: name });
	}

	probe(room: string, temperatureC: number): void {
		const state: ProbeState = { at: this.now(), name: room, room, temperatureC };
		this.say(`probes/${room}/state`, state, true);
	}

	circuit(id: string): CircuitState {
		const text = this.hub.retained.get(`pilotwire/home/circuits/${id}/state`);
		if (text === undefined) throw new Error(`nothing is retained of ${id}`);
		return JSON.parse(text) as CircuitState;
	}

	/** What was published to a topic, in order. */
	sent(name: string): string[] {
		return this.hub.published.filter((message) => message.name === name).map(({ payload }) => payload);
	}

	now(): string {
		return new Date(this.clock.wallMs()).toISOString();
	}
}

// A house for the tests of the service: clock, broker, and circuits that say what they follow.
import type {
	CircuitState,
	ProgrammeState,
	ProgrammesState,
	ReadingState,
	TariffState,
	ThermostatState,
} from '@pilotwire/contract';
import { Bus, createContext, type Logger, RpcClient, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import * as z from 'zod';
import { plannerSections } from '../src/config.ts';
import { Planner } from '../src/service.ts';
import { local } from './core.ts';

const schema = z.strictObject(plannerSections);

interface Setting {
	readonly planner?: z.input<typeof schema>['planner'];
	/** Local time at the start. */
	readonly at?: string;
	readonly hub?: MemoryHub;
	readonly clock?: VirtualClock;
	readonly memory?: unknown;
	readonly isSynchronised?: boolean;
	readonly rooms?: readonly { readonly id: string }[];
	readonly thermostats?: readonly { readonly heats?: string; readonly cools?: string }[];
}

export class PlannerHouse {
	readonly clock: VirtualClock;
	readonly hub: MemoryHub;
	readonly service: Planner;
	readonly log: string[] = [];
	readonly failures: unknown[] = [];
	isSynchronised: boolean | undefined;
	remembered: unknown;
	writes = 0;
	readonly #rpc: RpcClient;
	readonly #caller: Bus;

	constructor(setting: Setting = {}) {
		this.clock = setting.clock ?? new VirtualClock(local(setting.at ?? '2026-01-15 18:00'));
		this.hub = setting.hub ?? new MemoryHub();
		this.remembered = setting.memory;
		this.isSynchronised = setting.isSynchronised;
		const say = (_: object, text: string): void => void this.log.push(text);
		const log = { ...silentLog, error: say, warn: say, info: say, debug: say } as unknown as Logger;
		const context = createContext('planner', log, this.clock, (error) => this.failures.push(error));
		const { planner } = schema.parse({ planner: setting.planner ?? {} });
		const config = {
			...{ dataDir: '/nowhere', timeZone: 'Europe/Paris', planner },
			rooms: setting.rooms ?? [{ id: 'salon' }, { id: 'bedroom' }],
			thermostats: setting.thermostats ?? [],
		};
		const memory = {
			read: async () => this.remembered,
			write: async (value: unknown) => {
				this.writes += 1;
				this.remembered = JSON.parse(JSON.stringify(value));
			},
		};
		const outside = { memory, isSynchronised: async () => this.isSynchronised };
		this.service = new Planner(context, new Bus(context, 'home', this.hub.transport()), config, outside);
		const caller = createContext('caller', silentLog, this.clock, (error) => this.failures.push(error));
		this.#caller = new Bus(caller, 'home', this.hub.transport());
		this.#rpc = new RpcClient(this.#caller, this.clock);
	}

	async start(): Promise<void> {
		this.#caller.start();
		await this.service.start();
		await this.pass(2);
	}

	async stop(): Promise<void> {
		await this.service.stop();
		await this.#caller.stop();
	}

	async pass(seconds: number, stepS = 1): Promise<void> {
		await this.clock.advanceAsync(seconds * 1000, stepS * 1000);
	}

	/** Lets time pass until the clocks show this. */
	async passTo(text: string, stepS = 1): Promise<void> {
		await this.pass((local(text) - this.clock.wallMs()) / 1000, stepS);
	}

	say(topic: string, payload: unknown, retain = false): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name: `pilotwire/home/${topic}`, payload: text, qos: 1, retain });
	}

	/** A thermostat says what it is; it heats with `heats` and cools with `cools`. */
	thermostat(id: string, more: Partial<ThermostatState> = {}): void {
		const at = this.now();
		const state: ThermostatState = {
			...{ at, name: id, probe: id, mode: 'heat', targetC: 19, setC: 19, hysteresisC: 0.5, minOnS: 0, minOffS: 0 },
			...{ doing: 'rest', why: 'at_target', since: at, waits: false },
			...more,
		};
		this.say(`thermostats/${id}/state`, state, true);
	}

	circuit(id: string, more: Partial<CircuitState> = {}): void {
		const at = this.now();
		const state: CircuitState = {
			...{
				at,
				owner: 'radiator-actuator',
				name: id,
				kind: 'radiator' as const,
				phase: 1 as const,
				room: id,
				powerW: 1000,
				priority: 1,
			},
			...{
				wanted: 'comfort',
				inForce: 'comfort',
				reason: 'programme',
				since: at,
				programme: 'comfort',
				control: 'lease',
			},
			...more,
		};
		this.say(`circuits/${id}/state`, state, true);
	}

	tariff(state: Omit<TariffState, 'at' | 'source'>, retain = true): void {
		this.say('tariff/state', { at: this.now(), source: 'meter', ...state }, retain);
	}

	/** The meter's DATE, local time. */
	meterSays(text: string, degraded = false, retain = false): void {
		const clock = { local: text.replace(' ', 'T'), season: 'winter' as const, degraded };
		const whole = { at: this.now(), mode: 'standard', phases: 1, energyWh: {}, reactiveEnergyVArh: {}, clock } as const;
		this.say('meter/main/reading/state', whole satisfies ReadingState, retain);
	}

	async call(method: string, parameters: object): Promise<unknown> {
		const answer = this.#rpc.call('planner', method, parameters as Record<string, unknown>);
		answer.catch(() => undefined);
		await this.pass(1);
		return answer;
	}

	retained<Payload>(topic: string): Payload | undefined {
		const text = this.hub.retained.get(`pilotwire/home/${topic}`);
		return text === undefined ? undefined : (JSON.parse(text) as Payload);
	}

	order(id: string): ProgrammeState | undefined {
		return this.retained(`planner/${id}/state`);
	}

	programmes(): ProgrammesState | undefined {
		return this.retained('programmes/state');
	}

	now(): string {
		return new Date(this.clock.wallMs()).toISOString();
	}
}

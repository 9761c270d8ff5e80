// A whole house in one process and in virtual time: the real services, the meter's bytes, the boards' chip registers.

import { type ServiceMaker, VirtualServices } from '@pilotwire/cli/replay';
import { type CircuitState, type ShedderEvent, type ShedderState, topicName, topics } from '@pilotwire/contract';
import { createHouse, type House, type HouseDescription, OBEYED_ORDERS } from '@pilotwire/house';
import { LoadShedder, loadShedderSections } from '@pilotwire/load-shedder';
import { MeterReader, meterSections } from '@pilotwire/meter-reader';
import { Planner, plannerSections } from '@pilotwire/planner';
import { RadiatorActuator, radiatorActuatorSections } from '@pilotwire/radiator-actuator';
import type { Logger } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { HouseBoards } from './house-boards.ts';
import { FaultyLine } from './house-line.ts';
import { seeded } from './random.ts';

export type ServiceName = 'meter-reader' | 'radiator-actuator' | 'load-shedder' | 'planner';
export const SERVICE_NAMES: readonly ServiceName[] = ['radiator-actuator', 'meter-reader', 'load-shedder'];

/** Promises settle at least this often. Milliseconds of virtual time. */
const STEP_MS = 20;
const SECOND_MS = 1_000;

export interface VirtualHouseOptions {
	readonly house: HouseDescription;
	/** A folder of its own, for what the meter-reader remembers. */
	readonly dataDir: string;
	readonly seed?: number;
	/** Sections of the configuration, besides the boards and radiators of the house. */
	readonly shedder?: Record<string, unknown>;
	readonly fallback?: Record<string, unknown>;
	readonly meter?: Record<string, unknown>;
	/** The planner's section; without it the house has none. */
	readonly planner?: Record<string, unknown>;
	/** Settings of each radiator besides its place. */
	readonly radiator?: (id: string) => Record<string, unknown>;
	/** How long messages take, ms; 1 to 3 unless given. */
	readonly delayMs?: (random: number) => number;
}

/** What is seen once a second. */
export interface Sight {
	readonly atS: number;
	readonly house: House;
}

/** The world and the services in it. The breaker, the rooms and the wires are the house's own. */
export class VirtualHouse {
	readonly clock: VirtualClock;
	readonly hub: MemoryHub;
	readonly house: House;
	readonly line: FaultyLine;
	readonly boards: HouseBoards;
	/** What services wrote at `warn` and above. */
	readonly warnings: string[] = [];
	/** Errors that would have ended a service. */
	readonly failures: unknown[] = [];
	/** What the load-shedder did. */
	readonly events: ShedderEvent[] = [];
	readonly #options: VirtualHouseOptions;
	readonly #services: VirtualServices;
	readonly #memory: { value: unknown } = { value: undefined };
	readonly #plannerMemory: { value: unknown } = { value: undefined };
	readonly #watchers: ((sight: Sight) => void)[] = [];

	constructor(options: VirtualHouseOptions) {
		const { house, seed = 1, delayMs = (random) => 1 + 2 * random } = options;
		const random = seeded(seed);
		this.#options = options;
		this.clock = new VirtualClock(Date.parse(house.startsAt));
		this.hub = new MemoryHub({ clock: this.clock, delayMs: () => delayMs(random()) });
		this.house = createHouse(house, seed);
		const catchUp = (): void => this.catchUp();
		this.boards = new HouseBoards(this.house, catchUp);
		this.line = new FaultyLine({ house: this.house, clock: this.clock, random, catchUp });
		this.#services = new VirtualServices({
			...{ site: 'home', clock: this.clock, hub: this.hub, log: (name) => this.#log(name) },
			failed: (error) => this.failures.push(error),
			settle: () => this.clock.advanceAsync(STEP_MS, 1),
		});
		this.clock.every(SECOND_MS, () => this.#second());
	}

	/** Brings the house to the present. */
	catchUp(): void {
		const behindMs = Math.floor(this.clock.monotonicMs()) - this.house.elapsedMs;
		if (behindMs > 0) this.house.step(behindMs / 1000);
	}

	/** Calls `watch` once a second of the house. */
	watch(watch: (sight: Sight) => void): void {
		this.#watchers.push(watch);
	}

	/** Starts services, all unless named. */
	async start(...names: ServiceName[]): Promise<void> {
		const all: readonly ServiceName[] =
			this.#options.planner === undefined ? SERVICE_NAMES : [...SERVICE_NAMES, 'planner'];
		for (const name of names.length === 0 ? all : names) await this.#services.start(name, this.#maker(name));
	}

	/** Ends a service as SIGTERM does. */
	stop(name: ServiceName): Promise<void> {
		return this.#services.stop(name);
	}

	/** Ends a service as SIGKILL does. */
	kill(name: ServiceName): void {
		this.#services.kill(name);
	}

	/** Ends what still runs. */
	end(): Promise<void> {
		return this.#services.stopAll();
	}

	/** Lets time pass, seconds. */
	async run(seconds: number): Promise<void> {
		await this.clock.advanceAsync(seconds * SECOND_MS, STEP_MS);
	}

	/** Lets time pass until something is so; says whether it was within `seconds`. */
	async until(reached: () => boolean, seconds: number): Promise<boolean> {
		for (let passed = 0; passed < seconds; passed += 1) {
			if (reached()) return true;
			await this.run(1);
		}
		return reached();
	}

	/** Publishes a command as a client does. */
	command(circuit: string, payload: string | object): void {
		const name = topicName('home', topics.circuitSet, { circuit });
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name, payload: text, qos: 1, retain: false });
	}

	circuit(id: string): CircuitState | undefined {
		return this.#retained(topicName('home', topics.circuit, { circuit: id }));
	}

	shedderState(): ShedderState | undefined {
		return this.#retained(topicName('home', topics.shedder, {}));
	}

	/** The order that each radiator obeys, by id. */
	orders(): Record<string, string> {
		const { description, radiators } = this.house;
		return Object.fromEntries(
			description.radiators.map(({ id }, at) => [id, OBEYED_ORDERS[radiators.obeyed[at] as number] as string]),
		);
	}

	/** Whether the order in force is the one wanted, of every radiator. */
	get allServed(): boolean {
		return this.house.description.radiators.every(({ id }) => {
			const state = this.circuit(id);
			return state !== undefined && state.inForce === state.wanted && state.control === 'lease';
		});
	}

	#retained<Payload>(name: string): Payload | undefined {
		const text = this.hub.retained.get(name);
		return text === undefined ? undefined : (JSON.parse(text) as Payload);
	}

	#second(): void {
		this.catchUp();
		const eventName = topicName('home', topics.shedderEvent, {});
		for (const { name, payload } of this.hub.published.splice(0)) {
			if (name === eventName) this.events.push(JSON.parse(payload) as ShedderEvent);
		}
		for (const watch of this.#watchers) watch({ atS: this.house.elapsedMs / 1000, house: this.house });
	}

	#maker(name: ServiceName): ServiceMaker {
		const { shedder, fallback, meter, dataDir, radiator } = this.#options;
		const section = loadShedderSections.shedder.parse(shedder ?? {});
		if (name === 'load-shedder') {
			return (context, bus) => new LoadShedder(context, bus, { ...section, meter: 'main' });
		}
		if (name === 'meter-reader') {
			const meters = meterSections.meters.parse([{ id: 'main', source: 'serial:/dev/none', ...meter }]);
			return (context, bus) => new MeterReader(context, bus, { dataDir, meters }, () => this.line);
		}
		if (name === 'planner') return this.#planner();
		const { radiators } = this.house.description;
		const modules = this.boards.addresses.map((address) => ({
			address,
			phase: radiators.find(({ board }) => board === address)?.phase,
		}));
		const config = {
			dataDir,
			boards: radiatorActuatorSections.boards.parse({ modules }),
			radiators: radiatorActuatorSections.radiators.parse(
				radiators.map(({ id, name, board, wire, powerW, orders }) => {
					return { id, name, board, wire, powerW, orders, ...radiator?.(id) };
				}),
			),
			fallback: radiatorActuatorSections.fallback.parse(fallback ?? {}),
			shedderEnabled: section.enabled,
		};
		const lock = async () => ({ release: async () => undefined });
		return (context, bus, isAlive) => {
			const memory = memoryIn(this.#memory, isAlive);
			const outside = { port: this.boards.port(isAlive), memory, lock, killAtExit: () => () => undefined };
			return new RadiatorActuator(context, bus, config, outside);
		};
	}

	#planner(): ServiceMaker {
		const planner = plannerSections.planner.parse(this.#options.planner ?? {});
		const config = { dataDir: this.#options.dataDir, timeZone: 'Europe/Paris', planner, rooms: [] };
		return (context, bus, isAlive) => {
			const memory = memoryIn(this.#plannerMemory, isAlive);
			return new Planner(context, bus, config, { memory, isSynchronised: async () => true });
		};
	}

	#log(name: string): Logger {
		const note = (...[first, text]: unknown[]): void => {
			const atS = Math.round(this.clock.monotonicMs() / 1000);
			this.warnings.push(`${atS} s ${name}: ${typeof first === 'string' ? first : String(text)}`);
		};
		return { error: note, warn: note, info: () => undefined, debug: () => undefined } as unknown as Logger;
	}
}

/** A file that no dead service writes to. */
function memoryIn(kept: { value: unknown }, isAlive: () => boolean) {
	return {
		read: async () => kept.value,
		write: async (value: unknown) => {
			if (isAlive()) kept.value = structuredClone(value);
		},
	};
}

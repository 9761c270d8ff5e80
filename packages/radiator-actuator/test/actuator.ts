import type { BoardState, CircuitState, LoadState, Order, ShedState } from '@pilotwire/contract';
import { DEFAULT_PIN_MAP, decodeOrders } from '@pilotwire/pilot-wire';
import { Bus, createContext, type Logger, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import * as z from 'zod';
import { type RadiatorActuatorConfig, radiatorActuatorSections } from '../src/config.ts';
import { RadiatorActuator } from '../src/service.ts';
import { FakeBoards } from './fake-boards.ts';

const schema = z.strictObject(radiatorActuatorSections);
type Given = z.input<typeof schema>;
type Radiators = NonNullable<Given['radiators']>;

/** Three boards with eight radiators each: `r1` to `r24`, of `powerW` each. */
export function radiatorsOn(boards: readonly number[], wires = 8, powerW = 1000): Radiators {
	return boards.flatMap((board, at) =>
		Array.from({ length: wires }, (_, index) => ({
			id: `r${at * wires + index + 1}`,
			board,
			wire: index + 1,
			powerW,
			priority: index + 1,
		})),
	);
}

interface Setting {
	readonly boards?: readonly number[];
	/** Of each board; by default the first has phase 1, the second 2, the third 3. */
	readonly phases?: readonly (1 | 2 | 3)[];
	readonly radiators?: Radiators;
	readonly fallback?: Given['fallback'];
	readonly shedderEnabled?: boolean;
	readonly chips?: FakeBoards;
	readonly hub?: MemoryHub;
	readonly clock?: VirtualClock;
	readonly memory?: unknown;
	readonly rooms?: NonNullable<RadiatorActuatorConfig['rooms']>;
	readonly shareOf?: (phase: number) => number;
}

/** A house for one test: clock, broker, chips and the service between them. */
export class Actuator {
	readonly clock: VirtualClock;
	readonly hub: MemoryHub;
	readonly chips: FakeBoards;
	readonly service: RadiatorActuator;
	readonly log: string[] = [];
	readonly failures: unknown[] = [];
	readonly events: string[] = [];
	remembered: unknown;
	locks = 0;
	kills = 0;
	#session = 's1';
	#sequence = 0;

	constructor(setting: Setting = {}) {
		this.clock = setting.clock ?? new VirtualClock();
		this.hub = setting.hub ?? new MemoryHub();
		const boards = setting.boards ?? [0x20, 0x21, 0x22];
		this.chips = setting.chips ?? new FakeBoards(boards);
		this.remembered = setting.memory;
		const modules = boards.map((address, index) => ({
			address,
			phase: setting.phases?.[index] ?? ((index + 1) as 1 | 2 | 3),
		}));
		const config = schema.parse({
			boards: { bus: 1, modules },
			radiators: setting.radiators ?? radiatorsOn(boards),
			fallback: setting.fallback ?? {},
		});
		const say = (_: object, text: string): void => void this.log.push(text);
		const log = { ...silentLog, error: say, warn: say, info: say, debug: say } as unknown as Logger;
		const context = createContext('radiator-actuator', log, this.clock, (error) => this.failures.push(error));
		const bus = new Bus(context, 'home', this.hub.transport());
		const given = {
			...config,
			dataDir: '/nowhere',
			shedderEnabled: setting.shedderEnabled ?? true,
			...(setting.rooms === undefined ? {} : { rooms: setting.rooms }),
			...(setting.shareOf === undefined ? {} : { shareOf: setting.shareOf }),
		};
		this.service = new RadiatorActuator(context, bus, given, {
			port: this.chips,
			memory: {
				read: async () => this.remembered,
				write: async (value) => {
					this.remembered = JSON.parse(JSON.stringify(value));
				},
			},
			lock: async () => {
				this.locks += 1;
				return {
					release: async () => {
						this.locks -= 1;
					},
				};
			},
			killAtExit: () => {
				this.kills += 1;
				return () => {
					this.kills -= 1;
				};
			},
		});
	}

	/** Moves time on, second by second, letting what is pending settle. */
	async pass(seconds: number, stepS = 1): Promise<void> {
		await settle();
		await this.clock.advanceAsync(seconds * 1000, stepS * 1000);
		await settle();
	}

	/** Publishes as any client would. */
	say(topic: string, payload: unknown, retain = false): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name: `pilotwire/home/${topic}`, payload: text, qos: 1, retain });
	}

	/** A live shed set of the load-shedder. */
	async lease(set: Partial<ShedState> = {}): Promise<void> {
		this.say('shedder/shed/state', this.shedSet(set), true);
		await settle();
	}

	shedSet(set: Partial<ShedState> = {}): ShedState {
		const at = this.now();
		return { at, session: this.#session, sequence: this.#sequence++, leaseS: 10, shed: [], admitted: {}, ...set };
	}

	load(loads: readonly number[], limitVA = 6000): void {
		const at = this.now();
		const phases = loads.map((apparentPowerVA, index) => ({
			phase: (index + 1) as 1 | 2 | 3,
			at,
			apparentPowerVA,
			limitVA,
			over: false,
			alert: false,
			label: 'SINSTS1',
		}));
		this.say('meter/main/load/state', { at, over: false, phases } satisfies LoadState);
	}

	/** The order that the chip's pins say on a wire at this moment. */
	pins(address: number, wire: number): Order {
		const chip = this.chips.chip(address);
		return decodeOrders(DEFAULT_PIN_MAP, chip.levels, chip.driven)[wire - 1] as Order;
	}

	/** The radiators of a board that are not off. */
	heating(address: number): number[] {
		return [1, 2, 3, 4, 5, 6, 7, 8].filter((wire) => this.pins(address, wire) !== 'off');
	}

	circuit(id: string): CircuitState {
		return this.#retained(`circuits/${id}/state`) as CircuitState;
	}

	board(id: string): BoardState {
		return this.#retained(`boards/${id}/state`) as BoardState;
	}

	now(): string {
		return new Date(this.clock.wallMs()).toISOString();
	}

	#retained(topic: string): unknown {
		const text = this.hub.retained.get(`pilotwire/home/${topic}`);
		if (text === undefined) throw new Error(`nothing is retained on ${topic}`);
		return JSON.parse(text);
	}
}

/** Lets what is pending settle, however many steps it takes. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise<void>((next) => setImmediate(next));
}

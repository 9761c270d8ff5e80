import {
	type BoardState,
	type CircuitState,
	type HostState,
	type LinkState,
	type ProbeState,
	type ReadingState,
	type ShedderState,
	type ThermostatState,
	topicName,
	topics,
} from '@pilotwire/contract';
import { Bus, createContext, ForeignTopics, type Logger, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import type { HomeAssistantConfig } from '../src/config.ts';
import { HomeAssistant } from '../src/index.ts';
import type { Memory, Remembered } from '../src/io/memory.ts';

const AT = '2026-01-15T17:00:00.000Z';

export const circuitState = (id: string, more: Partial<CircuitState> = {}): CircuitState => ({
	...{ at: AT, owner: 'radiator-actuator', name: id, kind: 'radiator', phase: 1, powerW: 1000, priority: 1 },
	...{ wanted: 'comfort', inForce: 'comfort', reason: 'programme', since: AT, programme: 'comfort', control: 'lease' },
	...more,
});
export const boardState: BoardState = {
	...{ at: AT, bus: '1', address: 32, phase: 1, reachable: true, resets: 0, drifts: 0, failures: 0 },
};
export const probeState = (more: Partial<ProbeState> = {}): ProbeState => ({
	...{ at: AT, name: 'Salon', room: 'salon', temperatureC: 19.5 },
	...more,
});
export const thermostatState: ThermostatState = {
	...{ at: AT, name: 'Cellar', probe: 'cellar', temperatureC: 9, heats: 'cellar', mode: 'heat', targetC: 8, setC: 8 },
	...{ hysteresisC: 0.5, minOnS: 60, minOffS: 60, doing: 'rest', why: 'at_target', since: AT, waits: false },
};
export const hostState: HostState = {
	...{ at: AT, name: 'attic', model: 'Raspberry Pi 4', system: 'Linux 6.12', architecture: 'arm64', cores: 4 },
	...{ cpuPercent: 3, load: 0.1, memory: { totalBytes: 4e9, usedBytes: 1e9 }, temperatureC: 48, bootedAt: AT },
	throttling: { underVoltage: false, throttled: false, underVoltageSeen: false, throttledSeen: false },
	...{ disks: [{ mount: '/', totalBytes: 3e10, usedBytes: 9e9 }], history: true },
};
export const shedderState = (more: Partial<ShedderState> = {}): ShedderState => ({
	...{ at: AT, mode: 'shedding', waiting: [] },
	phases: [{ phase: 1, loadVA: 1000, limitVA: 6000, headroomVA: 5000, predictedVA: 1000, filterUsed: 0.1 }],
	...more,
});
export const reading = (energyWh: Record<string, number>, more: Partial<ReadingState> = {}): ReadingState => ({
	...{ at: AT, mode: 'historic', phases: 1, energyWh, reactiveEnergyVArh: {}, currentA: [5], apparentPowerVA: 1150 },
	...more,
});
export const linkState: LinkState = {
	...{ at: AT, source: '/dev/ttyAMA0', connected: true, mode: 'historic', groupsGood: 1, groupsBad: 0 },
	...{ implausible: 0, framesPerMinute: 40 },
};

export interface Setting extends Partial<HomeAssistantConfig> {
	readonly hub?: MemoryHub;
	readonly clock?: VirtualClock;
	readonly memory?: Remembered;
	readonly log?: Logger;
}

/** The service in a house of messages, on a clock that is moved by hand. */
export class Announced {
	readonly hub: MemoryHub;
	readonly clock: VirtualClock;
	readonly failures: unknown[] = [];
	remembered: Remembered;
	readonly #service: HomeAssistant;
	readonly #end: () => void;

	constructor({ hub = new MemoryHub(), clock = new VirtualClock(), memory, log = silentLog, ...config }: Setting = {}) {
		this.hub = hub;
		this.clock = clock;
		this.remembered = memory ?? { announced: {}, meters: {} };
		const context = createContext('home-assistant', log, clock, (error) => this.failures.push(error));
		this.#end = () => context.end();
		const foreign = new ForeignTopics(context, hub.transport());
		const file: Memory = {
			read: async () => this.remembered,
			write: async (value) => {
				this.remembered = structuredClone(value);
			},
		};
		this.#service = new HomeAssistant(
			context,
			new Bus(context, 'home', foreign),
			foreign,
			{
				...{ enabled: true, discovery: 'device', language: 'en', everyS: 10, dataDir: '/nowhere', version: '1.2.3' },
				...{ url: 'http://house.local:8080', meters: ['main'], rooms: [{ id: 'salon', name: 'Living room' }] },
				...config,
			},
			file,
		);
	}

	async start(): Promise<void> {
		await this.#service.start();
	}

	async stop(): Promise<void> {
		await this.#service.stop();
		this.#end();
	}

	/** Publishes a state of the house. */
	say(name: string, payload: unknown): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({
			name: name.startsWith('homeassistant') ? name : `pilotwire/home/${name}`,
			payload: text,
			qos: 1,
			retain: true,
		});
	}

	circuit(id: string, more: Partial<CircuitState> = {}): void {
		this.say(`circuits/${id}/state`, circuitState(id, more));
	}

	read(energyWh: Record<string, number>, more: Partial<ReadingState> = {}): void {
		this.say('meter/main/reading/state', reading(energyWh, more));
	}

	/** A house with one of each thing. */
	furnish(): void {
		this.circuit('salon', { name: 'Living room', room: 'salon', board: '1-20', wire: 1 });
		this.circuit('boiler', { owner: 'switch-actuator', kind: 'water_heater', measuredPowerW: 0, dayEnergyWh: 0 });
		this.circuit('car', { owner: 'switch-actuator', kind: 'charger', measuredPowerW: 0 });
		this.say('boards/1-20/state', boardState);
		this.say(
			'probes/salon/state',
			probeState({ humidityPercent: 50, pressureHPa: 1000, batteryPercent: 90, linkQuality: 80 }),
		);
		this.say('thermostats/cellar/state', thermostatState);
		this.say('hosts/attic/state', hostState);
		this.say('shedder/state', shedderState());
		for (let time = 0; time < 3; time += 1) {
			this.read(
				{ EAST: 300, EASF01: 100, EASF02: 200, EASF03: 0, EASD01: 300, EAIT: 7 },
				{
					...{ mode: 'standard', phases: 3, currentA: [1, 2, 3], voltageV: [230, 231, 232] },
					...{ phaseApparentPowerVA: [1, 2, 3], injectedApparentPowerVA: 0, tariffIndex: 1 },
					tariffPeriod: { name: 'off_peak', text: 'HEURE  CREUSE' },
				},
			);
		}
	}

	/** The JSON that is retained on a topic. */
	retained(name: string): Record<string, unknown> | undefined {
		const text = this.hub.retained.get(name);
		return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
	}

	/** The topics of discovery that are retained. */
	get discovered(): string[] {
		return [...this.hub.retained.keys()].filter((name) => name.endsWith('/config')).sort();
	}

	/** The figures of the meter as Home Assistant reads them. */
	get figures(): { energyWh: Record<string, number> } | undefined {
		return this.retained(topicName('home', topics.homeAssistantMeter, { meter: 'main' })) as never;
	}
}

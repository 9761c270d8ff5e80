import {
	type CircuitState,
	type DeviceEvent,
	type DeviceState,
	type LoadState,
	type ReadingState,
	type ServiceStatus,
	type ShedderEvent,
	topics,
} from '@pilotwire/contract';
import type { Bus, Clock } from '@pilotwire/runtime';

/** A broker that has not answered by then is taken to have nothing more to say. Milliseconds. */
const SETTLED_WITHIN_MS = 2_000;

/** What callers of the API may follow. */
export const eventKinds = ['device', 'command', 'circuit', 'meter', 'shedder'] as const;
type EventKind = (typeof eventKinds)[number];

/** Something that has changed. */
export interface HouseEvent {
	readonly kind: EventKind;
	/** Whose it is; absent where there is only one. */
	readonly name?: string;
	/** The state or event as it is on the bus. */
	readonly data: object;
}

/** A meter as callers see it. */
export interface MeterStates {
	load?: LoadState;
	reading?: ReadingState;
}

/** The house's states, heard on the bus from the first request on: a house that uses no API hears nothing here. */
export class HouseStates {
	readonly devices = new Map<string, DeviceState>();
	readonly circuits = new Map<string, CircuitState>();
	readonly meters = new Map<string, MeterStates>();
	readonly services = new Map<string, ServiceStatus>();
	readonly #bus: Bus;
	readonly #clock: Clock;
	readonly #listeners = new Set<(event: HouseEvent) => void>();
	#ready: Promise<void> | undefined;

	constructor(bus: Bus, clock: Clock) {
		this.#bus = bus;
		this.#clock = clock;
	}

	/** Settles once what the broker keeps has come. */
	ready(): Promise<void> {
		this.#ready ??= this.#begin();
		return this.#ready;
	}

	/** Tells of each change until what it returns is called. */
	listen(listener: (event: HouseEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** How many listen. */
	get listeners(): number {
		return this.#listeners.size;
	}

	#begin(): Promise<void> {
		const bus = this.#bus;
		bus.on(
			topics.device,
			{},
			(state, { device }) => this.#keep(this.devices, 'device', device, state),
			({ device }) => this.devices.delete(device),
		);
		bus.on(
			topics.circuit,
			{},
			(state, { circuit }) => this.#keep(this.circuits, 'circuit', circuit, state),
			({ circuit }) => this.circuits.delete(circuit),
		);
		bus.on(topics.load, {}, (load, { meter }) => this.#keepMeter(meter, { load }));
		bus.on(topics.reading, {}, (reading, { meter }) => this.#keepMeter(meter, { reading }));
		bus.on(topics.deviceEvent, {}, (event: DeviceEvent, { device }) =>
			this.#tell({ kind: 'command', name: device, data: event }),
		);
		bus.on(topics.shedderEvent, {}, (event: ShedderEvent) => this.#tell({ kind: 'shedder', data: event }));
		return new Promise((resolve) => {
			const late = this.#clock.after(SETTLED_WITHIN_MS, resolve);
			// Asked for last, so that its own copy comes after those of all the others.
			bus.on(topics.status, {}, (status, { service }) => {
				this.services.set(service, status);
				if (service !== bus.service) return;
				late.cancel();
				resolve();
			});
		});
	}

	#keep<State extends object>(states: Map<string, State>, kind: EventKind, name: string, state: State): void {
		states.set(name, state);
		this.#tell({ kind, name, data: state });
	}

	#keepMeter(meter: string, said: MeterStates): void {
		const states = { ...this.meters.get(meter), ...said };
		this.meters.set(meter, states);
		this.#tell({ kind: 'meter', name: meter, data: said });
	}

	#tell(event: HouseEvent): void {
		for (const tell of this.#listeners) tell(event);
	}
}

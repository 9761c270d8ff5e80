import type { DeviceState } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import type { Said } from './message.ts';

type Via = NonNullable<DeviceState['via']>;

/** A device whose account says nothing else. */
const anyType = 'device';

/** One device, as far as it is known. */
export interface Device {
	readonly name: string;
	readonly type: string;
	readonly state: DeviceState;
}

/** The devices of the house and how each is; whoever changes one gets its new state. Times are wall clock, ms. */
export class Devices {
	readonly #devices = new Map<string, Device>();

	/** All names, in order. */
	get names(): string[] {
		return [...this.#devices.keys()].sort();
	}

	get(name: string): Device | undefined {
		return this.#devices.get(name);
	}

	/** Those that are there now. */
	get connected(): number {
		return [...this.#devices.values()].filter(({ state }) => state.connected).length;
	}

	/** A device that has an account; what is known of it stays. */
	add(name: string, type: string | undefined, wallMs: number): void {
		const known = this.#devices.get(name)?.state;
		const state = known ?? { at: instantOf(wallMs), type: anyType, status: 'offline', connected: false };
		this.#put(name, { ...state, type: type ?? anyType });
	}

	remove(name: string): void {
		this.#devices.delete(name);
	}

	/** What an earlier life of the gateway last knew of it. */
	recall(name: string, { via, since, status, connected, telemetry }: DeviceState): void {
		const device = this.#devices.get(name);
		if (device === undefined || device.state.via !== undefined) return;
		this.#put(name, {
			...device.state,
			...{ status, connected },
			...(via === undefined ? {} : { via }),
			...(since === undefined ? {} : { since }),
			...(telemetry === undefined ? {} : { telemetry }),
		});
	}

	/** It has come. */
	arrived(name: string, via: Via, wallMs: number): DeviceState | undefined {
		const before = this.#devices.get(name)?.state;
		if (before === undefined) return undefined;
		const at = instantOf(wallMs);
		const since = before.connected && before.via === via ? (before.since ?? at) : at;
		const status = before.connected ? before.status : 'online';
		return this.#put(name, { ...before, at, status, connected: true, via, since });
	}

	/** It has gone. */
	left(name: string, wallMs: number): DeviceState | undefined {
		const before = this.#devices.get(name)?.state;
		if (before === undefined || !before.connected) return undefined;
		const at = instantOf(wallMs);
		return this.#put(name, { ...before, at, status: 'offline', connected: false, since: at });
	}

	/** It said something. */
	said(name: string, { status, values }: Said, wallMs: number): DeviceState | undefined {
		const before = this.#devices.get(name)?.state;
		if (before === undefined) return undefined;
		const at = instantOf(wallMs);
		// One that says it is offline while it speaks is on its way out; the connection tells when it is.
		const told = status === undefined || status === 'offline' ? before.status : status;
		return this.#put(name, { ...before, at, status: told, telemetry: { at, values } });
	}

	/** One that speaks MQTT itself says how it is. */
	saidStatus(name: string, status: string, wallMs: number): DeviceState | undefined {
		const before = this.#devices.get(name)?.state;
		if (before === undefined) return undefined;
		return this.#put(name, { ...before, at: instantOf(wallMs), status });
	}

	#put(name: string, state: DeviceState): DeviceState {
		this.#devices.set(name, { name, type: state.type, state });
		return state;
	}
}

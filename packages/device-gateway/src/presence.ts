import { type DeviceState, topics } from '@pilotwire/contract';
import type { Bus, ServiceContext, Timer } from '@pilotwire/runtime';
import { Devices } from './core/devices.ts';
import { Echoes } from './core/echoes.ts';
import { type Said, saidIn } from './core/message.ts';
import { RollCall } from './core/roll-call.ts';

/** How long retained messages are gathered after the broker was found. Milliseconds. */
const ROLL_CALL_MS = 1_500;

/** What the devices' presence needs of the service. */
export interface PresenceParts {
	readonly context: ServiceContext;
	readonly bus: Bus;
	/** Whether a device is connected by WebSocket: then its word on the bus doesn't count. */
	readonly isOpen: (name: string) => boolean;
	/** A device said something; `other`: than before. */
	readonly heard: (name: string, other: boolean) => void;
}

/** Which devices there are and how each is, on the bus: those of the gateway, and those that speak MQTT themselves. */
export class Presence {
	readonly devices = new Devices();
	readonly #parts: PresenceParts;
	readonly #echoes = new Echoes();
	readonly #rollCall = new RollCall();
	#rollCallTimer: Timer | undefined;

	constructor(parts: PresenceParts) {
		this.#parts = parts;
	}

	/** Listens on the bus; to be called before that starts. */
	begin(): void {
		const { bus, isOpen, context } = this.#parts;
		bus.on(topics.device, {}, (state, { device }, { retained }) => {
			if (retained) this.#rollCall.state(device, state);
		});
		bus.on(topics.deviceStatus, {}, (status, { device }, { retained }) => {
			if (retained) this.#rollCall.status(device, status);
			else if (!this.#echoes.isOwn(device, status)) this.#hearStatus(device, status);
		});
		bus.on(topics.deviceTelemetry, {}, (message, { device }) => {
			if (isOpen(device)) return;
			// Who speaks is there, whatever was said before.
			if (this.stateOf(device)?.connected === false) this.devices.arrived(device, 'mqtt', this.#wallMs());
			this.said(device, saidIn(message));
		});
		bus.onConnection((connected) => {
			this.#echoes.forget();
			this.#rollCallTimer?.cancel();
			if (connected) this.#rollCallTimer = context.clock.after(ROLL_CALL_MS, () => this.#endRollCall());
		});
	}

	end(): void {
		this.#rollCallTimer?.cancel();
	}

	stateOf(name: string): DeviceState | undefined {
		return this.devices.get(name)?.state;
	}

	/** An account of a device; `type`: what it is. */
	add(name: string, type: string | undefined): void {
		const before = this.devices.get(name)?.type;
		this.devices.add(name, type, this.#wallMs());
		if (this.devices.get(name)?.type !== before && this.#parts.bus.connected) this.#publish(name, true);
	}

	/** Nothing is left of it on the bus. */
	remove(name: string): void {
		const { bus } = this.#parts;
		this.devices.remove(name);
		bus.clear(topics.device, { device: name });
		bus.clear(topics.deviceStatus, { device: name });
	}

	/** It has signed in by WebSocket. */
	arrived(name: string): void {
		const wasThere = this.stateOf(name)?.connected === true;
		// Its account may be newer than the last look at all of them.
		if (this.stateOf(name) === undefined) this.devices.add(name, undefined, this.#wallMs());
		this.devices.arrived(name, 'websocket', this.#wallMs());
		this.#publish(name, !wasThere);
	}

	/** Its WebSocket has ended. */
	left(name: string): void {
		if (this.devices.left(name, this.#wallMs()) !== undefined) this.#publish(name, true);
	}

	/** It said something, by either way. */
	said(name: string, said: Said): void {
		const before = this.stateOf(name);
		const state = this.devices.said(name, said, this.#wallMs());
		if (state === undefined) return;
		const otherStatus = state.status !== before?.status;
		this.#publish(name, otherStatus && this.#parts.isOpen(name));
		const values = JSON.stringify(before?.telemetry?.values);
		this.#parts.heard(name, otherStatus || JSON.stringify(state.telemetry?.values) !== values);
	}

	/** The state; and the status where it is the gateway's to say. */
	#publish(name: string, isOwnStatus: boolean): void {
		const { bus } = this.#parts;
		const state = this.stateOf(name);
		if (state === undefined) return;
		bus.publish(topics.device, { device: name }, state);
		if (!isOwnStatus) return;
		if (bus.connected) this.#echoes.expect(name, state.status);
		bus.publish(topics.deviceStatus, { device: name }, state.status);
	}

	/** A device that speaks MQTT itself says that it is there, or its will says that it is gone. */
	#hearStatus(name: string, status: string): void {
		if (this.#parts.isOpen(name)) return;
		if (status === 'offline') {
			if (this.devices.left(name, this.#wallMs()) !== undefined) this.#publish(name, false);
			return;
		}
		this.devices.arrived(name, 'mqtt', this.#wallMs());
		if (this.devices.saidStatus(name, status, this.#wallMs()) !== undefined) this.#publish(name, false);
	}

	/** What the broker kept, against who is really there. */
	#endRollCall(): void {
		const { isOpen } = this.#parts;
		for (const name of this.devices.names) {
			const kept = this.#rollCall.stateOf(name);
			if (kept !== undefined && !isOpen(name)) this.devices.recall(name, kept);
		}
		for (const { name, ...finding } of this.#rollCall.end((name) => this.stateOf(name) !== undefined)) {
			if (isOpen(name)) continue;
			if (finding.kind === 'nobody') this.remove(name);
			else if (finding.kind === 'gone') this.devices.left(name, this.#wallMs());
			else this.#hearStatus(name, finding.status);
		}
		// All of them, those too that never came: whoever looks at the bus sees every device there is.
		for (const name of this.devices.names) {
			const state = this.stateOf(name);
			const byMqtt = state?.via === 'mqtt' && state.connected;
			if (!isOpen(name)) this.#publish(name, !byMqtt);
		}
	}

	#wallMs(): number {
		return this.#parts.context.clock.wallMs();
	}
}

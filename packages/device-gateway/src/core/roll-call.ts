import type { DeviceState } from '@pilotwire/contract';

/** What the broker kept of one device. */
interface Kept {
	state?: DeviceState;
	status?: string;
}

/** What became of a device while the gateway or the broker was away. */
export type Finding =
	| { readonly name: string; readonly kind: 'gone' }
	/** It speaks MQTT itself and is there. */
	| { readonly name: string; readonly kind: 'by_mqtt'; readonly status: string }
	/** No account has this name. */
	| { readonly name: string; readonly kind: 'nobody' };

/**
 * Gathers what the broker kept of the devices, when the gateway connects to it. The state tells by which way a device
 * came: the word of one that came by WebSocket ended with the gateway's earlier life.
 */
export class RollCall {
	readonly #kept = new Map<string, Kept>();

	state(name: string, state: DeviceState): void {
		this.#of(name).state = state;
	}

	status(name: string, status: string): void {
		this.#of(name).status = status;
	}

	/** What the broker kept of one. */
	stateOf(name: string): DeviceState | undefined {
		return this.#kept.get(name)?.state;
	}

	/** Ends it: what is to be said of each that is not connected here. */
	end(hasAccount: (name: string) => boolean): Finding[] {
		const findings = [...this.#kept].map(([name, { state, status = 'offline' }]): Finding => {
			if (!hasAccount(name)) return { name, kind: 'nobody' };
			if (status === 'offline' || state?.via === 'websocket') return { name, kind: 'gone' };
			return { name, kind: 'by_mqtt', status };
		});
		this.#kept.clear();
		return findings;
	}

	#of(name: string): Kept {
		const kept = this.#kept.get(name) ?? {};
		this.#kept.set(name, kept);
		return kept;
	}
}

import type { Clock, Transport } from '@pilotwire/runtime';

/** How the connections of this process to its broker do, for whoever watches over it. */
export class BusHealth {
	readonly #clock: Pick<Clock, 'monotonicMs'>;
	/** For each transport that runs, since when it has been without its broker; monotonic ms. */
	readonly #lost = new Map<Transport, number | undefined>();

	constructor(clock: Pick<Clock, 'monotonicMs'>) {
		this.#clock = clock;
	}

	/** The same transport, watched from its start to its stop. */
	watch(transport: Transport): Transport {
		return {
			start: (events, will) => {
				this.#lost.set(transport, this.#clock.monotonicMs());
				const connected = (): void => {
					this.#lost.set(transport, undefined);
					events.connected();
				};
				const disconnected = (): void => {
					this.#lost.set(transport, this.#lost.get(transport) ?? this.#clock.monotonicMs());
					events.disconnected();
				};
				transport.start({ ...events, connected, disconnected }, will);
			},
			stop: () => {
				this.#lost.delete(transport);
				return transport.stop();
			},
			publish: (message, taken) => transport.publish(message, taken),
			subscribe: (filters) => transport.subscribe(filters),
		};
	}

	/** How long the one that has been without its broker longest has been, ms; 0 where all have theirs. */
	get lostForMs(): number {
		const nowMs = this.#clock.monotonicMs();
		return Math.max(0, ...[...this.#lost.values()].map((sinceMs) => (sinceMs === undefined ? 0 : nowMs - sinceMs)));
	}
}

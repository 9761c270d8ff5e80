import { Bus, createContext, silentLog } from '@pilotwire/runtime';
import type { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import type { Outgoing } from '../src/core/outbox.ts';
import { Bridge, type Bridge as BridgeService, bridgeSections, HouseSide } from '../src/index.ts';
import type { Outside, OutsideEvents } from '../src/io/outside-broker.ts';

/** The outside broker as a hub without sockets, with as much room as a test gives it. */
export class HubOutside implements Outside {
	/** Messages that it takes; then none until there is more. */
	room = Number.POSITIVE_INFINITY;
	readonly #hub: MemoryHub;
	readonly #clock: VirtualClock;
	#transport: ReturnType<MemoryHub['transport']> | undefined;
	#events: OutsideEvents | undefined;
	#will: Outgoing | undefined;

	constructor(hub: MemoryHub, clock: VirtualClock) {
		this.#hub = hub;
		this.#clock = clock;
	}

	start(events: OutsideEvents, will: Outgoing): void {
		this.#events = events;
		this.#will = will;
		this.#connect();
	}

	publish(message: Outgoing, landed?: () => void): boolean {
		if (this.room <= 0 || this.#transport?.publish(message) !== true) return false;
		this.room -= 1;
		landed?.();
		return true;
	}

	subscribe(filters: readonly string[]): void {
		this.#transport?.subscribe(filters);
	}

	unsubscribe(): void {
		// A hub has no word for it; what comes meanwhile is no news.
	}

	leave(forMs: number): void {
		void this.#transport?.stop();
		this.#transport = undefined;
		this.#clock.after(forMs, () => this.#connect());
	}

	/** The connection is lost, as seen by both. */
	lose(): void {
		this.#transport?.lose();
		this.#transport = undefined;
		this.#events?.disconnected();
		this.#clock.after(1_000, () => this.#connect());
	}

	/** There is room again. */
	give(room: number): void {
		this.room = room;
		this.#events?.roomAgain();
	}

	async stop(): Promise<void> {
		this.#events = undefined;
		await this.#transport?.stop();
	}

	#connect(): void {
		if (this.#events === undefined || this.#will === undefined) return;
		this.#transport = this.#hub.transport();
		this.#transport.start(this.#events, this.#will);
	}
}

export interface Rig {
	readonly bridge: BridgeService;
	readonly outside: HubOutside;
	/** What the service could not live with. */
	readonly failures: unknown[];
	stop(): Promise<void>;
}

/** A bridge between two hubs. */
export async function rigged(
	hubs: { readonly home: MemoryHub; readonly outside: MemoryHub; readonly clock: VirtualClock },
	settings: Record<string, unknown> = {},
): Promise<Rig> {
	const { home, clock } = hubs;
	const failures: unknown[] = [];
	const context = createContext('bridge', silentLog, clock, (error) => failures.push(error));
	const side = new HouseSide(home.transport());
	const outside = new HubOutside(hubs.outside, clock);
	const bridge = bridgeSections.bridge
		.unwrap()
		.parse({ url: 'mqtts://broker.example.org', house: 'dupont', ...settings });
	const service = new Bridge(
		context,
		new Bus(context, 'home', side),
		{ house: side, outside },
		{ site: 'home', bridge },
	);
	await service.start();
	return {
		...{ bridge: service, outside, failures },
		stop: async () => {
			await service.stop();
			context.end();
		},
	};
}

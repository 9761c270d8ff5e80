// Real services in one process, on virtual time and a bus in memory.
import {
	Bus,
	type Clock,
	createContext,
	ForeignTopics,
	type Logger,
	type Service,
	type ServiceContext,
} from '@pilotwire/runtime';
import type { MemoryHub } from '@pilotwire/runtime/virtual';

/** Makes a service for one life of it; `isAlive` says no once that life has ended. `foreign`: the topics of devices. */
export type ServiceMaker = (
	context: ServiceContext,
	bus: Bus,
	isAlive: () => boolean,
	foreign: ForeignTopics,
) => Service;

export interface VirtualServicesOptions {
	readonly site: string;
	readonly clock: Clock;
	readonly hub: MemoryHub;
	log(service: string): Logger;
	/** An error that would have ended a service. */
	failed(error: unknown): void;
	/** Lets the little time pass that a service takes to stop. */
	settle(): Promise<void>;
}

interface Life {
	readonly service: Service;
	readonly end: () => void;
	readonly lose: () => void;
}

/** The services that run, by name. */
export class VirtualServices {
	readonly #options: VirtualServicesOptions;
	readonly #lives = new Map<string, Life>();

	constructor(options: VirtualServicesOptions) {
		this.#options = options;
	}

	/** Starts a service. */
	async start(name: string, make: ServiceMaker): Promise<void> {
		if (this.#lives.has(name)) throw new Error(`${name} runs already`);
		const { site, clock, hub, log, failed } = this.#options;
		const transport = hub.transport();
		const context = createContext(name, log(name), clock, failed);
		let alive = true;
		const foreign = new ForeignTopics(context, transport);
		const service = make(context, new Bus(context, site, foreign), () => alive, foreign);
		const end = (): void => {
			alive = false;
			context.end();
		};
		this.#lives.set(name, { service, end, lose: () => transport.lose() });
		await service.start();
	}

	/** Ends a service as SIGTERM does. */
	async stop(name: string): Promise<void> {
		const life = this.#lives.get(name);
		this.#lives.delete(name);
		const stopped = life?.service.stop();
		await this.#options.settle();
		await stopped;
		life?.end();
	}

	/** Ends a service as SIGKILL does. */
	kill(name: string): void {
		const life = this.#lives.get(name);
		this.#lives.delete(name);
		life?.end();
		life?.lose();
	}

	/** Ends what still runs. */
	async stopAll(): Promise<void> {
		for (const name of [...this.#lives.keys()]) await this.stop(name);
	}
}

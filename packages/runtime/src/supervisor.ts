import type { Clock, Timer } from './clock.ts';
import { messageOf, PilotwireError } from './errors.ts';
import type { Logger } from './log.ts';
import { Metrics } from './metrics.ts';
import { createContext, type Service, type ServiceContext, type ServiceFactory } from './service.ts';

/** First wait before a failed service starts again; doubles up to the last. Milliseconds. */
const FIRST_RESTART_MS = 500;
const LAST_RESTART_MS = 30_000;
/** A life this long makes the next failure a first one again. Milliseconds. */
const GOOD_LIFE_MS = 60_000;
/** A service that doesn't stop in this time is left behind. Milliseconds. */
const STOP_WITHIN_MS = 5_000;

interface Life {
	readonly context: ServiceContext & { end(): void };
	readonly service: Service;
	readonly startedMs: number;
}

/**
 * Runs services in one process and starts a failed one again, alone, with back-off (design rule 8). A failure in a
 * handler ends in the service's `fail`; an error nobody owns is the process's affair.
 */
export class Supervisor {
	readonly #clock: Clock;
	readonly #log: (service: string) => Logger;
	readonly #metrics: Metrics;
	readonly #runs = new Map<string, Run>();

	/** `metrics`: what the services measure goes there. */
	constructor(clock: Clock, log: (service: string) => Logger, metrics: Metrics = new Metrics()) {
		this.#clock = clock;
		this.#log = log;
		this.#metrics = metrics;
		metrics.add([
			{
				...{ name: 'pilotwire_service_restarts_total', type: 'counter' },
				help: 'Times a service failed and was started again.',
				read: () => Object.entries(this.restarts()).map(([service, value]) => ({ labels: { service }, value })),
			},
		]);
	}

	/** Starts a service. Throws where its first start fails for a reason that trying again can't help. */
	async start(name: string, factory: ServiceFactory): Promise<void> {
		const run = new Run(name, factory, this.#clock, this.#log(name), this.#metrics);
		this.#runs.set(name, run);
		await run.begin();
	}

	/** Times each service was started again. */
	restarts(): Readonly<Record<string, number>> {
		return Object.fromEntries([...this.#runs].map(([name, run]) => [name, run.restarts]));
	}

	/** Stops all services, the last started first. */
	async stop(): Promise<void> {
		for (const run of [...this.#runs.values()].reverse()) await run.end();
		this.#runs.clear();
	}
}

class Run {
	restarts = 0;
	readonly #name: string;
	readonly #factory: ServiceFactory;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #metrics: Metrics;
	#life: Life | undefined;
	#waitMs = FIRST_RESTART_MS;
	#timer: Timer | undefined;
	#ended = false;

	constructor(name: string, factory: ServiceFactory, clock: Clock, log: Logger, metrics: Metrics) {
		this.#name = name;
		this.#factory = factory;
		this.#clock = clock;
		this.#log = log;
		this.#metrics = metrics;
	}

	async begin(): Promise<void> {
		try {
			await this.#live();
		} catch (error) {
			if (error instanceof PilotwireError && error.exitCode !== undefined) throw error;
			this.#failed(error);
		}
	}

	async end(): Promise<void> {
		this.#ended = true;
		this.#timer?.cancel();
		await this.#stopLife();
	}

	async #live(): Promise<void> {
		const failed = (error: unknown): void => {
			if (this.#life?.context === context) this.#failed(error);
		};
		const context = createContext(this.#name, this.#log, this.#clock, failed, this.#metrics);
		const service = this.#factory(context);
		this.#life = { context, service, startedMs: this.#clock.monotonicMs() };
		await service.start();
	}

	#failed(error: unknown): void {
		if (this.#ended || this.#timer !== undefined) return;
		const life = this.#life;
		if (life !== undefined && this.#clock.monotonicMs() - life.startedMs > GOOD_LIFE_MS)
			this.#waitMs = FIRST_RESTART_MS;
		const waitMs = this.#waitMs;
		this.#waitMs = Math.min(this.#waitMs * 2, LAST_RESTART_MS);
		this.#log.error(
			{ err: error },
			`${this.#name} failed (${messageOf(error)}); it starts again in ${waitMs / 1000} s`,
		);
		const stopped = this.#stopLife();
		this.#timer = this.#clock.after(waitMs, () => {
			void stopped.then(() => this.#restart());
		});
	}

	async #restart(): Promise<void> {
		this.#timer = undefined;
		if (this.#ended) return;
		this.restarts += 1;
		try {
			await this.#live();
		} catch (error) {
			this.#failed(error);
		}
	}

	async #stopLife(): Promise<void> {
		const life = this.#life;
		if (life === undefined) return;
		this.#life = undefined;
		const stopping = life.service.stop().catch((error: unknown) => {
			this.#log.warn({ err: error }, `${this.#name} did not stop cleanly: ${messageOf(error)}`);
		});
		let overdue: Timer | undefined;
		const late = new Promise<void>((resolve) => {
			overdue = this.#clock.after(STOP_WITHIN_MS, () => {
				this.#log.warn({}, `${this.#name} did not stop within ${STOP_WITHIN_MS / 1000} s and is left behind`);
				resolve();
			});
		});
		await Promise.race([stopping, late]);
		overdue?.cancel();
		life.context.end();
	}
}

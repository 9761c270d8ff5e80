import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';
import { type Metric, Metrics } from './metrics.ts';

/** A part of the house that runs: its constructor does nothing, `start` is called once, `stop` always. */
export interface Service {
	start(): Promise<void>;
	stop(): Promise<void>;
}

/** What a service is given to live in. */
export interface ServiceContext {
	readonly name: string;
	readonly log: Logger;
	/** A clock whose timers belong to this service: what an action throws ends in `fail`. */
	readonly clock: Clock;
	/** Adds figures for Prometheus, as long as this life of the service lasts. */
	measure(metrics: readonly Metric[]): void;
	/** Reports an error that the service can't live with: it is stopped and started again, alone. */
	fail(error: unknown): void;
	/** Wraps a handler so that what it throws, or rejects with, ends in `fail`. */
	guard<Arguments extends unknown[]>(
		handler: (...given: Arguments) => void | Promise<void>,
	): (...given: Arguments) => void;
}

/** Makes a service anew at each start. */
export type ServiceFactory = (context: ServiceContext) => Service;

/** The context of one life of a service; after `end` nothing of that life runs any more. */
export function createContext(
	name: string,
	log: Logger,
	clock: Clock,
	onFailure: (error: unknown) => void,
	metrics: Metrics = new Metrics(),
): ServiceContext & { end(): void } {
	let alive = true;
	const fail = (error: unknown): void => {
		if (alive) onFailure(error);
	};
	const guard: ServiceContext['guard'] =
		(handler) =>
		(...given) => {
			if (!alive) return;
			try {
				const pending = handler(...given);
				if (pending instanceof Promise) pending.catch(fail);
			} catch (error) {
				fail(error);
			}
		};
	const timers = new Set<Timer>();
	const measured: (() => void)[] = [];
	const own = (timer: Timer): Timer => {
		timers.add(timer);
		return {
			cancel: () => {
				timers.delete(timer);
				timer.cancel();
			},
		};
	};
	const ownClock: Clock = {
		monotonicMs: () => clock.monotonicMs(),
		wallMs: () => clock.wallMs(),
		after: (delayMs, action) => {
			const timer = clock.after(
				delayMs,
				guard(() => {
					timers.delete(timer);
					action();
				}),
			);
			return own(timer);
		},
		every: (periodMs, action) => own(clock.every(periodMs, guard(action))),
	};
	return {
		name,
		log,
		clock: ownClock,
		measure: (added) => void measured.push(metrics.add(added)),
		fail,
		guard,
		end: () => {
			alive = false;
			for (const timer of timers) timer.cancel();
			for (const remove of measured) remove();
		},
	};
}

import { Calendar } from '@pilotwire/calendar';
import { type ReadingState, topics } from '@pilotwire/contract';
import {
	type Bus,
	type Clock,
	type ForeignTopics,
	type TariffConfig,
	type Timer,
	tariffTopics,
} from '@pilotwire/runtime';
import { TariffWatch } from './tariff-watch.ts';

/** How often it is looked whether the schedule says another period. Milliseconds. */
const LOOK_MS = 1_000;
/** Said again this often although nothing changed: who acts on it knows then that it still holds. Milliseconds. */
const AGAIN_MS = 300_000;

/** Publishes `tariff/state`: when something in it changes, and every five minutes. */
export class TariffPublisher {
	readonly #bus: Bus;
	readonly #clock: Clock;
	readonly #watch: TariffWatch;
	#timer: Timer | undefined;
	#said = { text: '', atMs: 0 };

	constructor(bus: Bus, clock: Clock, config: TariffConfig, timeZone: string, foreign: ForeignTopics | undefined) {
		this.#bus = bus;
		this.#clock = clock;
		this.#watch = new TariffWatch(config, new Calendar(timeZone));
		for (const name of tariffTopics(config)) {
			foreign?.hear(name, (text) => {
				this.#watch.hearTopic(name, text, clock.wallMs());
				this.#look();
			});
		}
	}

	start(): void {
		this.#timer = this.#clock.every(LOOK_MS, () => this.#look());
		this.#look();
	}

	stop(): void {
		this.#timer?.cancel();
	}

	/** A frame of the meter that the house's tariff is read from. */
	hear(reading: ReadingState): void {
		this.#watch.hearReading(reading, this.#clock.wallMs());
		this.#look();
	}

	#look(): void {
		const state = this.#watch.state(this.#clock.wallMs());
		const nowMs = this.#clock.monotonicMs();
		const text = JSON.stringify({ ...state, at: '' });
		if (text === this.#said.text && nowMs - this.#said.atMs < AGAIN_MS) return;
		this.#said = { text, atMs: nowMs };
		this.#bus.publish(topics.tariff, {}, state);
	}
}

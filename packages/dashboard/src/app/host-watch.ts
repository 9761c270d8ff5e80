// One watch of one machine: said again while somebody looks, and taken back when nobody does.
import { type HostLog, topicFilter, topics } from '@pilotwire/contract';
import { type RhythmS, sampleOf, watchStep } from '../core/machines.ts';
import type { HostBus } from './host-bus.ts';

const TICK_MS = 1_000;

/** What a watch is of, and who hears it. */
export interface WatchOf {
	readonly bus: HostBus;
	readonly host: string;
	readonly onSample: (sample: HostLog) => void;
}

/** Watches from its making until `end`. */
export class Watch {
	readonly #of: WatchOf;
	readonly #by: string;
	#everyS: RhythmS;
	#wanted = true;
	#saidMs: number | undefined;
	#hiddenSinceMs = document.visibilityState === 'visible' ? undefined : Date.now();
	readonly #endings: (() => void)[];

	constructor(of: WatchOf, everyS: RhythmS) {
		this.#of = of;
		this.#everyS = everyS;
		const random = crypto.getRandomValues(new Uint8Array(8));
		this.#by = `web-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
		const { bus, host, onSample } = of;
		const timer = setInterval(() => void this.#step(), TICK_MS);
		const seen = (): void => {
			this.#hiddenSinceMs = document.visibilityState === 'visible' ? undefined : Date.now();
			void this.#step();
		};
		document.addEventListener('visibilitychange', seen);
		this.#endings = [
			() => clearInterval(timer),
			() => document.removeEventListener('visibilitychange', seen),
			bus.listen([topicFilter(bus.site, topics.hostLog, { host })], (message) => {
				const sample = sampleOf(bus.site, host, message);
				if (sample !== undefined) onSample(sample);
			}),
			// A new connection: whether the machine has heard the last word is not known.
			bus.link.subscribe(({ kind }) => {
				if (kind !== 'up') this.#saidMs = undefined;
				else void this.#step();
			}),
		];
	}

	/** Another rhythm, at once. */
	setRhythm(everyS: RhythmS): void {
		this.#everyS = everyS;
		if (this.#saidMs !== undefined) this.#saidMs = 0;
		void this.#step();
	}

	/** Nobody watches any more; settles once the broker has that, or is away. */
	async end(): Promise<void> {
		for (const end of this.#endings.splice(0)) end();
		this.#wanted = false;
		await this.#step();
	}

	async #step(): Promise<void> {
		const nowMs = Date.now();
		const { bus, host } = this.#of;
		if (bus.link.peek().kind !== 'up') return;
		const what = watchStep({
			...{ wanted: this.#wanted, hiddenSinceMs: this.#hiddenSinceMs, saidMs: this.#saidMs, nowMs },
		});
		if (what === undefined) return;
		this.#saidMs = what === 'watch' ? nowMs : undefined;
		const by = this.#by;
		const command = what === 'watch' ? { watch: { by, everyS: this.#everyS } } : { unwatch: { by } };
		try {
			await bus.send(host, command);
		} catch {
			this.#saidMs = undefined;
		}
	}
}

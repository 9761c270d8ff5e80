import type { HomeAssistantMeter, HomeAssistantShedder, ReadingState, ShedderState } from '@pilotwire/contract';
import { type MeterMemory, MeterView } from './meter-view.ts';
import type { Notice } from './register-guard.ts';
import { shedderView, wordsOfView } from './shedder-view.ts';
import type { MeterShape } from './things/meter.ts';

/** Where figures go, and what is noticed about them. */
export interface FigureParts {
	/** The ids of the meters whose figures are published. */
	readonly meters: readonly string[];
	readonly meter: (id: string, figures: HomeAssistantMeter) => void;
	readonly shedder: (view: HomeAssistantShedder) => void;
	/** What a meter has at all; called with each reading. */
	readonly shape: (id: string, shape: MeterShape) => void;
	readonly notice: (id: string, notice: Notice) => void;
}

/**
 * The figures that Home Assistant reads: each meter's, guarded, and the shedder's. They are published when they are asked
 * for, once for each news; the shedder's words at once.
 */
export class Figures {
	readonly #parts: FigureParts;
	readonly #meters = new Map<string, MeterView>();
	/** Meters whose last reading has not been published yet. */
	readonly #fresh = new Set<string>();
	#shedder: ShedderState | undefined;
	#words = '';

	constructor(parts: FigureParts) {
		this.#parts = parts;
	}

	/** Takes what was remembered of the meters. */
	remember(memory: Readonly<Record<string, MeterMemory>>): void {
		for (const id of this.#parts.meters) {
			const known = memory[id];
			if (known !== undefined) this.#parts.shape(id, this.#add(id, known).shape);
		}
	}

	/** Takes what was last published of a meter: what is remembered may be older. */
	recall(id: string, figures: HomeAssistantMeter): void {
		this.#meters.get(id)?.recall(figures);
	}

	/** `nowMs`: wall clock. */
	hearReading(id: string, reading: ReadingState, nowMs: number): void {
		if (!this.#parts.meters.includes(id)) return;
		const view = this.#meters.get(id) ?? this.#add(id);
		view.take(reading, nowMs);
		this.#fresh.add(id);
		this.#parts.shape(id, view.shape);
	}

	/** @param speaks whether what is new in words may be published now */
	hearShedder(state: ShedderState, speaks: boolean): void {
		this.#shedder = state;
		if (speaks && wordsOfView(shedderView(state)) !== this.#words) this.#publishShedder();
	}

	/** Publishes what is new. `at`: now, ISO 8601. */
	publish(at: string): void {
		for (const id of this.#fresh) {
			const figures = this.#meters.get(id)?.figures(at);
			if (figures !== undefined) this.#parts.meter(id, figures);
		}
		this.#fresh.clear();
		this.#publishShedder();
	}

	memory(): Record<string, MeterMemory> {
		return Object.fromEntries([...this.#meters].map(([id, view]) => [id, view.memory()]));
	}

	#add(id: string, memory?: MeterMemory): MeterView {
		const view = new MeterView((notice) => this.#parts.notice(id, notice), memory);
		this.#meters.set(id, view);
		return view;
	}

	#publishShedder(): void {
		if (this.#shedder === undefined) return;
		const view = shedderView(this.#shedder);
		this.#shedder = undefined;
		this.#words = wordsOfView(view);
		this.#parts.shedder(view);
	}
}

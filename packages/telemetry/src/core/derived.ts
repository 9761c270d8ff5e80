import type { ReadingState, ShedderState, TariffState } from '@pilotwire/contract';
import { MARK_SERIES } from '../energy/series.ts';
import type { Recorded } from './thinning.ts';

const MINUTE_MS = 60_000;
/** A shed set that isn't heard of again says nothing of the time after. Milliseconds. */
const HELD_MS = 5_000;
/** Registers that say nothing of the tariff, of a meter that counts in one. */
const PLAIN_REGISTERS: readonly string[] = ['BASE', 'EAST', 'EASF01'];

/** What the history holds besides what is said: it follows from several messages together. Moments: ms since 1970 UTC. */
export class DerivedPoints {
	readonly #registers = new Map<string, Readonly<Record<string, number>>>();
	#tariff: string | undefined;
	readonly #shed = new Map<number, { minuteMs: number; shedMs: number }>();
	#shedder: { readonly atMs: number; readonly phases: readonly number[] } | undefined;

	reading(meter: string, { energyWh }: ReadingState): void {
		this.#registers.set(meter, energyWh);
	}

	/** Where the meters don't know the tariff: what their registers stand at as it changes. */
	tariff({ at, source, period, colour }: TariffState): Recorded[] {
		const tariff = `${period} ${colour}`;
		const isNew = tariff !== this.#tariff;
		this.#tariff = tariff;
		if (!isNew || source === 'meter') return [];
		return [...this.#registers].flatMap(([meter, registers]) =>
			PLAIN_REGISTERS.filter((register) => registers[register] !== undefined).map((register): Recorded => {
				const value = String(registers[register]);
				return { draft: { series: MARK_SERIES, tags: { meter, register }, at: Date.parse(at), value }, keep: 'all' };
			}),
		);
	}

	/** Seconds of each minute that circuits of a phase had to wait: a point for each minute that is over. */
	shedder({ at, waiting }: ShedderState): Recorded[] {
		const atMs = Date.parse(at);
		const points: Recorded[] = [];
		const before = this.#shedder;
		const phases = [...new Set(waiting.filter(({ shed }) => shed).map(({ phase }) => phase))];
		this.#shedder = { atMs, phases };
		if (before === undefined || atMs <= before.atMs) return points;
		const untilMs = Math.min(atMs, before.atMs + HELD_MS);
		for (const phase of before.phases) points.push(...this.#count(phase, before.atMs, untilMs));
		for (const [phase, { minuteMs, shedMs }] of this.#shed) {
			if (atMs < minuteMs + MINUTE_MS) continue;
			points.push(shedPoint(phase, minuteMs, shedMs));
			this.#shed.delete(phase);
		}
		return points;
	}

	#count(phase: number, fromMs: number, toMs: number): Recorded[] {
		const points: Recorded[] = [];
		for (let partMs = fromMs; partMs < toMs; ) {
			const minuteMs = partMs - (partMs % MINUTE_MS);
			const endMs = Math.min(toMs, minuteMs + MINUTE_MS);
			const open = this.#shed.get(phase);
			if (open !== undefined && open.minuteMs !== minuteMs) points.push(shedPoint(phase, open.minuteMs, open.shedMs));
			const shedMs = (open?.minuteMs === minuteMs ? open.shedMs : 0) + endMs - partMs;
			this.#shed.set(phase, { minuteMs, shedMs });
			partMs = endMs;
		}
		return points;
	}
}

function shedPoint(phase: number, minuteMs: number, shedMs: number): Recorded {
	const value = Math.round(shedMs / 100) / 10;
	return { draft: { series: 'shed.seconds', tags: { phase: String(phase) }, at: minuteMs, value }, keep: 'all' };
}

import type { Calendar } from '@pilotwire/calendar';
import type { PriceEntry } from '@pilotwire/contract';
import type { Stretch } from './rise.ts';
import { type TariffKey, tariffOf } from './tariff-key.ts';

/** Prices and the stretch that they hold in. */
export interface Priced extends Stretch {
	/** Absent before the first entry's day. */
	readonly prices: PriceEntry | undefined;
}

/** Dated prices: an entry holds from the midnight of its day, in the house's time, until the next one's. */
export class PriceList {
	readonly #entries: readonly { readonly fromMs: number; readonly prices: PriceEntry }[];

	/** @param prices in any order; of two of the same day the last counts */
	constructor(calendar: Calendar, prices: readonly PriceEntry[]) {
		const byDay = new Map(prices.map((entry) => [entry.from, entry]));
		this.#entries = [...byDay.values()]
			.map((entry) => ({ fromMs: calendar.instant(entry.from, 0), prices: entry }))
			.sort((a, b) => a.fromMs - b.fromMs);
	}

	/** When prices change within a stretch. Ms since 1970 UTC. */
	changesMs({ fromMs, toMs }: Stretch): number[] {
		return this.#entries.map((entry) => entry.fromMs).filter((atMs) => atMs > fromMs && atMs < toMs);
	}

	/** A stretch cut where prices change. */
	*parts({ fromMs, toMs }: Stretch): Generator<Priced> {
		for (let partMs = fromMs; partMs < toMs; ) {
			const next = this.#entries.findIndex((entry) => entry.fromMs > partMs);
			const endMs = Math.min(this.#entries[next]?.fromMs ?? toMs, toMs);
			const inForce = next < 0 ? this.#entries.at(-1) : this.#entries[next - 1];
			yield { fromMs: partMs, toMs: endMs, prices: inForce?.prices };
			partMs = endMs;
		}
	}
}

/** What a kWh costs in a tariff, without taxes; undefined where the prices don't say. */
export function pricePerKWh({ energy }: PriceEntry, tariff: TariffKey): number | undefined {
	const { period, colour } = tariffOf(tariff);
	const exact = energy.find((price) => price.period === period && price.colour === colour);
	const ofPeriod = energy.find((price) => price.period === period && price.colour === undefined);
	return (exact ?? ofPeriod ?? energy.find((price) => price.period === 'all_hours'))?.perKWh;
}

import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import type { Resolution } from './cell.ts';
import type { HistoryReader, MomentsOf, RangeQuery, Selection, SeriesCells, SeriesPoints } from './store.ts';

/** Answers from a store once it has what still waits for it: points are written seldom, but a question should see them. */
export class FreshReader implements HistoryReader {
	readonly name: string;
	readonly #reader: HistoryReader;
	readonly #flush: () => Promise<void>;

	/** @param flush resolves once the store has what came until some seconds ago, or can't have it; never rejects */
	constructor(reader: HistoryReader, flush: () => Promise<void>) {
		this.name = reader.name;
		this.#reader = reader;
		this.#flush = flush;
	}

	async query(range: RangeQuery): Promise<HistoryLine[]> {
		await this.#flush();
		return this.#reader.query(range);
	}

	async series(name?: string): Promise<HistorySeries[]> {
		await this.#flush();
		return this.#reader.series(name);
	}

	async *points(selection: Selection): AsyncGenerator<SeriesPoints> {
		await this.#flush();
		yield* this.#reader.points(selection);
	}

	async *cells(selection: Selection, resolution: Resolution): AsyncGenerator<SeriesCells> {
		await this.#flush();
		yield* this.#reader.cells(selection, resolution);
	}

	async *counted(selection: Selection, moments: MomentsOf): AsyncGenerator<SeriesCells> {
		await this.#flush();
		yield* this.#reader.counted(selection, moments);
	}

	async *changes(selection: Selection): AsyncGenerator<SeriesPoints> {
		await this.#flush();
		yield* this.#reader.changes(selection);
	}
}

import { HttpError, Point as Line } from '@influxdata/influxdb-client';
import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import { type Clock, messageOf, type PilotwireError } from '@pilotwire/runtime';
import type { InfluxdbSection } from '../config.ts';
import { beforeQuery, bucketsQuery, fields, linesOf, seriesOf, seriesQuery } from '../core/influxql.ts';
import { kindOf, type Point } from '../core/point.ts';
import { compareLines, type HistoryStore, type RangeQuery, type WriteOutcome } from '../core/store.ts';
import { InfluxdbServer } from './influxdb-server.ts';

const kinds = ['number', 'text'] as const;
/** Series without a point for so long are not listed: to find older ones the server would read everything. Milliseconds. */
const LISTED_MS = 30 * 86_400_000;
/** So many points refused one by one without one taken: it is not the points. */
const PATIENCE = 10;

/** The history in InfluxDB: a measurement for each series, numbers in the field `value`, texts in `text`. */
export class InfluxdbStore implements HistoryStore {
	readonly name = 'influxdb';
	readonly mostPerWrite = 5_000;
	readonly #server: InfluxdbServer;
	readonly #clock: Clock;

	/** Throws `SECRET_UNREADABLE`. */
	constructor(settings: InfluxdbSection, clock: Clock) {
		this.#server = new InfluxdbServer(settings);
		this.#clock = clock;
	}

	/** Nothing: a server that is away comes back. */
	async open(): Promise<void> {}

	async write(points: readonly Point[]): Promise<WriteOutcome> {
		const outcome = { written: 0, refused: 0, problem: '' };
		await this.#send(points.map(toLine), outcome);
		const { written, refused, problem } = outcome;
		return { written, refused, ...(refused === 0 ? {} : { problem }) };
	}

	async query(range: RangeQuery): Promise<HistoryLine[]> {
		const lines = await Promise.all(
			kinds.map(async (kind) => {
				const [buckets, before] = await Promise.all([
					this.#server.ask(bucketsQuery(range, kind)),
					this.#server.ask(beforeQuery(range, kind)),
				]);
				return linesOf(range.series, kind, buckets, before);
			}),
		);
		return lines.flat().sort(compareLines);
	}

	async series(name?: string): Promise<HistorySeries[]> {
		const answer = await this.#server.ask(seriesQuery(name, this.#clock.wallMs() - LISTED_MS));
		return seriesOf(answer).sort(compareLines);
	}

	async close(): Promise<void> {
		this.#server.close();
	}

	/**
	 * One point that the server can't take makes it refuse the whole request, or a part that it doesn't name: so a
	 * refused one is sent again in halves. What was taken already is there once all the same.
	 */
	async #send(lines: readonly string[], outcome: { written: number; refused: number; problem: string }): Promise<void> {
		try {
			await this.#server.write(lines);
			outcome.written += lines.length;
		} catch (error) {
			if (!isRefusal(error) || (outcome.written === 0 && outcome.refused >= PATIENCE)) throw error;
			if (lines.length === 1) {
				outcome.refused += 1;
				outcome.problem = messageOf(error);
				return;
			}
			const half = Math.ceil(lines.length / 2);
			await this.#send(lines.slice(0, half), outcome);
			await this.#send(lines.slice(half), outcome);
		}
	}
}

/** Whether the lines themselves were refused (400 malformed or of another type, 413 too long, 422 out of range). */
function isRefusal(error: unknown): boolean {
	const cause = (error as PilotwireError).cause;
	return cause instanceof HttpError && [400, 413, 422].includes(cause.statusCode);
}

/** A point in line protocol, dated in ms. */
function toLine({ series, tags, at, value }: Point): string {
	const line = new Line(series).timestamp(String(at));
	for (const [name, text] of Object.entries(tags)) line.tag(name, text);
	if (typeof value === 'number') line.floatField(fields[kindOf(value)], value);
	else line.stringField(fields[kindOf(value)], value);
	return line.toLineProtocol({ convertTime: (moment) => String(moment) }) ?? '';
}

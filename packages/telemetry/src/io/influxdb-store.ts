import { HttpError, Point as Line } from '@influxdata/influxdb-client';
import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import { type Clock, messageOf, type PilotwireError } from '@pilotwire/runtime';
import type { InfluxdbSection } from '../config.ts';
import type { Resolution } from '../core/cell.ts';
import { fields } from '../core/influxql.ts';
import { kindOf, type Point } from '../core/point.ts';
import {
	compareLines,
	type HistoryStore,
	type KeepFor,
	keepFor,
	type MomentsOf,
	type RangeQuery,
	type Selection,
	type SeriesCells,
	type SeriesPoints,
	type WriteOutcome,
} from '../core/store.ts';
import { InfluxdbReading } from './influxdb-reading.ts';
import { InfluxdbRollUps, partOf } from './influxdb-roll-ups.ts';
import { InfluxdbServer } from './influxdb-server.ts';

/** So many points refused one by one without one taken: it is not the points. */
const PATIENCE = 10;
/** Points this much younger than what is kept still go among the points: the server deletes by its own clock. Milliseconds. */
const MARGIN_MS = 3_600_000;

/**
 * The history in InfluxDB: a measurement for each series, numbers in the field `value`, texts in `text`. Minutes and hours
 * lie in databases (2.x: buckets) of their own beside it, and with the hours the texts, which are kept as long.
 */
export class InfluxdbStore implements HistoryStore {
	readonly name = 'influxdb';
	readonly mostPerWrite = 5_000;
	readonly #server: InfluxdbServer;
	readonly #rollUps: InfluxdbRollUps;
	readonly #reading: InfluxdbReading;
	readonly #clock: Clock;
	readonly #keep: KeepFor;

	/** Throws `SECRET_UNREADABLE`. */
	constructor(settings: InfluxdbSection, clock: Clock, keep: KeepFor = keepFor()) {
		this.#server = new InfluxdbServer(settings, keep);
		this.#rollUps = new InfluxdbRollUps(this.#server);
		this.#reading = new InfluxdbReading(this.#server, this.#rollUps, clock, keep);
		this.#clock = clock;
		this.#keep = keep;
	}

	/** Nothing: a server that is away comes back. */
	async open(): Promise<void> {}

	async write(points: readonly Point[]): Promise<WriteOutcome> {
		const outcome = { written: 0, refused: 0, problem: '' };
		const keptMs = this.#clock.wallMs() - this.#keep.pointsMs + MARGIN_MS;
		const young = points.filter(({ at }) => at >= keptMs);
		const aged = points.filter(({ at }) => at < keptMs);
		await this.#send(young.map(toLine), outcome);
		this.#rollUps.note(young);
		const texts = points.filter(({ value }) => typeof value === 'string');
		if (texts.length > 0) await this.#server.write(texts.map(toLine), 'hours');
		await this.#rollUps.addAged(aged);
		const { written, refused, problem } = outcome;
		return { written: written + aged.length, refused, ...(refused === 0 ? {} : { problem }) };
	}

	async putCells(cells: readonly SeriesCells[]): Promise<void> {
		for (const { series, tags, cells: all } of cells) {
			for (const part of ['minutes', 'hours'] as const) {
				const own = all.filter((cell) => partOf(cell) === part);
				if (own.length > 0) await this.#rollUps.put(part, { series, tags, cells: own });
			}
		}
	}

	/** The server deletes by itself what is kept no longer; rolling up is ours. */
	upkeep(): Promise<boolean> {
		return this.#rollUps.step(
			() => this.#reading.names('points'),
			() => this.#reading.earliest(),
		);
	}

	query(range: RangeQuery): Promise<HistoryLine[]> {
		return this.#reading.query(range);
	}

	async series(name?: string): Promise<HistorySeries[]> {
		return (await this.#reading.series(name)).sort(compareLines);
	}

	points(selection: Selection): AsyncIterable<SeriesPoints> {
		return this.#reading.points(selection);
	}

	cells(selection: Selection, resolution: Resolution): AsyncIterable<SeriesCells> {
		return this.#reading.cells(selection, resolution);
	}

	counted(selection: Selection, moments: MomentsOf): AsyncIterable<SeriesCells> {
		return this.#reading.counted(selection, moments);
	}

	changes(selection: Selection): AsyncIterable<SeriesPoints> {
		return this.#reading.changes(selection);
	}

	async close(): Promise<void> {
		this.#server.close();
	}

	/**
	 * One point that the server can't take makes it refuse the whole request, or a part that it doesn't name: so a
	 * refused one is sent again in halves. What was taken already is there once all the same.
	 */
	async #send(lines: readonly string[], outcome: { written: number; refused: number; problem: string }): Promise<void> {
		if (lines.length === 0) return;
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

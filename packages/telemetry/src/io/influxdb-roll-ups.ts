import { Point as Line } from '@influxdata/influxdb-client';
import { type Cell, cellsOf, coarser, HOUR_MS, isCounter, MINUTE_MS, type Sample } from '../core/cell.ts';
import { cellsFrom, cellsQuery, pointsOf, pointsQuery } from '../core/influx-cells.ts';
import { fields } from '../core/influxql.ts';
import { withLate } from '../core/late.ts';
import { type Point, seriesKey } from '../core/point.ts';
import type { SeriesCells } from '../core/store.ts';
import type { InfluxdbServer, Part } from './influxdb-server.ts';

/** Says in the hours up to where everything is rolled up. */
const MARK = 'pilotwire.rolledUp';
/** What is late by no more is rolled up with the rest. Milliseconds. */
const GRACE_MS = 2 * MINUTE_MS;
/** Cells of one request. */
const LINES_AT_ONCE = 5_000;
/** Hours that were rolled up and have changed since; beyond it, the oldest are left as they are. */
const MOST_CHANGED = 2_000;

/**
 * The minutes and hours of a history in InfluxDB, made by us from the points: 1.x, 2.x and 3.x have three ways of their
 * own to do it, and none of them corrects what came late.
 */
export class InfluxdbRollUps {
	readonly #server: InfluxdbServer;
	/** Hours with points that came after they had been rolled up: `<hour> <series>`. */
	readonly #changed = new Set<string>();
	#newestMs = 0;
	#doneMs: number | undefined;

	constructor(server: InfluxdbServer) {
		this.#server = server;
	}

	/** Points that were just written. */
	note(points: readonly Point[]): void {
		for (const { at, series, value } of points) {
			if (typeof value !== 'number') continue;
			if (at > this.#newestMs) this.#newestMs = at;
			if (this.#doneMs === undefined || at >= this.#doneMs) continue;
			this.#changed.add(`${Math.floor(at / HOUR_MS)} ${series}`);
			const [oldest] = this.#changed;
			if (this.#changed.size > MOST_CHANGED && oldest !== undefined) this.#changed.delete(oldest);
		}
	}

	/** Up to where everything is rolled up, ms since 1970 UTC; undefined where nothing is. */
	async doneMs(): Promise<number | undefined> {
		this.#doneMs ??= await this.#marked();
		return this.#doneMs;
	}

	/**
	 * Rolls up an hour that is over, or one that has changed. True where there is more to do.
	 * @param names the series of the points, asked only where something is to be done
	 */
	async step(names: () => Promise<string[]>, earliest: () => Promise<number | undefined>): Promise<boolean> {
		const doneMs = (await this.doneMs()) ?? (await earliest());
		if (doneMs === undefined) return false;
		const startMs = doneMs - (doneMs % HOUR_MS);
		if (startMs + HOUR_MS + GRACE_MS <= this.#newestMs) {
			for (const series of await names()) await this.#rollUp(series, startMs);
			await this.#server.write([mark(startMs + HOUR_MS)], 'hours');
			this.#doneMs = startMs + HOUR_MS;
			return startMs + 2 * HOUR_MS + GRACE_MS <= this.#newestMs;
		}
		const [changed] = this.#changed;
		if (changed === undefined || this.#doneMs === undefined) return false;
		const space = changed.indexOf(' ');
		await this.#rollUp(changed.slice(space + 1), Number(changed.slice(0, space)) * HOUR_MS);
		this.#changed.delete(changed);
		return this.#changed.size > 0;
	}

	/** Points of a time whose points are kept no longer. */
	async addAged(points: readonly Point[]): Promise<void> {
		const groups = new Map<string, { of: Point; samples: Sample[] }>();
		for (const point of points) {
			if (typeof point.value !== 'number') continue;
			const key = `${Math.floor(point.at / HOUR_MS)} ${seriesKey(point)}`;
			const group = groups.get(key) ?? { of: point, samples: [] };
			groups.set(key, group);
			group.samples.push({ at: point.at, value: point.value });
		}
		for (const { of, samples } of groups.values()) await this.#addLate(of, samples);
	}

	/** Cells in the place of those that are there. */
	async put(part: 'minutes' | 'hours', { series, tags, cells }: SeriesCells): Promise<void> {
		const lines = cells.map((cell) => toLine(series, tags, cell));
		for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
			await this.#server.write(lines.slice(from, from + LINES_AT_ONCE), part);
		}
	}

	async #addLate({ series, tags, at }: Point, samples: Sample[]): Promise<void> {
		const counter = isCounter(series);
		const fromMs = at - (at % HOUR_MS);
		const asked = { series, tags, fromMs, toMs: fromMs + HOUR_MS };
		const kept = async (part: 'minutes' | 'hours'): Promise<Cell[]> => {
			const found = await this.#server.ask(cellsQuery(asked), part);
			const own = found.filter((each) => sameTags(each.tags, tags));
			return own.flatMap((each) => cellsFrom(each, part));
		};
		samples.sort((a, b) => a.at - b.at);
		const [minutes, hours] = [await kept('minutes'), await kept('hours')];
		if (minutes.length === 0 && hours.length > 0) {
			await this.put('hours', { series, tags, cells: withLate(hours, samples, HOUR_MS, counter) });
			return;
		}
		const cells = withLate(minutes, samples, MINUTE_MS, counter);
		await this.put('minutes', { series, tags, cells });
		await this.put('hours', { series, tags, cells: coarser(cells, HOUR_MS, counter) });
	}

	/** The hour of a series, whatever its tags, from its points. */
	async #rollUp(series: string, hourMs: number): Promise<void> {
		const asked = { series, fromMs: hourMs, toMs: hourMs + HOUR_MS };
		const answer = await this.#server.ask(pointsQuery(asked, fields.number));
		const counter = isCounter(series);
		for (const { tags, points } of pointsOf(series, 'number', answer)) {
			const minutes = cellsOf(points as Sample[], MINUTE_MS, counter);
			await this.put('minutes', { series, tags, cells: minutes });
			await this.put('hours', { series, tags, cells: coarser(minutes, HOUR_MS, counter) });
		}
	}

	async #marked(): Promise<number | undefined> {
		const [found] = await this.#server.ask(`SELECT last("upTo") FROM "${MARK}"`, 'hours');
		const upTo = found?.values[0]?.[1];
		return typeof upTo === 'number' ? upTo : undefined;
	}
}

/** Whether the tags of an answer, which names those that a series lacks as empty ones, are these. */
function sameTags(found: Readonly<Record<string, string>> = {}, tags: Readonly<Record<string, string>>): boolean {
	const names = new Set([...Object.keys(found), ...Object.keys(tags)]);
	return [...names].every((name) => (found[name] ?? '') === (tags[name] ?? ''));
}

const mark = (upToMs: number): string =>
	new Line(MARK).floatField('upTo', upToMs).timestamp(String(upToMs)).toLineProtocol(asIs) ?? '';

const asIs = { convertTime: (moment: unknown) => String(moment) };

function toLine(series: string, tags: Point['tags'], cell: Cell): string {
	const line = new Line(series).timestamp(String(cell.atMs));
	for (const [name, text] of Object.entries(tags)) line.tag(name, text);
	const { min, max, sum, count, first, firstAtMs, last, lastAtMs, rise } = cell;
	const values = { min, max, sum, count, first, firstAt: firstAtMs, last, lastAt: lastAtMs, rise };
	for (const [name, value] of Object.entries(values)) line.floatField(name, value);
	return line.toLineProtocol(asIs) ?? '';
}

/** The part that a cell belongs in. */
export function partOf({ lengthMs }: Cell): Exclude<Part, 'points'> {
	return lengthMs === HOUR_MS ? 'hours' : 'minutes';
}

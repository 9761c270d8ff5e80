import type { HistoryLine, HistorySeries } from '@pilotwire/contract';
import type { Clock } from '@pilotwire/runtime';
import { NumberBuckets, resolutionFor } from '../core/buckets.ts';
import { type Cell, cellsOf, HOUR_MS, isCounter, MINUTE_MS, type Resolution, type Sample } from '../core/cell.ts';
import { cellsFrom, cellsQuery, firstQuery, gatheredQuery, pointsOf, pointsQuery } from '../core/influx-cells.ts';
import {
	beforeOf,
	beforeQuery,
	bucketsQuery,
	fields,
	type InfluxSeries,
	linesOf,
	seriesOf,
	seriesQuery,
	tagsOf,
} from '../core/influxql.ts';
import { seriesKey } from '../core/point.ts';
import {
	compareLines,
	type KeepFor,
	type MomentsOf,
	type RangeQuery,
	type Selection,
	type SeriesCells,
	type SeriesPoints,
} from '../core/store.ts';
import { Sparing } from '../energy/sparing.ts';
import type { InfluxdbRollUps } from './influxdb-roll-ups.ts';
import type { InfluxdbServer, Part } from './influxdb-server.ts';

/** Series without a point for so long are not listed: to find older ones the server would read everything. Milliseconds. */
const LISTED_MS = 30 * 86_400_000;
/** How much of a series is read at once where all of it is asked for; texts are few. Milliseconds. */
const POINTS_PAGE_MS = 86_400_000;
const TEXTS_PAGE_MS = 31 * 86_400_000;
const CELLS_PAGE_MS = 31 * 86_400_000;
/** Up to here what a counter counted is read minute by minute: hours are enough beyond. Milliseconds. */
const FINE_MS = 54 * 86_400_000;

const kinds = ['number', 'text'] as const;

interface Stretch {
	readonly fromMs: number;
	readonly toMs: number;
}

interface PartStretch extends Stretch {
	readonly part: Part;
}

/** Questions to a history in InfluxDB. */
export class InfluxdbReading {
	readonly #server: InfluxdbServer;
	readonly #rollUps: InfluxdbRollUps;
	readonly #clock: Clock;
	readonly #keep: KeepFor;

	constructor(server: InfluxdbServer, rollUps: InfluxdbRollUps, clock: Clock, keep: KeepFor) {
		this.#server = server;
		this.#rollUps = rollUps;
		this.#clock = clock;
		this.#keep = keep;
	}

	async query(range: RangeQuery): Promise<HistoryLine[]> {
		const isAged = range.fromMs < fromHour(this.#clock.wallMs() - this.#keep.pointsMs);
		const texts = this.#plain(range, 'text', isAged ? 'hours' : 'points');
		const resolution = resolutionFor(range);
		const numbers =
			resolution === 'point' && !isAged ? this.#plain(range, 'number', 'points') : this.#rolled(range, resolution);
		return (await Promise.all([numbers, texts])).flat().sort(compareLines);
	}

	async series(name?: string): Promise<HistorySeries[]> {
		const sinceMs = this.#clock.wallMs() - LISTED_MS;
		const [recent, texts, numbers] = await Promise.all([
			this.#server.ask(seriesQuery(name, sinceMs)),
			this.#server.ask(seriesQuery(name, sinceMs), 'hours'),
			this.#server.ask(seriesQuery(name, sinceMs, 'count'), 'hours'),
		]);
		const all = [...seriesOf(recent), ...seriesOf(texts), ...seriesOf(numbers)];
		return [...new Map(all.map((each) => [`${each.kind} ${seriesKey(each)}`, each])).values()];
	}

	/** The names of the series that a part has. */
	async names(part: Part): Promise<string[]> {
		const [found] = await this.#server.ask('SHOW MEASUREMENTS', part);
		return (found?.values ?? []).map(([name]) => String(name)).filter((name) => !name.startsWith('pilotwire.'));
	}

	/** When the first point was; ms since 1970 UTC. */
	async earliest(): Promise<number | undefined> {
		const found = await Promise.all((await this.names('points')).map((name) => this.#begins(name, 'value', 'points')));
		const known = found.filter((atMs) => atMs !== undefined);
		return known.length === 0 ? undefined : Math.min(...known);
	}

	async *points(selection: Selection): AsyncGenerator<SeriesPoints> {
		for (const series of await this.#named(selection, ['points', 'hours'])) {
			for (const kind of kinds) {
				if (selection.kind !== undefined && selection.kind !== kind) continue;
				const part = kind === 'text' ? 'hours' : 'points';
				const field = fields[kind];
				const pageMs = kind === 'text' ? TEXTS_PAGE_MS : POINTS_PAGE_MS;
				for (const stretch of await this.#pages(selection, [await this.#begins(series, field, part)], pageMs)) {
					const answer = await this.#server.ask(pointsQuery({ ...selection, series, ...stretch }, field), part);
					for (const each of pointsOf(series, kind, answer)) if (each.points.length > 0) yield each;
				}
			}
		}
	}

	async *cells(selection: Selection, resolution: Resolution): AsyncGenerator<SeriesCells> {
		if (selection.kind === 'text') return;
		for (const series of await this.#named(selection, ['points', 'hours'])) {
			const begins = [await this.#begins(series, 'count', 'hours'), await this.#begins(series, 'value', 'points')];
			for (const stretch of await this.#pages(selection, begins, CELLS_PAGE_MS)) {
				const lines = await this.#cellsOf({ series, tags: selection.tags ?? {}, ...stretch }, resolution);
				for (const { tags, cells } of lines) {
					const own = cells.filter(({ atMs }) => atMs >= stretch.fromMs && atMs < stretch.toMs);
					if (own.length > 0) yield { series, tags, cells: own };
				}
			}
		}
	}

	async *counted(selection: Selection, moments: MomentsOf): AsyncGenerator<SeriesCells> {
		const lines = new Map<string, { part: SeriesCells; sparing: Sparing }>();
		const isShort = selection.toMs - selection.fromMs <= FINE_MS;
		for await (const part of this.cells(selection, isShort ? 'minute' : 'hour')) {
			const key = seriesKey(part);
			const line = lines.get(key) ?? { part, sparing: new Sparing(await moments(part.tags)) };
			lines.set(key, line);
			for (const cell of part.cells) line.sparing.add(cell);
		}
		for (const { part, sparing } of lines.values()) yield { ...part, cells: sparing.cells };
	}

	changes(selection: Selection): AsyncGenerator<SeriesPoints> {
		return this.points({ ...selection, kind: 'text' });
	}

	/** The points themselves, gathered by the server. */
	async #plain(range: RangeQuery, kind: HistorySeries['kind'], part: Part): Promise<HistoryLine[]> {
		const [buckets, before] = await Promise.all([
			this.#server.ask(bucketsQuery(range, kind), part),
			this.#server.ask(beforeQuery(range, kind), part),
		]);
		return linesOf(range.series, kind, buckets, before);
	}

	/** Minutes or hours as far as they go, then the points that are not rolled up yet. */
	async #rolled(range: RangeQuery, resolution: Resolution | 'point'): Promise<HistoryLine[]> {
		const { series, fromMs, bucketMs } = range;
		const lines = new Map<string, { tags: Record<string, string>; buckets: NumberBuckets }>();
		const bucketsOf = (each: InfluxSeries): NumberBuckets => {
			const tags = tagsOf(each);
			const key = seriesKey({ series, tags });
			const line = lines.get(key) ?? { tags, buckets: new NumberBuckets(range) };
			lines.set(key, line);
			return line.buckets;
		};
		for (const { part, ...stretch } of await this.#stretches(range, resolution)) {
			const asked = { ...range, ...stretch };
			for (const each of await this.#server.ask(gatheredQuery(asked, part, bucketMs, fromMs), part)) {
				for (const [atMs = 0, min = 0, max = 0, sum = 0, count = 0] of each.values.map((row) => row.map(Number))) {
					bucketsOf(each).add(Math.max(0, Math.floor((atMs - fromMs) / bucketMs)), min, max, sum, count);
				}
			}
		}
		const befores = new Map<string, InfluxSeries>();
		for (const each of await this.#server.ask(beforeQuery(range, 'number'))) {
			bucketsOf(each);
			befores.set(seriesKey({ series, tags: tagsOf(each) }), each);
		}
		return [...lines].map(([key, { tags, buckets }]) => {
			const before = befores.get(key);
			return { kind: 'number', series, tags, ...buckets.figures(), ...beforeOf<number>(before) };
		});
	}

	/** Which part answers for which stretch of a range: hours or minutes as far as there are any, then points. */
	async #stretches({ fromMs, toMs }: Stretch, resolution: Resolution | 'point'): Promise<PartStretch[]> {
		const doneMs = resolution === 'point' ? 0 : ((await this.#rollUps.doneMs()) ?? 0);
		const pointsFrom = Math.max(doneMs, fromHour(this.#clock.wallMs() - this.#keep.pointsMs));
		const minutesFrom = resolution === 'hour' ? pointsFrom : fromHour(this.#clock.wallMs() - this.#keep.minutesMs);
		const bounds = [
			{ part: 'hours' as const, fromMs, toMs: minutesFrom },
			{ part: 'minutes' as const, fromMs: minutesFrom, toMs: pointsFrom },
			{ part: 'points' as const, fromMs: pointsFrom, toMs },
		];
		const cut = bounds.map((each) => ({
			part: each.part,
			fromMs: Math.max(fromMs, each.fromMs),
			toMs: Math.min(toMs, each.toMs),
		}));
		return cut.filter((each) => each.fromMs < each.toMs);
	}

	async #cellsOf(
		asked: Stretch & { series: string; tags: Readonly<Record<string, string>> },
		resolution: Resolution,
	): Promise<{ tags: Record<string, string>; cells: Cell[] }[]> {
		const { series } = asked;
		const lines = new Map<string, { tags: Record<string, string>; cells: Cell[] }>();
		const add = (tags: Record<string, string>, cells: readonly Cell[]): void => {
			const key = seriesKey({ series, tags });
			const line = lines.get(key) ?? { tags, cells: [] };
			lines.set(key, line);
			for (const cell of cells) line.cells.push(cell);
		};
		const lengthMs = resolution === 'hour' ? HOUR_MS : MINUTE_MS;
		for (const { part, ...stretch } of await this.#stretches(asked, resolution)) {
			if (part === 'points') {
				const answer = await this.#server.ask(pointsQuery({ ...asked, ...stretch }, fields.number));
				for (const { tags, points } of pointsOf(series, 'number', answer)) {
					add({ ...tags }, cellsOf(points as Sample[], lengthMs, isCounter(series)));
				}
				continue;
			}
			const found = await this.#server.ask(cellsQuery({ ...asked, ...stretch }), part);
			for (const each of found) add(tagsOf(each), cellsFrom(each, part));
		}
		return [...lines.values()];
	}

	async #named({ series }: Selection, parts: readonly Part[]): Promise<string[]> {
		if (series !== undefined) return [series];
		const names = await Promise.all(parts.map((part) => this.names(part)));
		return [...new Set(names.flat())].sort();
	}

	async #begins(series: string, field: string, part: Part): Promise<number | undefined> {
		const [found] = await this.#server.ask(firstQuery(series, field), part);
		const atMs = found?.values[0]?.[0];
		return typeof atMs === 'number' ? atMs : undefined;
	}

	/** The stretches of a selection, from where there is something on. */
	async #pages(
		{ fromMs, toMs }: Selection,
		begins: readonly (number | undefined)[],
		pageMs: number,
	): Promise<Stretch[]> {
		const known = begins.filter((atMs) => atMs !== undefined);
		if (known.length === 0) return [];
		const first = Math.min(...known);
		const end = Math.min(toMs, this.#clock.wallMs() + pageMs);
		const stretches: Stretch[] = [];
		for (let start = Math.max(fromMs, first - (first % HOUR_MS)); start < end; start += pageMs) {
			stretches.push({ fromMs: start, toMs: Math.min(end, start + pageMs) });
		}
		return stretches;
	}
}

/** The first whole hour of what is kept: the server deletes by its own clock, in stretches of its own. */
function fromHour(keptMs: number): number {
	return keptMs - (keptMs % HOUR_MS) + 2 * HOUR_MS;
}

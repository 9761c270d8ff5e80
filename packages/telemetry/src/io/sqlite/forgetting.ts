import type { Database, SqlRow, SqlStatement } from '@pilotwire/runtime';
import { numberBlocks } from '../../core/blocks.ts';
import { HOUR_MS } from '../../core/cell.ts';
import type { KeepFor } from '../../core/store.ts';
import { type BlobRow, rollUp } from './block-writing.ts';
import { BLOCKS, blockId, blockOf } from './schema.ts';
import type { Known } from './series.ts';

/** Series looked at in one slice, and blocks of each deleted in it: a few ms of a slow card. */
const SERIES_AT_ONCE = 10;
const BLOCKS_AT_ONCE = 100;

/** Hours since 1970 before which a file keeps nothing. */
interface Limits {
	readonly points: number;
	readonly minutes: number;
	readonly hours: number;
}

/** Deletes what is kept no longer, a slice at a time: series by series, oldest first. */
export class Forgetting {
	readonly #keep: KeepFor;
	#limits: Limits = { points: 0, minutes: 0, hours: 0 };
	/** Series that have something left of what is below the limits. */
	#left: Known[] = [];

	constructor(keep: KeepFor) {
		this.#keep = keep;
	}

	/** One slice, in one transaction. True where there is more to do. */
	async slice(database: Database, all: Iterable<Known>, nowMs: number): Promise<boolean> {
		const hourAt = (keptMs: number): number => Math.max(0, Math.floor((nowMs - keptMs) / HOUR_MS));
		const { pointsMs, minutesMs, hoursMs } = this.#keep;
		const hours = hoursMs === undefined ? 0 : hourAt(hoursMs);
		const limits = { points: hourAt(pointsMs), minutes: hourAt(minutesMs), hours };
		if (limits.points > this.#limits.points) {
			this.#limits = limits;
			this.#left = [...all];
		}
		const turn = this.#left.slice(0, SERIES_AT_ONCE);
		if (turn.length === 0) return false;
		const work = await Promise.all(turn.map((known) => this.#workOf(database, known)));
		await database.batch(work.flatMap(({ statements }) => statements));
		for (const { known } of work) {
			known.pointsFrom = Math.max(known.pointsFrom, this.#limits.points);
			known.minutesFrom = Math.max(known.minutesFrom, this.#limits.minutes);
			known.tail = undefined;
		}
		const unfinished = work.filter(({ more }) => more).map(({ known }) => known);
		this.#left = [...this.#left.slice(turn.length), ...unfinished];
		return this.#left.length > 0;
	}

	async #workOf(database: Database, known: Known) {
		const { points, minutes, hours } = this.#limits;
		if (known.kind === 'text') {
			const texts = await oldest(database, 'texts', known, Math.floor(hours / 24));
			return { known, statements: remove('texts', texts), more: texts.length === BLOCKS_AT_ONCE };
		}
		const [oldPoints, oldMinutes, oldHours, closing] = await Promise.all([
			oldest(database, 'points', known, points),
			oldest(database, 'minutes', known, minutes),
			oldest(database, 'hours', known, hours),
			closeLast(database, known, points),
		]);
		const statements: SqlStatement[] = [
			...closing,
			...remove('points', oldPoints),
			...remove('minutes', oldMinutes),
			...remove('hours', oldHours),
		];
		if (points > known.pointsFrom || minutes > known.minutesFrom) {
			const sql = 'UPDATE series SET raw_from = max(raw_from, ?), minutes_from = max(minutes_from, ?) WHERE id = ?';
			statements.push({ sql, params: [points, minutes, known.id] });
		}
		const more = [oldPoints, oldMinutes, oldHours].some(({ length }) => length === BLOCKS_AT_ONCE);
		return { known, statements, more };
	}
}

async function oldest(database: Database, table: string, known: Known, before: number): Promise<number[]> {
	if (before <= 0) return [];
	const sql = `SELECT id FROM ${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT ${BLOCKS_AT_ONCE}`;
	const rows = await database.all<SqlRow & { id: number }>(sql, [blockId(known.id, 0), blockId(known.id, before)]);
	return rows.map(({ id }) => id);
}

const remove = (table: string, ids: readonly number[]): SqlStatement[] =>
	ids.length === 0
		? []
		: [{ sql: `DELETE FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`, params: [JSON.stringify(ids)] }];

/** A series that went silent: its last hour is rolled up before its points go. */
async function closeLast(database: Database, known: Known, before: number): Promise<SqlStatement[]> {
	const sql = `SELECT id, data FROM points WHERE id >= ? AND id < ?
		AND NOT EXISTS (SELECT 1 FROM hours WHERE hours.id = points.id) ORDER BY id DESC LIMIT 1`;
	const range = [blockId(known.id, Math.max(0, before - BLOCKS)), blockId(known.id, before)];
	const rows = before <= known.pointsFrom ? [] : await database.all<BlobRow>(sql, range);
	return rows.flatMap(({ id, data }) => {
		const hour = blockOf(id);
		return rollUp(known, hour, numberBlocks.unpack(data, hour * HOUR_MS));
	});
}

import type { Database, SqlRow, SqlStatement } from '@pilotwire/runtime';
import {
	type BlockForm,
	isOrdered,
	merged,
	numberBlocks,
	packMinutes,
	type TextSample,
	textBlocks,
} from '../../core/blocks.ts';
import { type Cell, cellsOf, coarser, HOUR_MS, MINUTE_MS, type Sample } from '../../core/cell.ts';
import { BLOCKS, blockId, blockOf } from './schema.ts';
import { type Known, NO_TAIL, type Tail } from './series.ts';

/** What a write means for the file, and where its series end then. */
export interface Plan {
	readonly statements: SqlStatement[];
	readonly tails: Map<Known, Tail>;
}

/** Points packed between two breathers: what else the process does must not wait for long. */
const POINTS_AT_ONCE = 5_000;

export type BlobRow = SqlRow & { id: number; data: Uint8Array };

/** Blocks of a table by their keys, read at once; a key without a block is left out. */
export async function readBlocks(
	database: Database,
	table: 'points' | 'texts' | 'minutes' | 'day_parts' | 'spans',
	ids: readonly number[],
): Promise<Map<number, Uint8Array>> {
	if (ids.length === 0) return new Map();
	const sql = `SELECT id, data FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`;
	const rows = await database.all<BlobRow>(sql, [JSON.stringify(ids)]);
	return new Map(rows.map(({ id, data }) => [id, data]));
}

/** Puts the points of each series in its blocks; `close` says what follows from a block that a later one was begun after. */
export async function planBlocks<Each extends { readonly at: number }>(
	database: Database,
	table: 'points' | 'texts',
	form: BlockForm<Each>,
	groups: ReadonlyMap<Known, readonly Each[]>,
	close: (known: Known, block: number, points: readonly Each[]) => readonly SqlStatement[],
): Promise<Plan> {
	await findTails(database, table, form, groups.keys());
	const work = [...groups].map(([known, points]) => workOf(known, byBlock(points, form.lengthMs)));
	const kept = await readBlocks(
		database,
		table,
		work.flatMap(({ known, needed }) => needed.map((block) => blockId(known.id, block))),
	);
	const plan: Plan = { statements: [], tails: new Map() };
	let packed = 0;
	for (const { known, blocks, needed, newest } of work) {
		let lastAt = known.tail?.lastAt ?? Number.NEGATIVE_INFINITY;
		for (const block of new Set([...blocks.keys(), ...needed])) {
			const fresh = blocks.get(block) ?? [];
			const startMs = block * form.lengthMs;
			const before = kept.get(blockId(known.id, block));
			const isWhole = before !== undefined || known.tail?.block !== block;
			const points = isWhole ? merged(before === undefined ? [] : form.unpack(before, startMs), fresh) : fresh;
			plan.statements.push(
				isWhole
					? put(table, known, block, form.pack(points, startMs))
					: append(table, known, block, form.pack(points, startMs)),
			);
			if (block < newest) plan.statements.push(...close(known, block, points));
			else lastAt = Math.max(lastAt, points.at(-1)?.at ?? lastAt);
			packed += points.length;
			if (packed >= POINTS_AT_ONCE) {
				packed = 0;
				await new Promise((resolve) => setImmediate(resolve));
			}
		}
		plan.tails.set(known, { block: newest, lastAt });
	}
	return plan;
}

/** Which blocks of a series a write touches, which of them must be read first, and which is the newest then. */
function workOf<Each extends { readonly at: number }>(known: Known, blocks: ReadonlyMap<number, readonly Each[]>) {
	const tail = known.tail ?? NO_TAIL;
	const newest = Math.max(tail.block, ...blocks.keys());
	const needed = [...blocks.keys()].filter((block) => {
		if (block !== tail.block) return block < tail.block;
		return block < newest || (blocks.get(block)?.[0]?.at ?? 0) <= tail.lastAt;
	});
	if (tail.block >= 0 && tail.block < newest && !needed.includes(tail.block)) needed.push(tail.block);
	return { known, blocks, needed, newest };
}

/** Points in order, by block; of two at the same moment the later one of the write. */
function byBlock<Each extends { readonly at: number }>(points: readonly Each[], lengthMs: number): Map<number, Each[]> {
	const blocks = new Map<number, Each[]>();
	let [open, list]: [number, Each[]] = [-1, []];
	for (const point of isOrdered(points) ? points : merged([], points)) {
		const block = Math.floor(point.at / lengthMs);
		if (block !== open) {
			[open, list] = [block, []];
			blocks.set(block, list);
		}
		list.push(point);
	}
	return blocks;
}

/** Looks up where series end, where that isn't known yet. */
async function findTails<Each extends { readonly at: number }>(
	database: Database,
	table: string,
	form: BlockForm<Each>,
	all: Iterable<Known>,
): Promise<void> {
	const unknown = [...all].filter(({ tail }) => tail === undefined);
	await Promise.all(
		unknown.map(async (known) => {
			const [row] = await database.all<BlobRow>(
				`SELECT id, data FROM ${table} WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1`,
				[blockId(known.id, 0), blockId(known.id, BLOCKS)],
			);
			if (row === undefined) known.tail = NO_TAIL;
			else {
				const block = blockOf(row.id);
				known.tail = { block, lastAt: form.unpack(row.data, block * form.lengthMs).at(-1)?.at ?? 0 };
			}
		}),
	);
}

function put(table: string, known: Known, block: number, data: Uint8Array): SqlStatement {
	const sql = `INSERT INTO ${table} (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`;
	return { sql, params: [blockId(known.id, block), data] };
}

/** The parts of a block follow each other. */
function append(table: string, known: Known, block: number, data: Uint8Array): SqlStatement {
	const sql = `UPDATE ${table} SET data = CAST(data || ? AS BLOB) WHERE id = ?`;
	return { sql, params: [data, blockId(known.id, block)] };
}

/** The minutes and the hour that follow from all points of an hour. */
export function rollUp(known: Known, hour: number, points: readonly Sample[]): SqlStatement[] {
	const minutes = cellsOf(points, MINUTE_MS, known.counter);
	const [whole] = coarser(minutes, HOUR_MS, known.counter);
	return whole === undefined ? [] : [putMinutes(known, hour, minutes), putHour(known, whole)];
}

export function putMinutes(known: Known, hour: number, minutes: readonly Cell[]): SqlStatement {
	return {
		sql: 'INSERT INTO minutes (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data',
		params: [blockId(known.id, hour), packMinutes(minutes, hour * HOUR_MS, known.counter)],
	};
}

export function putHour(known: Known, { atMs, min, max, sum, count, first, last, ...more }: Cell): SqlStatement {
	const after = [more.firstAtMs - atMs, more.lastAtMs - atMs];
	return {
		sql: `INSERT OR REPLACE INTO hours (id, min, max, sum, count, first, last, first_after, last_after, rise)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		params: [blockId(known.id, atMs / HOUR_MS), min, max, sum, count, first, last, ...after, more.rise],
	};
}

/** Numbers, rolled up hour by hour. */
export const planNumbers = (database: Database, groups: ReadonlyMap<Known, readonly Sample[]>): Promise<Plan> =>
	planBlocks(database, 'points', numberBlocks, groups, rollUp);

/** Where the texts of a day that is over became other ones. */
function putChanges(known: Known, day: number, points: readonly TextSample[]): SqlStatement[] {
	const changes = points.filter(({ value }, index) => value !== points[index - 1]?.value);
	const [first, last] = [changes[0], changes.at(-1)];
	if (first === undefined || last === undefined) return [];
	const data = textBlocks.pack(changes, day * textBlocks.lengthMs);
	return [
		{
			sql: 'INSERT OR REPLACE INTO changes (id, first, last, count, data) VALUES (?, ?, ?, ?, ?)',
			params: [blockId(known.id, day), first.value, last.value, changes.length, data],
		},
	];
}

/** Texts, which are kept one by one. */
export const planTexts = (database: Database, groups: ReadonlyMap<Known, readonly TextSample[]>): Promise<Plan> =>
	planBlocks(database, 'texts', textBlocks, groups, putChanges);

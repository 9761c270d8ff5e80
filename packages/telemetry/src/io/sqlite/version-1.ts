import type { Database, Logger, SqlRow } from '@pilotwire/runtime';
import { planNumbers, planTexts } from './block-writing.ts';
import type { Known, SeriesTable } from './series.ts';

/** Points taken over in one transaction. */
const AT_ONCE = 20_000;
/** The log hears of the progress after so many points: each ten seconds or so. */
const TOLD_EACH = 1_000_000;

type OldRow = SqlRow & { series: number; at: number; value: number | string };

/**
 * Takes over what a file of version 1 holds: a row for each point. In slices, each in one transaction, so that it goes on
 * where it was cut off.
 */
export async function takeOver(database: Database, table: SeriesTable, log: Logger): Promise<void> {
	const tables = await database.all("SELECT name FROM sqlite_schema WHERE name IN ('raw_number', 'raw_text')");
	const names = new Set(tables.map(({ name }) => name));
	const byId = new Map([...table.all()].map((known) => [known.id, known]));
	for (const name of ['raw_number', 'raw_text'] as const) {
		if (!names.has(name)) continue;
		const taken = await takeTable(database, name, byId, log);
		await database.batch([{ sql: `DROP TABLE ${name}` }]);
		if (taken > 0) log.info({ points: taken }, `${taken} points of the old history were packed (${name})`);
	}
}

async function takeTable(
	database: Database,
	name: 'raw_number' | 'raw_text',
	byId: ReadonlyMap<number, Known>,
	log: Logger,
): Promise<number> {
	for (let taken = 0; ; ) {
		const rows = await database.all<OldRow>(
			`SELECT series, at, value FROM ${name} ORDER BY series, at LIMIT ${AT_ONCE}`,
		);
		const last = rows.at(-1);
		if (last === undefined) return taken;
		const groups = new Map<Known, { at: number; value: never }[]>();
		for (const { series, at, value } of rows) {
			const known = byId.get(series);
			if (known === undefined) continue;
			const group = groups.get(known) ?? [];
			if (group.length === 0) groups.set(known, group);
			group.push({ at, value: value as never });
		}
		const { statements, tails } = await (name === 'raw_number' ? planNumbers : planTexts)(database, groups);
		const done = `DELETE FROM ${name} WHERE (series, at) <= (?, ?)`;
		await database.batch([...statements, { sql: done, params: [last.series, last.at] }]);
		for (const [known, tail] of tails) known.tail = tail;
		const before = Math.floor(taken / TOLD_EACH);
		taken += rows.length;
		if (Math.floor(taken / TOLD_EACH) > before) {
			log.info(
				{ points: taken },
				`packing the old history (${name}): ${taken} points so far, ${await left(database, name)} left`,
			);
		}
	}
}

async function left(database: Database, name: string): Promise<number> {
	const [row] = await database.all(`SELECT count(*) AS points FROM ${name}`);
	return Number(row?.['points'] ?? 0);
}

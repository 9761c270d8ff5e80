import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, messageOf, openDatabase, type SqlRow, silentLog, systemClock } from '@pilotwire/runtime';
import { ancestorInvalid, fileUnreadable } from '../errors.ts';
import type { DashboardRow, StatisticsRow } from '../history/ancestor-rows.ts';

/** Rows of one read. */
const ROWS = 1_000;
const figures = ['off1', 'off2', 'off3', 'int1', 'int2', 'int3', 'watts', 'meter'] as const;

/** The ancestor's database, read from a copy: the file itself may be in use. */
export class AncestorFile {
	readonly #path: string;
	readonly #database: Database;
	readonly #folder: string;

	private constructor(path: string, database: Database, folder: string) {
		this.#path = path;
		this.#database = database;
		this.#folder = folder;
	}

	/** Rejects with `FILE_UNREADABLE`, or `ANCESTOR_INVALID` where it has neither of its tables. */
	static async open(path: string): Promise<AncestorFile> {
		const folder = await mkdtemp(join(tmpdir(), 'pilotwire-import-'));
		try {
			const copy = join(folder, 'ancestor.db');
			await copyFile(path, copy);
			const database = await openDatabase({ path: copy, migrations: [], log: silentLog, clock: systemClock });
			return new AncestorFile(path, database, folder);
		} catch (error) {
			await rm(folder, { recursive: true, force: true });
			throw fileUnreadable(path, messageOf(error));
		}
	}

	/** Which of the ancestor's tables it has. */
	async tables(): Promise<Set<string>> {
		const rows = await this.#database.all("SELECT name FROM sqlite_schema WHERE type = 'table'");
		const names = new Set(rows.map(({ name }) => String(name)));
		if (!names.has('statistics') && !names.has('dashboard')) {
			throw ancestorInvalid(this.#path, `tables ${[...names].join(', ') || 'none'}`);
		}
		return names;
	}

	/** Starts of the first rows, in order: how far apart they are says how long a row is. */
	async starts(): Promise<number[]> {
		const rows = await this.#read('SELECT start FROM statistics ORDER BY start LIMIT ?', [ROWS]);
		return rows.map(({ start }) => Number(start));
	}

	/** Rows of `statistics` in order of their starts. */
	async *statistics(): AsyncGenerator<StatisticsRow[]> {
		for (let offset = 0; ; offset += ROWS) {
			const sql = `SELECT rowid AS number, start, ${figures.join(', ')} FROM statistics ORDER BY start, rowid LIMIT ? OFFSET ?`;
			const rows = await this.#read(sql, [ROWS, offset]);
			if (rows.length > 0) yield rows.map((row) => this.#statisticsRow(row));
			if (rows.length < ROWS) return;
		}
	}

	async countStatistics(): Promise<number> {
		const [row] = await this.#read('SELECT count(*) AS n FROM statistics', []);
		return Number(row?.['n'] ?? 0);
	}

	async dashboard(): Promise<DashboardRow[]> {
		const sql = 'SELECT id, name, floor, phase, wire, watts, command FROM dashboard ORDER BY phase, wire';
		return (await this.#read(sql, [])) as unknown as DashboardRow[];
	}

	async close(): Promise<void> {
		await this.#database.close();
		await rm(this.#folder, { recursive: true, force: true });
	}

	async #read(sql: string, values: readonly number[]): Promise<SqlRow[]> {
		try {
			return await this.#database.all(sql, values);
		} catch (error) {
			throw ancestorInvalid(this.#path, messageOf(error));
		}
	}

	#statisticsRow(row: SqlRow): StatisticsRow {
		const figure = (name: string): number | null => (typeof row[name] === 'number' ? row[name] : null);
		const start = figure('start');
		if (start === null || start < 946_684_800 || start > 7_258_118_400) {
			throw ancestorInvalid(this.#path, `row ${row['number']} of statistics with start ${String(row['start'])}`);
		}
		return {
			start,
			off: [figure('off1'), figure('off2'), figure('off3')],
			int: [figure('int1'), figure('int2'), figure('int3')],
			watts: figure('watts'),
			meter: figure('meter'),
		};
	}
}

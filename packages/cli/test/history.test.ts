import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type PilotwireError, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { configurationOf, rowLengthS, StatisticsPoints, type StatisticsRow } from '../src/history/ancestor-rows.ts';
import { checkCsv, pointsOfCsv } from '../src/history/csv-file.ts';
import { columnsOf, pointOf } from '../src/history/csv-rows.ts';
import { type ImportPoint, importPoints } from '../src/history/import-points.ts';
import { costTable, energyTable } from '../src/history/tables.ts';
import { AncestorFile } from '../src/io/ancestor-file.ts';
import { houseSchema } from '../src/schema.ts';

const errorOf = async (work: () => Promise<unknown>): Promise<PilotwireError> => {
	try {
		await work();
	} catch (error) {
		return error as PilotwireError;
	}
	throw new Error('nothing was refused');
};

describe('a CSV to import', () => {
	const directory = temporaryDirectory();
	const head = 'time,series,tags,value';
	const file = (lines: readonly string[]): string => {
		const path = join(directory.path, 'in.csv');
		writeFileSync(path, lines.join('\n'));
		return path;
	};
	const read = async (path: string): Promise<ImportPoint[]> => {
		const all: ImportPoint[] = [];
		for await (const points of pointsOfCsv(path)) all.push(...points);
		return all;
	};

	it('is what an export writes: numbers plain, texts in quotes, more columns passed over', async () => {
		const path = file([
			'time,series,tags,value,min,max,count,lengthS',
			'2026-01-05T08:00:00.000Z,load.currentA,meter=main;phase=1,12.5,,,,',
			'2026-01-05T09:00:00+01:00,tariff.mark,,"9000",,,,',
			'2026-01-05T08:00:00Z,circuit.reason,circuit=salon,"said ""no"", twice",,,,',
			'',
		]);
		expect(await checkCsv(path)).to.equal(3);
		const at = Date.UTC(2026, 0, 5, 8);
		expect(await read(path)).to.deep.equal([
			{ series: 'load.currentA', tags: { meter: 'main', phase: '1' }, at, value: 12.5 },
			{ series: 'tariff.mark', tags: {}, at, value: '9000' },
			{ series: 'circuit.reason', tags: { circuit: 'salon' }, at, value: 'said "no", twice' },
		]);
	});

	it('is refused as a whole, each bad row by its line', async () => {
		const path = file([
			head,
			'2026-01-05T08:00:00Z,a,,1',
			'yesterday,a,,1',
			'2026-01-05T08:00:00Z,a b,,1',
			'2026-01-05T08:00:00Z,a,phase,1',
			'2026-01-05T08:00:00Z,a,,much',
			'2026-01-05T08:00:00Z,a,,',
			'2026-01-05T08:00:00Z,a,,"open',
		]);
		const error = await errorOf(() => checkCsv(path));
		expect([error.code, error.exitCode]).to.deep.equal(['CSV_INVALID', 64]);
		for (const line of [3, 4, 5, 6, 7, 8]) expect(error.message).to.include(`line ${line}: expected`);
		expect(error.message).not.to.include('line 2:');
	});

	it('needs its columns, and to be there', async () => {
		expect((await errorOf(() => checkCsv(file(['when,what'])))).message).to.include('line 1: expected columns time');
		expect((await errorOf(() => checkCsv(join(directory.path, 'none.csv')))).code).to.equal('FILE_UNREADABLE');
	});

	it('never breaks on what a line holds', () => {
		const columns = columnsOf(head) ?? expect.fail();
		fc.assert(
			fc.property(fc.string(), (line) => {
				const result = pointOf(line, columns);
				expect('series' in result || 'expected' in result).to.equal(true);
			}),
		);
	});

	it('goes out in batches, in order', async () => {
		const calls: number[][] = [];
		const points = async function* () {
			for (let at = 0; at < 2_500; at += 1) yield [{ series: 'a', tags: {}, at, value: 1 }];
		};
		const call = async (_: string, { points: sent }: Record<string, unknown>) =>
			void calls.push((sent as ImportPoint[]).map(({ at }) => at));
		expect(await importPoints(call, points(), () => undefined)).to.equal(2_500);
		expect(calls.map((batch) => batch.length)).to.deep.equal([1_000, 1_000, 500]);
		expect(calls.flat()).to.deep.equal(Array.from({ length: 2_500 }, (_, at) => at));
	});
});

describe("the ancestor's database", () => {
	const directory = temporaryDirectory();
	const make = async (statements: readonly string[]): Promise<string> => {
		const path = join(directory.path, 'old.db');
		const database = await openDatabase({ path, migrations: [], log: silentLog, clock: systemClock });
		for (const sql of statements) await database.run(sql);
		await database.close();
		return path;
	};
	const tables = [
		'CREATE TABLE statistics (start REAL, off1 INTEGER, off2 INTEGER, off3 INTEGER, int1 INTEGER, int2 INTEGER, int3 INTEGER, watts INTEGER, meter INTEGER)',
		'CREATE TABLE dashboard (id INTEGER, name TEXT, floor TEXT, phase INTEGER, wire INTEGER, watts INTEGER, command INTEGER)',
	];
	const startS = Date.UTC(2019, 0, 1) / 1_000;

	it('gives its hours: seconds shed and current by phase, power, and energy as a register that counts', async () => {
		const path = await make([
			...tables,
			`INSERT INTO statistics VALUES (${startS}, 120, 0, 30, 12, 8, 5, 5700, 5600), (${startS + 3_600.5}, 0, 0, 0, 2, NULL, 1, 700, 650), (${startS + 90_000}, 0, 0, 0, 1, 1, 1, 700, 700)`,
		]);
		const file = await AncestorFile.open(path);
		const rows: StatisticsRow[] = [];
		for await (const some of file.statistics()) rows.push(...some);
		expect(await file.countStatistics()).to.equal(3);
		expect(rowLengthS(await file.starts())).to.equal(3_600);
		await file.close();
		const statistics = new StatisticsPoints('main', 3_600);
		const points = rows.flatMap((row, index) => statistics.points(row, rows[index + 1]?.start));
		const energy = points
			.filter(({ series }) => series === 'reading.energyWh')
			.map(({ at, value }) => [at - startS * 1_000, value]);
		expect(energy).to.deep.equal([
			[0, 0],
			[3_600_499, 5_600],
			[3_600_500, 5_600],
			[7_200_499, 6_250],
			[90_000_000, 6_250],
			[93_599_999, 6_950],
		]);
		const first = points
			.filter(({ at }) => at === startS * 1_000)
			.map(({ series, tags, value }) => `${series} ${Object.values(tags).join(' ')} ${value}`);
		expect(first).to.deep.equal([
			...['shed.seconds 1 120', 'shed.seconds 2 0', 'shed.seconds 3 30'],
			...['load.currentA main 1 12', 'load.currentA main 2 8', 'load.currentA main 3 5'],
			...['reading.apparentPowerVA main 5700', 'reading.energyWh main IMPORTED 0'],
		]);
		expect(
			points.filter(({ tags, at }) => tags['phase'] === '2' && at > startS * 1_000 && at < (startS + 7_200) * 1_000),
		).to.have.length(1);
	});

	it('gives its radiators as a configuration that can be read', async () => {
		const path = await make([
			...tables,
			"INSERT INTO dashboard VALUES (1, 'Salon été', 'RDC', 1, 3, 1500, 3), (2, 'Salon été', '1', 2, 1, 1000, 1), (3, NULL, NULL, 2, 2, 500, NULL)",
		]);
		const file = await AncestorFile.open(path);
		const text = configurationOf(await file.dashboard());
		await file.close();
		const house = houseSchema.parse(parse(text));
		expect(house.boards.modules.map(({ address, phase }) => [address, phase])).to.deep.equal([
			[0x20, 1],
			[0x21, 2],
		]);
		expect(
			house.radiators.map(({ id, board, wire, powerW, programme }) => [id, board, wire, powerW, programme]),
		).to.deep.equal([
			['salon-ete', 0x20, 3, 1500, 'eco'],
			['salon-ete-2', 0x21, 1, 1000, 'off'],
			['radiator-3', 0x21, 2, 500, 'comfort'],
		]);
		expect(text).to.include('floor "RDC"');
	});

	it('is left as it was, and another file is refused in words', async () => {
		const path = await make(['CREATE TABLE other (x)']);
		const before = readdirSync(directory.path);
		const file = await AncestorFile.open(path);
		const error = await errorOf(() => file.tables());
		expect(error.code).to.equal('ANCESTOR_INVALID');
		expect(error.message).to.include('tables other');
		await file.close();
		expect(readdirSync(directory.path)).to.deep.equal(before);
		writeFileSync(
			join(directory.path, 'text.db'),
			'no database at all, but long enough to be looked at as one'.repeat(20),
		);
		const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pilotwire-import-')).length;
		const left = folders();
		expect((await errorOf(() => AncestorFile.open(join(directory.path, 'text.db')))).code).to.equal('FILE_UNREADABLE');
		expect(folders()).to.equal(left);
		expect(existsSync(path)).to.equal(true);
	});

	it('is refused by the row whose time is none', async () => {
		const path = await make([...tables, "INSERT INTO statistics (start) VALUES ('soon')"]);
		const file = await AncestorFile.open(path);
		const error = await errorOf(async () => {
			for await (const _ of file.statistics());
		});
		await file.close();
		expect(error.message).to.include('row 1 of statistics with start soon');
	});

	it('has days where its rows are a day apart', () => {
		expect(rowLengthS([0, 86_400, 172_801, 400_000])).to.equal(86_400);
		expect(rowLengthS([0])).to.equal(3_600);
	});
});

describe('the tables of energy and costs', () => {
	const period = {
		from: '2026-01-04T23:00:00.000Z',
		to: '2026-01-05T23:00:00.000Z',
		...{ energyWh: 12_340, complete: false },
		byTariff: [
			{ period: 'off_peak' as const, colour: 'red' as const, energyWh: 2_340, cost: 0.23 },
			{ period: 'peak' as const, energyWh: 10_000, cost: 2 },
		],
	};
	const shared = { zone: 'Europe/Paris', meters: ['main'] };

	it('show local periods and say what was not measured throughout', () => {
		const text = energyTable({ ...shared, periods: [period] }, 'day');
		expect(text.split('\n')).to.deep.equal([
			'from            kWh  off_peak red   peak',
			'2026-01-05 *  12.34          2.34  10.00',
			'* not over, or not measured throughout',
		]);
	});

	it('show money, and energy without a price', () => {
		const cost = { energy: 2.23, subscription: 0.5, taxes: 0.1, total: 2.83 };
		const text = costTable(
			{ ...shared, currency: 'EUR', periods: [{ ...period, complete: true, cost, unpricedWh: 1_500 }] },
			'day',
		);
		expect(text).to.include('total EUR').and.to.include('2.83').and.to.include('1.50 kWh have no price');
	});
});

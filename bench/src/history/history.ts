// How fast the history takes points and answers, beside the distribution's InfluxDB with the same data in the same run.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type RemoteMethod, silentLog, systemClock } from '@pilotwire/runtime';
import {
	energyMethods,
	type HistoryReader,
	historyMethods,
	keepFor,
	type Point,
	SqliteStore,
} from '@pilotwire/telemetry';
import type { Figure } from '../figure.ts';
import { DAY_MS, START_MS, writes } from './data.ts';
import { type Peer, startPeer } from './influxdb.ts';

/** How long the house was measured; a year unless PILOTWIRE_BENCH_DAYS says less, for a quick look. */
const DAYS = Number(process.env['PILOTWIRE_BENCH_DAYS'] ?? 365);
/** The house's. */
const ZONE = 'Europe/Paris';
const CHART_POINTS = 800;
/** Each question is asked so many times; the median counts. */
const TIMES = 9;

const endMs = START_MS + DAYS * DAY_MS;
const bucketMs = Math.ceil((endMs - START_MS) / CHART_POINTS);

function median(sample: readonly number[]): number {
	return [...sample].sort((a, b) => a - b)[Math.floor(sample.length / 2)] ?? Number.NaN;
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
	const took: number[] = [];
	for (let time = 0; time < TIMES; time += 1) {
		const startMs = performance.now();
		await ask();
		took.push(performance.now() - startMs);
	}
	return median(took);
}

/** Seconds that the writes took; making the points isn't counted. */
async function ingest(most: number, write: (points: Point[]) => Promise<unknown>) {
	let [ms, points] = [0, 0];
	for (const batch of writes(DAYS, most)) {
		const startMs = performance.now();
		await write(batch);
		ms += performance.now() - startMs;
		points += batch.length;
	}
	return { perSecond: points / (ms / 1_000), points };
}

/** What the tables of a history take, MB. */
async function sizesOf(path: string) {
	// Whatever its schema: nothing is to be changed.
	const migrations = Array.from({ length: 100 }, () => '');
	const database = await openDatabase({ path, migrations, log: silentLog, clock: systemClock });
	const rows = await database.all('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name');
	await database.close();
	const sum = (...names: string[]): number =>
		rows.reduce((all, { name, bytes }) => (names.includes(String(name)) ? all + Number(bytes) : all), 0) / 1e6;
	return {
		points: sum('points'),
		minutes: sum('minutes'),
		hours: sum('hours', 'days', 'day_parts', 'spans'),
		texts: sum('texts', 'changes'),
	};
}

/** Asks as a client of the bus would, but for the bus. */
function energyOf(reader: HistoryReader, by: string): () => Promise<unknown> {
	const prices = () => ({ at: new Date(endMs).toISOString(), currency: 'EUR', prices: [] });
	const methods = energyMethods({ reader, clock: systemClock, timeZone: ZONE, prices });
	const question = { from: new Date(START_MS).toISOString(), to: new Date(endMs).toISOString(), by };
	const { parameters, run } = methods['history.energy'] as RemoteMethod;
	return async () => run(parameters.parse(question) as never);
}

/** A chart of the newest days, asked as a client of the bus would. */
function chartAsked(reader: HistoryReader, days: number): () => Promise<unknown> {
	const { parameters, run } = historyMethods(reader)['history.query'] as RemoteMethod;
	const [from, to] = [new Date(endMs - days * DAY_MS).toISOString(), new Date(endMs).toISOString()];
	const question = { series: 'load.apparentPowerVA', from, to, points: CHART_POINTS };
	return async () => run(parameters.parse(question) as never);
}

async function ownFigures() {
	const folder = mkdtempSync(join(tmpdir(), 'pilotwire-bench-'));
	const path = join(folder, 'history.db');
	// Nothing is deleted: each raw point's bytes are to be seen.
	const open = (): SqliteStore => new SqliteStore(path, silentLog, systemClock, keepFor({ points: 36_500 }), ZONE);
	let store = open();
	await store.open();
	const { perSecond, points } = await ingest(store.mostPerWrite, (batch) => store.write(batch));
	const beganMs = performance.now();
	while (await store.upkeep(endMs + DAY_MS));
	const daysMs = performance.now() - beganMs;
	await store.close();
	const bytes = statSync(path).size;
	store = open();
	const chartOf = (days: number) => timed(chartAsked(store, Math.min(days, DAYS)));
	const chart = await chartOf(DAYS);
	const shorter: { days: number; ms: number }[] = [];
	for (const days of [0.5, 1, 7, 14, 20, 33, 60]) shorter.push({ days, ms: await chartOf(days) });
	const energy = await timed(energyOf(store, 'total'));
	const energyByMonth = await timed(energyOf(store, 'month'));
	const energyByDay = await timed(energyOf(store, 'day'));
	await store.close();
	const sizes = await sizesOf(path);
	rmSync(folder, { recursive: true });
	// Days are summed between the writes: their time is the taking's.
	const taken = points / (points / perSecond + daysMs / 1_000);
	const energies = { energy, energyByMonth, energyByDay };
	return { perSecond: taken, points, bytesPerPoint: bytes / points, sizes, chart, shorter, ...energies };
}

const line = ({ series, tags, at, value }: Point): string => {
	const key = [series, ...Object.entries(tags).map(([name, text]) => `${name}=${text}`)].join(',');
	return `${key} ${typeof value === 'number' ? `value=${value}` : `text="${value}"`} ${at}`;
};

async function ask(peer: Peer, query: string): Promise<void> {
	const form = new URLSearchParams({ db: 'bench', epoch: 'ms', q: query });
	const answer = await fetch(`${peer.url}/query`, { method: 'POST', body: form });
	const { results } = (await answer.json()) as { results: { error?: string }[] };
	const [{ error } = {}] = results;
	if (error !== undefined) throw new Error(error);
}

async function peerFigures() {
	const peer = await startPeer();
	try {
		await ask(peer, 'CREATE DATABASE bench');
		const { perSecond, points } = await ingest(10_000, async (batch) => {
			const body = batch.map(line).join('\n');
			const answer = await fetch(`${peer.url}/write?db=bench&precision=ms`, { method: 'POST', body });
			if (answer.status !== 204) throw new Error(await answer.text());
		});
		await peer.settle();
		const when = `time >= ${START_MS}ms AND time < ${endMs}ms`;
		const figures = 'min("value"), max("value"), mean("value")';
		const chart = await timed(() =>
			ask(peer, `SELECT ${figures} FROM "load.apparentPowerVA" WHERE ${when} GROUP BY time(${bucketMs}ms)`),
		);
		const energyFrom = `FROM "reading.energyWh" WHERE ${when} GROUP BY`;
		const energy = await timed(() => ask(peer, `SELECT last("value") - first("value") ${energyFrom} "register"`));
		// Right but for the day in which a register is set back.
		const byDay = `time(1d), "register" fill(none) tz('${ZONE}')`;
		const energyByDay = await timed(() =>
			ask(peer, `SELECT non_negative_difference(last("value")) ${energyFrom} ${byDay}`),
		);
		const energyByHour = await timed(() =>
			ask(
				peer,
				`SELECT sum("wh") FROM (SELECT non_negative_difference(last("value")) AS "wh"
					${energyFrom} time(1h), "register" fill(none)) GROUP BY "register"`,
			),
		);
		return { perSecond, points, bytesPerPoint: peer.size() / points, chart, energy, energyByDay, energyByHour };
	} finally {
		await peer.end();
	}
}

export async function run(): Promise<Figure[]> {
	const own = await ownFigures();
	const peer = await peerFigures();
	const data = `${DAYS} days, ${(own.points / 1e6).toFixed(1)} million points`;
	const half = (value: number) => ({ op: '<=', value: Math.round(value * 5) / 10 }) as const;
	return [
		{ name: 'points taken', value: own.perSecond, unit: 'points/s', goal: { op: '>=', value: 100_000 }, note: data },
		{ name: 'the same, InfluxDB', value: peer.perSecond, unit: 'points/s' },
		{
			name: `chart, ${DAYS} days`,
			value: own.chart,
			unit: 'ms',
			goal: { op: '<=', value: 30 },
			note: '2 s series, 800',
		},
		{ name: 'the same, beside InfluxDB', value: own.chart, unit: 'ms', goal: half(peer.chart) },
		{ name: 'the same, InfluxDB', value: peer.chart, unit: 'ms' },
		...own.shorter.map(
			({ days, ms }): Figure => ({
				name: `chart, ${days} days`,
				value: ms,
				unit: 'ms',
				goal: { op: '<=', value: 30 },
			}),
		),
		{
			name: `energy by tariff, ${DAYS} days`,
			value: own.energy,
			unit: 'ms',
			goal: half(peer.energy),
			note: 'the whole answer of history.energy',
		},
		{ name: 'the same by month', value: own.energyByMonth, unit: 'ms', goal: half(peer.energyByDay) },
		{ name: 'the same by day', value: own.energyByDay, unit: 'ms', goal: half(peer.energyByDay) },
		{ name: 'last - first by register, InfluxDB', value: peer.energy, unit: 'ms', note: 'a register set back: wrong' },
		{ name: 'last by day and register, InfluxDB', value: peer.energyByDay, unit: 'ms', note: 'the same' },
		{ name: 'hour by hour, InfluxDB', value: peer.energyByHour, unit: 'ms', note: 'set back: right' },
		{ name: 'on the disk, roll-ups too', value: own.bytesPerPoint, unit: 'bytes/point' },
		{
			name: 'of that single figures',
			value: (own.sizes.points * 1e6) / own.points,
			unit: 'bytes/point',
			note: 'one series each 2 s, six registers',
		},
		{ name: 'of that minutes', value: own.sizes.minutes, unit: 'MB', note: `${DAYS} days` },
		{ name: 'of that hours and days', value: own.sizes.hours, unit: 'MB', note: `${DAYS} days` },
		{ name: 'of that texts', value: own.sizes.texts, unit: 'MB', note: `${DAYS} days, three series` },
		{ name: 'the same, InfluxDB (no roll-ups)', value: peer.bytesPerPoint, unit: 'bytes/point' },
	];
}

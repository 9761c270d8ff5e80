// How fast the history takes points and answers, beside the distribution's InfluxDB with the same data in the same run.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { keepFor, type Point, SqliteStore } from '@pilotwire/telemetry';
import type { Figure } from '../figure.ts';
import { DAY_MS, REGISTERS, START_MS, writes } from './data.ts';
import { type Peer, startPeer } from './influxdb.ts';

/** How long the house was measured; a year unless PILOTWIRE_BENCH_DAYS says less, for a quick look. */
const DAYS = Number(process.env['PILOTWIRE_BENCH_DAYS'] ?? 365);
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

async function ownFigures() {
	const folder = mkdtempSync(join(tmpdir(), 'pilotwire-bench-'));
	const path = join(folder, 'history.db');
	// Nothing is deleted: each raw point's bytes are to be seen.
	const open = (): SqliteStore => new SqliteStore(path, silentLog, systemClock, keepFor({ points: 36_500 }));
	let store = open();
	await store.open();
	const { perSecond, points } = await ingest(store.mostPerWrite, (batch) => store.write(batch));
	await store.close();
	const bytes = statSync(path).size;
	store = open();
	const range = { fromMs: START_MS, toMs: endMs };
	const chart = await timed(() => store.query({ series: 'load.apparentPowerVA', tags: {}, ...range, bucketMs }));
	const energy = await timed(async () => {
		const byRegister = new Map<string, number>();
		for await (const { tags, cells } of store.cells({ series: 'reading.energyWh', ...range }, 'hour')) {
			const rise = cells.reduce((sum, cell) => sum + cell.rise, 0);
			byRegister.set(tags['register'] ?? '', (byRegister.get(tags['register'] ?? '') ?? 0) + rise);
		}
		if (byRegister.size > REGISTERS.length) throw new Error('more registers than there are');
	});
	await store.close();
	rmSync(folder, { recursive: true });
	return { perSecond, points, bytesPerPoint: bytes / points, chart, energy };
}

const line = ({ series, tags, at, value }: Point): string =>
	`${series},${Object.entries(tags)
		.map(([name, text]) => `${name}=${text}`)
		.join(',')} value=${value} ${at}`;

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
		const energy = await timed(() =>
			// Hour by hour, so that a register that is set back costs nothing: what our hours are.
			ask(
				peer,
				`SELECT sum("wh") FROM (SELECT non_negative_difference(last("value")) AS "wh" FROM "reading.energyWh"
					WHERE ${when} GROUP BY time(1h), "register" fill(none)) GROUP BY "register"`,
			),
		);
		return { perSecond, points, bytesPerPoint: peer.size() / points, chart, energy };
	} finally {
		await peer.end();
	}
}

export async function run(): Promise<Figure[]> {
	const own = await ownFigures();
	const peer = await peerFigures();
	const data = `${DAYS} days, ${(own.points / 1e6).toFixed(1)} million points`;
	const half = (value: number) => ({ op: '<=', value: value / 2 }) as const;
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
		{ name: `energy by register, ${DAYS} days`, value: own.energy, unit: 'ms', goal: half(peer.energy) },
		{ name: 'the same, InfluxDB', value: peer.energy, unit: 'ms' },
		{ name: 'on the disk, roll-ups too', value: own.bytesPerPoint, unit: 'bytes/point' },
		{ name: 'the same, InfluxDB (no roll-ups)', value: peer.bytesPerPoint, unit: 'bytes/point' },
	];
}

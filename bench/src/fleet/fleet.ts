import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nginx } from '@pilotwire/test/nginx';
import { gcc, mosquitto, redis } from '@pilotwire/test/parts';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import { buildGenerator, generate, type Result } from '../broker/generator.ts';
import type { Figure } from '../figure.ts';
import { statusOf } from '../footprint/proc.ts';
import { type Engine, startCluster, startEmbedded, startMosquittoEngine } from './engines.ts';
import { guideTable, type Measured } from './guide-table.ts';

const options = {
	homes: { type: 'string', default: '10,100,300,1000' },
	engines: { type: 'string', default: '.' },
	seconds: { type: 'string', default: '10' },
	guide: { type: 'boolean', default: false },
	json: { type: 'boolean', default: false },
	check: { type: 'boolean', default: false },
} as const;

/** Before it counts: code that never ran is compiled first. Seconds. */
const WARM_S = 5;
/** Connections are closed one by one; the next load begins after them. Milliseconds. */
const SETTLE_MS = 1_000;

interface Kind {
	readonly name: string;
	readonly start: (folder: string, homes: number) => Promise<Engine>;
}

/**
 * Homes at one message a second each, on one engine after the other: `--homes 10,100` says how many, `--engines REGEXP` on
 * which, `--seconds` how long. Each home signs in as itself, has one subscription, and is read by one client for all.
 * `--guide` says it as the table of docs/guides/many-homes.md as well.
 */
export async function run(): Promise<Figure[]> {
	const { values } = parseArgs({ options, allowPositionals: true });
	if (!gcc.present()) {
		console.error(`Skipped for want of ${gcc.name} (${gcc.obtain}).`);
		return [];
	}
	buildGenerator();
	const homes = values.homes.split(',').map(Number);
	const wanted = new RegExp(values.engines, 'i');
	const folder = createTemporaryDirectory();
	// The signal's default ends this process without its exit hooks, which kill what it started.
	const leave = (): never => process.exit(1);
	process.once('exit', folder.remove).once('SIGINT', leave).once('SIGTERM', leave);
	try {
		const load = loadavg()[0] ?? 0;
		const measured: Measured[] = [];
		for (const kind of kinds().filter(({ name }) => wanted.test(name))) {
			const place = join(folder.path, kind.name.replaceAll(' ', '-'));
			measured.push(...(await measure(kind, place, homes, Number(values.seconds))));
		}
		if (values.guide) console.log(`${guideTable(measured, load)}\n`);
		const before = { name: 'load average before', value: load, unit: 'processes', note: 'of others' };
		return [before, ...measured.map(figureOf)];
	} finally {
		process.off('exit', folder.remove).off('SIGINT', leave).off('SIGTERM', leave);
		folder.remove();
	}
}

function kinds(): Kind[] {
	const all: Kind[] = [{ name: 'embedded', start: startEmbedded }];
	if (mosquitto.present()) all.push({ name: 'Mosquitto', start: startMosquittoEngine });
	else console.error(`Mosquitto is left out (${mosquitto.obtain}).`);
	const several = nginx.present() ? [2, 3] : [];
	if (several.length === 0) console.error(`Several nodes are left out (${nginx.obtain}).`);
	const nodes = redis.present() ? [1, ...several] : [];
	if (nodes.length === 0) console.error(`The cluster is left out (${redis.obtain}).`);
	for (const count of nodes)
		all.push({ name: `cluster of ${count}`, start: (folder, homes) => startCluster(count, folder, homes) });
	return all;
}

/** A fresh engine for each number of homes: memory that the last ones left would be charged to the next. */
async function measure(kind: Kind, folder: string, counts: readonly number[], seconds: number): Promise<Measured[]> {
	const measured: Measured[] = [];
	for (const homes of counts) {
		const engine = await kind.start(join(folder, String(homes)), homes);
		try {
			await wait(SETTLE_MS);
			const before = residentMB(engine.pids);
			let [most, ofRedis] = [0, 0];
			const looking = setInterval(() => {
				most = Math.max(most, residentMB(engine.pids));
				if (engine.redis !== undefined) ofRedis = Math.max(ofRedis, residentMB([engine.redis]));
			}, 500);
			const spans = ['--warm', String(WARM_S), '--seconds', String(seconds)];
			const result = await generate(['fleet', '--homes', String(homes), ...engine.reach, ...spans]).finally(() =>
				clearInterval(looking),
			);
			const memory = { before, most, ofRedis: engine.redis === undefined ? undefined : ofRedis };
			measured.push(measuredOf(engine.name, homes, result, memory));
		} finally {
			await engine.stop();
		}
	}
	return measured;
}

type Memory = Pick<Measured, 'before' | 'most' | 'ofRedis'>;

function measuredOf(engine: string, homes: number, result: Result, memory: Memory): Measured {
	const { messages, seconds, watchedS, lost, p50Us, p99Us } = result;
	return {
		...{ engine, homes, lost, ...memory },
		...{ aSecond: messages / seconds, percent: (100 * watchedS) / seconds, p50Ms: p50Us / 1_000, p99Ms: p99Us / 1_000 },
	};
}

function figureOf(measured: Measured): Figure {
	const { engine, homes, aSecond, percent, p50Ms, p99Ms, before, most, ofRedis, lost } = measured;
	const notes = [
		`${aSecond.toFixed(0)} messages/s`,
		`p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
		`${most.toFixed(0)} MB (${before.toFixed(0)} without homes)`,
		...(ofRedis === undefined ? [] : [`Redis ${ofRedis.toFixed(0)} MB of it`]),
		`a home ${((1_000 * percent) / 100 / homes).toFixed(2)} ms of processor a second, ${((1_000 * (most - before)) / homes).toFixed(0)} kB`,
		...(lost === 0 ? [] : [`${lost} lost`]),
	];
	return { name: `${homes} homes, ${engine}`, value: percent, unit: '% of a core', note: notes.join('; ') };
}

function residentMB(pids: readonly number[]): number {
	return pids.reduce((sum, pid) => sum + statusOf(pid).residentMB, 0);
}

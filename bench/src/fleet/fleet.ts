import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gcc, mosquitto, redis } from '@pilotwire/test/parts';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import { buildGenerator, generate, type Result } from '../broker/generator.ts';
import type { Figure } from '../figure.ts';
import { statusOf } from '../footprint/proc.ts';
import { type Engine, startCluster, startEmbedded, startMosquittoEngine } from './engines.ts';

const options = {
	homes: { type: 'string', default: '10,100,300,1000' },
	engines: { type: 'string', default: '.' },
	seconds: { type: 'string', default: '10' },
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
		const figures: Figure[] = [
			{ name: 'load average before', value: loadavg()[0] ?? 0, unit: 'processes', note: 'of others' },
		];
		for (const kind of kinds().filter(({ name }) => wanted.test(name)))
			figures.push(
				...(await measure(kind, join(folder.path, kind.name.replaceAll(' ', '-')), homes, Number(values.seconds))),
			);
		return figures;
	} finally {
		process.off('exit', folder.remove).off('SIGINT', leave).off('SIGTERM', leave);
		folder.remove();
	}
}

function kinds(): Kind[] {
	const all: Kind[] = [{ name: 'embedded', start: startEmbedded }];
	if (mosquitto.present()) all.push({ name: 'Mosquitto', start: startMosquittoEngine });
	else console.error(`Mosquitto is left out (${mosquitto.obtain}).`);
	const nodes = redis.present() ? [1, 2, 3] : [];
	if (nodes.length === 0) console.error(`The cluster is left out (${redis.obtain}).`);
	for (const count of nodes)
		all.push({ name: `cluster of ${count}`, start: (folder, homes) => startCluster(count, folder, homes) });
	return all;
}

/** A fresh engine for each number of homes: memory that the last ones left would be charged to the next. */
async function measure(kind: Kind, folder: string, counts: readonly number[], seconds: number): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const homes of counts) {
		const engine = await kind.start(join(folder, String(homes)), homes);
		try {
			await wait(SETTLE_MS);
			const before = residentMB(engine);
			let most = 0;
			const looking = setInterval(() => {
				most = Math.max(most, residentMB(engine));
			}, 500);
			const spans = ['--warm', String(WARM_S), '--seconds', String(seconds)];
			const result = await generate(['fleet', '--homes', String(homes), ...engine.reach, ...spans]).finally(() =>
				clearInterval(looking),
			);
			figures.push(figureOf(engine.name, homes, result, { before, most }));
		} finally {
			await engine.stop();
		}
	}
	return figures;
}

function figureOf(name: string, homes: number, result: Result, memory: { before: number; most: number }): Figure {
	const { messages, seconds, watchedS, lost, p50Us, p99Us } = result;
	const percent = (100 * watchedS) / seconds;
	const notes = [
		`${(messages / seconds).toFixed(0)} messages/s`,
		`p50 ${(p50Us / 1_000).toFixed(2)} ms, p99 ${(p99Us / 1_000).toFixed(2)} ms`,
		`${memory.most.toFixed(0)} MB (${memory.before.toFixed(0)} without homes)`,
		`a home ${((1_000 * percent) / 100 / homes).toFixed(2)} ms of processor a second, ${((1_000 * (memory.most - memory.before)) / homes).toFixed(0)} kB`,
		...(lost === 0 ? [] : [`${lost} lost`]),
	];
	return { name: `${homes} homes, ${name}`, value: percent, unit: '% of a core', note: notes.join('; ') };
}

function residentMB({ processes }: Engine): number {
	return processes.reduce((sum, { pid }) => sum + statusOf(pid).residentMB, 0);
}

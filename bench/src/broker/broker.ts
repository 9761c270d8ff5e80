import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gcc, mosquitto as mosquittoPart } from '@pilotwire/test/parts';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import type { Figure } from '../figure.ts';
import { startAedes, startMosquitto, startOurs, type Target } from './brokers.ts';
import { ceilingFigures, figuresOf } from './figures.ts';
import { buildGenerator } from './generator.ts';
import { type Length, type Measured, measure, measureCeilings, type Rivals } from './measure.ts';
import { memoryFigures } from './memory.ts';
import { type Row, rowsLike } from './rows.ts';

const options = {
	rows: { type: 'string', default: '.' },
	seconds: { type: 'string', default: '2' },
	rounds: { type: 'string', default: '3' },
	profile: { type: 'string' },
	json: { type: 'boolean', default: false },
	check: { type: 'boolean', default: false },
} as const;

const MEMORY = 'memory of an idle connection';

/**
 * The embedded broker beside Debian's Mosquitto. `--rows REGEXP` makes the table smaller, `--seconds` and `--rounds` say
 * how long and how often each is measured, `--profile FOLDER` writes CPU profiles of the embedded broker.
 */
export async function run(): Promise<Figure[]> {
	const { values } = parseArgs({ options, allowPositionals: true });
	if (!gcc.present()) return skipped(gcc.name, gcc.obtain);
	buildGenerator();
	if (!mosquittoPart.present()) skipped(mosquittoPart.name, mosquittoPart.obtain);
	const folder = createTemporaryDirectory();
	// The signal's default ends this process without its exit hooks, which kill what it started.
	const leave = (): never => process.exit(1);
	process.once('exit', folder.remove).once('SIGINT', leave).once('SIGTERM', leave);
	const running: Target[] = [];
	const started = async (starting: Promise<Target>): Promise<Target> => {
		const target = await starting;
		running.push(target);
		return target;
	};
	const profile = values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile];
	const pair = async (name: string): Promise<Rivals> => ({
		ours: await started(startOurs(join(folder.path, name, 'ours'), profile)),
		...(mosquittoPart.present() && {
			mosquitto: await started(startMosquitto(join(folder.path, name, 'mosquitto'))),
		}),
	});
	try {
		const load = loadavg()[0] ?? 0;
		const figures: Figure[] = [{ name: 'load average before', value: load, unit: 'processes', note: 'of others' }];
		const rows = rowsLike(values.rows);
		const length = { seconds: Number(values.seconds), rounds: Number(values.rounds) };
		if (rows.length > 0) figures.push(...(await loadFigures(rows, await pair('load'), length)));
		if (new RegExp(values.rows).test(MEMORY)) {
			const { ours, mosquitto } = await pair('idle');
			figures.push(...(await memoryFigures(ours, await started(startAedes()), mosquitto)));
		}
		return figures;
	} finally {
		for (const target of running) await target.stop();
		process.off('exit', folder.remove).off('SIGINT', leave).off('SIGTERM', leave);
		folder.remove();
	}
}

async function loadFigures(rows: readonly Row[], rivals: Rivals, length: Length): Promise<Figure[]> {
	const measured: Measured[] = [];
	for (const row of rows) measured.push(await measure(row, rivals, length));
	const ceilings = await measureCeilings(measured, length.seconds);
	return [...measured.flatMap(figuresOf), ...ceilingFigures(ceilings)];
}

function skipped(name: string, obtain: string): Figure[] {
	console.error(`Skipped for want of ${name} (${obtain}).`);
	return [];
}

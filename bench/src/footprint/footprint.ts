import { setTimeout as wait } from 'node:timers/promises';
import type { Process } from '@pilotwire/test/processes';
import type { Figure } from '../figure.ts';
import { withHouse } from './house.ts';
import { firstScreenKB } from './page.ts';
import { processorSeconds, statusOf } from './proc.ts';

const HOST = '127.0.7.1';
/** How long the house runs before its memory counts. PILOTWIRE_FOOTPRINT_S shortens it for a trial. */
const RUN_S = 600;
/** What the start costs (reading code, compiling it, the first account) is not what the house costs. */
const START_S = 30;
const LOOK_S = 1;
const GOAL_MB = 150;
const GOAL_CORE_PERCENT = 5;
const GOAL_PAGE_KB = 60;

interface Watched {
	readonly endMB: number;
	/** The most seen after the start. */
	readonly highestMB: number;
	/** The most ever, as the kernel counts it. */
	readonly peakMB: number;
	/** Of one core, after the start. */
	readonly corePercent: number;
	readonly threads: number;
}

function runSeconds(): number {
	const given = process.env['PILOTWIRE_FOOTPRINT_S'];
	const seconds = given === undefined ? RUN_S : Number(given);
	if (seconds > START_S) return seconds;
	throw new Error(`PILOTWIRE_FOOTPRINT_S: expected more than ${START_S} seconds, got ${given}`);
}

/** A house that ended has no footprint: what it wrote says why. */
function mustRun(house: Process): void {
	if (!house.alive) throw new Error(`the house ended while it was watched. It wrote:\n${house.text()}`);
}

async function watch(house: Process, startedMs: number, seconds: number): Promise<Watched> {
	const until = (secondsIn: number): number => startedMs + secondsIn * 1_000 - performance.now();
	await wait(Math.max(0, until(START_S)));
	mustRun(house);
	const fromMs = performance.now();
	const usedBefore = processorSeconds(house.pid);
	let highestMB = 0;
	while (until(seconds) > 0) {
		await wait(Math.min(LOOK_S * 1_000, Math.max(0, until(seconds))));
		mustRun(house);
		highestMB = Math.max(highestMB, statusOf(house.pid).residentMB);
	}
	const used = processorSeconds(house.pid) - usedBefore;
	const { residentMB, highestMB: peakMB, threads } = statusOf(house.pid);
	const corePercent = (used * 100_000) / (performance.now() - fromMs);
	return { endMB: residentMB, highestMB: Math.max(highestMB, residentMB), peakMB, corePercent, threads };
}

function figures({ endMB, highestMB, peakMB, corePercent, threads }: Watched, seconds: number): Figure[] {
	const memory = { unit: 'MB', goal: { op: '<=', value: GOAL_MB } } as const;
	const span = `from second ${START_S} to ${seconds}`;
	return [
		{ name: 'resident at the end', value: endMB, ...memory, note: `VmRSS after ${seconds} s` },
		{ name: 'resident, highest once started', value: highestMB, ...memory, note: `VmRSS each second, ${span}` },
		{ name: 'resident, highest ever', value: peakMB, unit: 'MB', note: 'VmHWM: the start too' },
		{
			...{ name: 'processor', value: corePercent, unit: '% of a core', note: `all threads, ${span}` },
			goal: { op: '<=', value: GOAL_CORE_PERCENT },
		},
		{ name: 'threads', value: threads, unit: 'threads' },
		{
			...{
				name: 'first screen',
				value: firstScreenKB(),
				unit: 'kB gzip',
				note: 'script and style before the MQTT client',
			},
			goal: { op: '<=', value: GOAL_PAGE_KB },
		},
	];
}

/** What `npm start` takes: everything in one process, the simulated house, the line it writes each second. */
export async function run(): Promise<Figure[]> {
	const seconds = runSeconds();
	const startedMs = performance.now();
	const watched = await withHouse(HOST, async (site) => watch(await site.start(), startedMs, seconds));
	return figures(watched, seconds);
}

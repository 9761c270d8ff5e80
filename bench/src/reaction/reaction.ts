import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@pilotwire/test/native-build';
import { slowFsync } from '@pilotwire/test/slow-fsync';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import { type Figure, percentile } from '../figure.ts';
import { LIMIT_VA, loadFrame } from './frames.ts';
import { type Hop, startHop } from './hop.ts';
import { RADIATOR_W, RADIATORS_A_PHASE, type Rig, startRig } from './rig.ts';

const PHASES = [1, 2, 3] as const;
/** How far over the limit each measured group goes: one radiator is enough. */
const OVER_VA = RADIATOR_W / 2;
/** Rounds in which every radiator is shed once. */
const ROUNDS = 8;
/** Overloads of each phase at the start of a round that are not counted: code that never ran before is compiled first. */
const WARM_UP = 1;
/** Hops measured while each settled frame is on the line: in the same traffic as the reactions. */
const HOPS_A_FRAME = 1;
const ALL_BACK_WITHIN_MS = 240_000;

interface Samples {
	readonly reactionsUs: number[];
	readonly hopsUs: number[];
}

/** One overload: from the last byte of the group that shows it to the write of the chip register. */
async function overload(rig: Rig, loads: [number, number, number], phase: 1 | 2 | 3): Promise<number> {
	const over: [number, number, number] = [...loads];
	over[phase - 1] = LIMIT_VA + OVER_VA;
	const frame = loadFrame(over, phase);
	const mark = rig.bus.mark();
	const first = rig.line.send(frame.upTo);
	const rest = rig.line.send(frame.rest);
	const isLatch = ({ register }: { register: number }): boolean => register === 0x14 || register === 0x15;
	const write = await rig.bus.written(isLatch, { from: mark });
	const { lastAtNs } = await first;
	await rest;
	return Number(write.atNs - lastAtNs) / 1_000;
}

/** Speaks frames until every radiator is admitted again. */
async function bringAllBack(rig: Rig): Promise<void> {
	const end = performance.now() + ALL_BACK_WITHIN_MS;
	while (PHASES.some((phase) => rig.heating(phase) < RADIATORS_A_PHASE)) {
		if (performance.now() > end) throw new Error('the radiators did not come back');
		const loads = PHASES.map((phase) => 1_000 + rig.heating(phase) * RADIATOR_W) as [number, number, number];
		const { upTo, rest } = loadFrame(loads, 3);
		await rig.line.send(Buffer.concat([upTo, rest]));
	}
}

/** Sheds every radiator, one after the other, each by an overload of its own; hops are measured after each. */
async function round(rig: Rig, hop: Hop, samples: Samples): Promise<void> {
	await bringAllBack(rig);
	const settled: [number, number, number] = [LIMIT_VA - OVER_VA, LIMIT_VA - OVER_VA, LIMIT_VA - OVER_VA];
	for (let count = 0; count < RADIATORS_A_PHASE; count += 1) {
		for (const phase of PHASES) {
			const reactionUs = await overload(rig, settled, phase);
			const { upTo, rest } = loadFrame(settled, 3);
			const sent = rig.line.send(Buffer.concat([upTo, rest]));
			const hopsUs: number[] = [];
			for (let hops = 0; hops < HOPS_A_FRAME; hops += 1) hopsUs.push(await hop.measure());
			await sent;
			if (count < WARM_UP) continue;
			samples.reactionsUs.push(reactionUs);
			samples.hopsUs.push(...hopsUs);
		}
	}
}

async function measure(folder: string, host: string, env: Environment): Promise<Samples> {
	const samples: Samples = { reactionsUs: [], hopsUs: [] };
	for (let count = 0; count < ROUNDS; count += 1) {
		const own = join(folder, String(count));
		mkdirSync(own, { recursive: true });
		// A house of its own for each round: a shedder remembers who had to go again at once, and makes them wait.
		const rig = await startRig(own, host, env);
		try {
			const hop = await startHop(own, host);
			await round(rig, hop, samples).finally(() => hop.stop());
		} finally {
			await rig.stop();
		}
	}
	return samples;
}

function figures(name: string, { reactionsUs, hopsUs }: Samples): Figure[] {
	const row = (title: string, p: number, most: number): Figure[] => {
		const reaction = percentile(reactionsUs, p);
		const hop = percentile(hopsUs, p);
		return [
			{ name: `${name}: reaction ${title}`, value: reaction, unit: 'µs' },
			{ name: `${name}: one hop ${title}`, value: hop, unit: 'µs' },
			{
				name: `${name}: reaction over hop, ${title}`,
				value: reaction / hop,
				unit: 'hops',
				goal: { op: '<=', value: most },
			},
		];
	};
	return [...row('p50', 0.5, 4), ...row('p99', 0.99, 2.5)].map((figure) => ({
		...figure,
		note: `${reactionsUs.length} overloads, ${hopsUs.length} hops`,
	}));
}

/** From the meter's byte to the radiator's register, through four processes and the broker; again on a disk that waits. */
export async function run(): Promise<Figure[]> {
	const folder = createTemporaryDirectory();
	try {
		const plain = await measure(join(folder.path, 'plain'), '127.0.9.1', {});
		const disk = slowFsync(200, join(folder.path, 'fsyncs'));
		const slow = await measure(join(folder.path, 'slow'), '127.0.9.2', disk.env);
		return [
			...figures('as it is', plain),
			...figures('every fsync 200 ms late', slow),
			{ name: 'fsyncs delayed', value: disk.calls(), unit: 'calls', goal: { op: '>=', value: 1 } },
		];
	} finally {
		folder.remove();
	}
}

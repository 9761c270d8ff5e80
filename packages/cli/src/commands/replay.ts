import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type House, houseWith, readHouse } from '../config.ts';
import { onePhaseHouse } from '../replay/description.ts';
import { openRecorded, type RecordedFile } from '../replay/recorded-file.ts';
import { ReplayShow } from '../replay/replay-show.ts';
import { replayCurve, replayLine } from '../replay/run.ts';
import { asJson, asText } from '../replay/summary.ts';
import type { ConfigOptions } from './options.ts';

interface ReplayCommandOptions extends ConfigOptions {
	/** Times as fast as it was; undefined as fast as it goes. */
	readonly speed: number | undefined;
	readonly json?: true;
	readonly kva?: number;
	readonly outside: number;
}

/** `pilotwire replay FILE`: what would have happened, by the real services on virtual time. */
export async function replayFile(path: string, options: ReplayCommandOptions): Promise<void> {
	const file = await openRecorded(path);
	const house = await houseFor(file, options);
	const folder = await mkdtemp(join(tmpdir(), 'pilotwire-replay-'));
	const watch = new ReplayShow({ speed: options.speed, quiet: options.json === true });
	try {
		const run = { path, house, folder, watch };
		const { kva, outside: outsideC } = options;
		const around = kva === undefined ? { outsideC } : { kva, outsideC };
		const outcome = file.kind === 'curve' ? await replayCurve(file, around, run) : await replayLine(file, run);
		watch.end();
		console.log(options.json === true ? JSON.stringify(asJson(outcome), undefined, 2) : asText(outcome));
	} finally {
		watch.end();
		await rm(folder, { recursive: true, force: true });
	}
}

/** The configured house; without a file the demonstration house, on one phase where the file has one. */
async function houseFor({ phases }: RecordedFile, options: ConfigOptions): Promise<House> {
	const house = await readHouse(options);
	if (options.config !== undefined || phases === 3) return house;
	const switches = house.switches.map((one) => ({ ...one, phase: 1 as const }));
	return { ...houseWith(house, onePhaseHouse()), switches };
}

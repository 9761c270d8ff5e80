import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
	type Controller,
	type LoadCurve,
	loadSteps,
	noController,
	parseLoadCurve,
	ShedderController,
	Twin,
	type TwinCircuit,
	type TwinFigures,
	type TwinOptions,
} from '@pilotwire/house';
import { benchHouse, type HouseName, priorityOf, programmeOf, type WeatherName } from './houses.ts';
import { type Floor, floorOf } from './optimum.ts';
import { ancestor, firmware } from './rivals.ts';

const controllers: Readonly<Record<string, (circuits: readonly TwinCircuit[]) => Controller>> = {
	strict: (circuits) => new ShedderController(circuits, { settings: { mode: 'strict' } }),
	tolerant: (circuits) => new ShedderController(circuits, { settings: { mode: 'tolerant' } }),
	'strict-probes': (circuits) => new ShedderController(circuits, { settings: { mode: 'strict' }, probes: true }),
	'tolerant-probes': (circuits) => new ShedderController(circuits, { settings: { mode: 'tolerant' }, probes: true }),
	none: (circuits) => noController(circuits.length),
	ancestor,
	firmware,
};

export const ours = ['strict', 'tolerant'] as const;
export const rivals = ['none', 'ancestor', 'firmware'] as const;
export const FLOOR = 'optimum';

/** One run of the table. */
export interface Task {
	readonly house: HouseName;
	readonly weather: WeatherName;
	/** File of a recorded load; the simulator's appliances where not given. */
	readonly load?: string;
	/** A rule's name, or {@link FLOOR}. */
	readonly rule: string;
	readonly days: number;
	readonly seed: number;
}

export interface Outcome {
	readonly task: Task;
	readonly figures?: TwinFigures;
	readonly floor?: Floor;
	readonly tookS: number;
}

const DAY_S = 86_400;
const DAY_MINUTES = 1440;

export function runTask(task: Task): Outcome {
	const from = performance.now();
	const options = optionsOf(task);
	const took = (): number => (performance.now() - from) / 1000;
	if (task.rule === FLOOR) {
		const floor = floorOf(options, task.days * DAY_S);
		return { task, floor, tookS: took() };
	}
	const controller = controllers[task.rule];
	if (controller === undefined) throw new Error(`no rule ${task.rule}`);
	const figures = new Twin({ ...options, controller }).run(task.days * DAY_S).figures();
	return { task, figures, tookS: took() };
}

function optionsOf({ house: name, weather, load, days, seed }: Task): TwinOptions {
	const house = benchHouse(name, weather, load === undefined);
	const options = { house, seed, programme: programmeOf, priority: priorityOf };
	if (load === undefined) return options;
	const curve = readCurve(load);
	const { phases, prefKVA } = house.meter;
	const fromMinute = (DAY_MINUTES - curve.startMinute) % DAY_MINUTES;
	const minutes = days * DAY_MINUTES;
	const largestW = Math.max(...house.radiators.map(({ powerW }) => powerW));
	const scale = ((prefKVA * 1000) / phases - largestW) / busiestQuarterW(curve, phases);
	return { ...options, loads: loadSteps(curve, { phases, scale, seed, fromMinute, minutes }) };
}

const curves = new Map<string, LoadCurve>();

/** @throws Error with the lines that can't be read */
export function readCurve(file: string): LoadCurve {
	const known = curves.get(file);
	if (known !== undefined) return known;
	const bytes = readFileSync(file);
	const parsed = parseLoadCurve((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
	if ('faults' in parsed) {
		const told = parsed.faults.map(
			({ line, expected, received }) => `${file}:${line}: expected ${expected}, got ${received}`,
		);
		throw new Error(told.join('\n'));
	}
	curves.set(file, parsed.curve);
	return parsed.curve;
}

const QUARTER_S = 900;

const busiest = new Map<LoadCurve, Map<number, number>>();

/**
 * The busiest quarter of an hour of the whole recording, W on a phase. A household is as large as can still be kept warm: that
 * quarter leaves room for the largest radiator on each phase, so that radiators can take turns.
 */
function busiestQuarterW(curve: LoadCurve, phases: 1 | 3): number {
	const known = busiest.get(curve) ?? new Map<number, number>();
	busiest.set(curve, known);
	const watts = known.get(phases) ?? findBusiestQuarter(curve, phases);
	known.set(phases, watts);
	return watts;
}

function findBusiestQuarter(curve: LoadCurve, phases: 1 | 3): number {
	const steps = loadSteps(curve, { phases, scale: 1, seed: 1 });
	const totalS = curve.apparentVA.length * 60;
	let busiestW = 0;
	for (const [phase, atS] of steps.atS.entries()) {
		const means = new Float64Array(Math.ceil(totalS / QUARTER_S));
		const watts = steps.watts[phase] as Float64Array;
		for (const [at, fromS] of atS.entries()) {
			let second: number = fromS;
			const endS = atS[at + 1] ?? totalS;
			while (second < endS) {
				const quarter = Math.floor(second / QUARTER_S);
				const until = Math.min(endS, (quarter + 1) * QUARTER_S);
				means[quarter] = (means[quarter] as number) + ((watts[at] as number) * (until - second)) / QUARTER_S;
				second = until;
			}
		}
		busiestW = means.reduce((most, mean) => Math.max(most, mean), busiestW);
	}
	return busiestW;
}

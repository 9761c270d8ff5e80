import type { Figure } from '../figure.ts';
import { FLOOR, type Outcome, type Task } from './scenario.ts';

/** One rule in one house. */
export interface Row {
	readonly scenario: string;
	readonly rule: string;
	/** Beyond those without any circuit of ours. */
	readonly openings: number;
	/** All of them, but for those of a phase whose circuits had all been off for two minutes. */
	readonly openingsWithOursOn: number;
	readonly minutesAbove: number;
	/** Below the wanted temperature, and of those beyond the optimum, K h. */
	readonly degreeHours: number;
	readonly excess: number;
	readonly switchings: number;
	readonly longestWaitS: number;
	/** Less the time in which nobody could have ended it. */
	readonly longestWaitWithRoomS: number;
	/** The longest that one of the circuits had no room even with all others off; the same for every rule. */
	readonly noRoomS: number;
	readonly kWh: number;
	readonly coldestC: number;
	readonly figures: readonly Figure[];
}

const COLUMNS = [
	'house, load, weather',
	'rule',
	'openings',
	'ours on',
	'min above',
	'K h below',
	'over optimum',
	'switchings',
	'longest wait',
	'with room',
	'no room',
	'energy',
	'coldest',
];

const scenarioOf = ({ house, weather, load }: Task): string =>
	`${house}, ${load === undefined ? 'appliances' : 'recorded'}, ${weather}`;

export function rowsOf(tasks: readonly Task[], outcomes: readonly Outcome[]): Row[] {
	const floors = new Map(
		outcomes.flatMap(({ task, floor }) => (floor === undefined ? [] : [[scenarioOf(task), floor]])),
	);
	const rows: Row[] = [];
	for (const task of tasks) {
		const scenario = scenarioOf(task);
		const floor = floors.get(scenario);
		if (floor === undefined) continue;
		const figures = outcomes.find((outcome) => outcome.task === task || same(outcome.task, task))?.figures;
		const kWh = figures?.energyKWh ?? Number.NaN;
		const row =
			task.rule === FLOOR || figures === undefined
				? {
						openings: 0,
						openingsWithOursOn: 0,
						minutesAbove: floor.minutesAbove,
						degreeHours: floor.degreeHours,
						excess: 0,
					}
				: {
						openings: figures.openings - floor.openings,
						openingsWithOursOn: figures.openings - figures.openingsWithNoneOn,
						minutesAbove: figures.minutesAbove,
						degreeHours: figures.degreeHours,
						excess: figures.degreeHours - floor.degreeHours,
					};
		const whole = {
			scenario,
			rule: task.rule,
			...row,
			switchings: figures?.switchingsPerRadiatorDay ?? Number.NaN,
			longestWaitS: figures?.longestWaitS ?? Number.NaN,
			longestWaitWithRoomS: figures?.longestWaitWithRoomS ?? Number.NaN,
			noRoomS: floor.noRoomS,
			kWh,
			coldestC: figures?.coldestC ?? Number.NaN,
		};
		rows.push({ ...whole, figures: figuresOf(whole) });
	}
	return rows;
}

const same = (a: Task, b: Task): boolean => a.rule === b.rule && scenarioOf(a) === scenarioOf(b);

function figuresOf(row: Omit<Row, 'figures'>): Figure[] {
	const name = `${row.scenario}, ${row.rule}`;
	const figures: Figure[] = [
		{ name: `${name}: openings beyond those without our circuits`, value: row.openings, unit: '' },
		{ name: `${name}: openings with one of our circuits on`, value: row.openingsWithOursOn, unit: '' },
		{ name: `${name}: above the subscription`, value: row.minutesAbove, unit: 'min' },
		{ name: `${name}: below the wanted temperature`, value: row.degreeHours, unit: 'K h' },
		{ name: `${name}: the same over the optimum`, value: row.excess, unit: 'K h' },
		{ name: `${name}: switchings`, value: row.switchings, unit: 'per radiator and day' },
		{ name: `${name}: longest single wait`, value: row.longestWaitS, unit: 's' },
		{ name: `${name}: longest single wait while there was room`, value: row.longestWaitWithRoomS, unit: 's' },
		{ name: `${name}: longest without room for a circuit`, value: row.noRoomS, unit: 's' },
		{ name: `${name}: energy`, value: row.kWh, unit: 'kWh' },
	];
	return figures.filter(({ value }) => Number.isFinite(value));
}

export function tableOf(rows: readonly Row[]): string {
	const fixed = (value: number, digits: number, unit = ''): string =>
		Number.isFinite(value) ? `${value.toFixed(digits)}${unit}` : '';
	const lines = rows.map((row) => [
		row.scenario,
		row.rule,
		fixed(row.openings, 0),
		fixed(row.openingsWithOursOn, 0),
		fixed(row.minutesAbove, 0),
		fixed(row.degreeHours, 0),
		fixed(row.excess, 0),
		fixed(row.switchings, 1),
		fixed(row.longestWaitS / 60, 0, ' min'),
		fixed(row.longestWaitWithRoomS / 60, 0, ' min'),
		fixed(row.noRoomS / 60, 0, ' min'),
		fixed(row.kWh, 0, ' kWh'),
		fixed(row.coldestC, 1, ' °C'),
	]);
	const all = [COLUMNS, ...lines];
	const widths = COLUMNS.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
	const printed = all.map((cells) =>
		cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
	);
	const rule = widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
	return [printed[0], rule, ...printed.slice(1)].map((cells) => `| ${(cells ?? []).join(' | ')} |`).join('\n');
}

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Figure } from '../figure.ts';
import { goals } from './goals.ts';
import { houseNames, weathers } from './houses.ts';
import { runAll } from './pool.ts';
import { FLOOR, ours, rivals, type Task } from './scenario.ts';
import { speedFigure } from './speed.ts';
import { rowsOf, tableOf } from './table.ts';

const options = {
	load: { type: 'string' },
	days: { type: 'string', default: '28' },
	house: { type: 'string', default: '.' },
	weather: { type: 'string', default: '.' },
	rules: { type: 'string', default: [...ours, ...rivals].join(',') },
	json: { type: 'boolean', default: false },
	check: { type: 'boolean', default: false },
} as const;

/**
 * This shedder beside its rivals on the digital twin. `--load FILE` adds houses with a recorded load (.csv or .csv.gz);
 * `--days`, `--house REGEXP`, `--weather REGEXP` and `--rules a,b` make the table smaller.
 */
export async function run(): Promise<Figure[]> {
	const { values } = parseArgs({ options, allowPositionals: true });
	if (values.load !== undefined && !existsSync(values.load)) throw new Error(`--load: no file ${values.load}`);
	const from = performance.now();
	const speed = speedFigure();
	const tasks = tasksOf(values);
	// The longest runs first, so that no core waits for another at the end.
	const outcomes = await runAll(tasks.toReversed(), ({ task, tookS }, count) => {
		if (process.stderr.isTTY)
			process.stderr.write(`\r${count} of ${tasks.length}: ${task.rule} ${tookS.toFixed(1)} s   `);
	});
	if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
	const rows = rowsOf(tasks, outcomes);
	if (!values.json) console.log(`${tableOf(rows)}\n`);
	const table = { name: 'the whole table', value: (performance.now() - from) / 60_000, unit: 'min' };
	const figures = [speed, { ...table, goal: { op: '<=', value: 5 } } as const, ...goals(rows)];
	return values.json ? [...figures, ...rows.flatMap(({ figures: all }) => all)] : figures;
}

function tasksOf(values: { load?: string | undefined; days: string; house: string; weather: string; rules: string }) {
	const tasks: Task[] = [];
	const house = new RegExp(values.house);
	const weather = new RegExp(values.weather);
	for (const load of values.load === undefined ? [undefined] : [undefined, values.load]) {
		for (const name of houseNames.filter((one) => house.test(one))) {
			for (const sky of weathers.filter((one) => weather.test(one))) {
				for (const rule of [FLOOR, ...values.rules.split(',')]) {
					const task = { house: name, weather: sky, rule, days: Number(values.days), seed: 1 };
					tasks.push(load === undefined ? task : { ...task, load });
				}
			}
		}
	}
	return tasks;
}

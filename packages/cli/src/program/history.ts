import { type Command, Option } from 'commander';
import { configurable } from './options.ts';

const steps = ['hour', 'day', 'week', 'month', 'year'];
const moment = 'a local date (2026-01-31) or ISO 8601';
const actions = () => import('../commands/history.ts');

/** `pilotwire history ...`: what the running house's telemetry remembers, out and in. */
export function historyCommand(root: Command): void {
	const history = root.command('history').description('the history of the running house: ask, export, import, copy');
	const ranged = (command: Command): Command =>
		configurable(command)
			.requiredOption('--from <time>', `beginning: ${moment}`)
			.requiredOption('--to <time>', `end, not included: ${moment}`)
			.option('--meter <id>', 'only this meter; all unless given');
	for (const name of ['energy', 'cost'] as const) {
		const about = name === 'energy' ? 'kWh by period and tariff' : 'money by period, with subscription and taxes';
		ranged(history.command(name))
			.description(about)
			.addOption(new Option('--by <step>', 'local periods').choices([...steps, 'total']).default('day'))
			.addOption(new Option('--compare <back>', 'with the same range so far back').choices(steps.slice(1)))
			.option('--json', 'print the answer as JSON')
			.action(async (options) => (await actions()).askHistory(name, options));
	}
	ranged(history.command('export'))
		.description('write any range as CSV or JSON lines')
		.option('--series <names>', 'comma-separated; every series unless given')
		.addOption(new Option('--format <format>', 'form of the lines').choices(['csv', 'jsonl']).default('csv'))
		.addOption(new Option('--by <what>', 'energy and money by tariff instead of figures').choices(['tariff']))
		.addOption(new Option('--step <step>', 'periods of --by tariff').choices(steps).default('day'))
		.option('--out <file>', 'a new file, instead of standard output')
		.action(async (options) => (await actions()).exportHistory(options));
	configurable(history.command('import'))
		.description("take in a CSV (time,series,tags,value), or the SQLite file of this system's ancestor")
		.argument('<file>', 'a .csv, or a .db with the tables statistics and dashboard')
		.option('--meter <id>', "the meter that an ancestor's figures are of; the house's first unless given")
		.action(async (file, options) => (await actions()).importHistory(file, options));
	configurable(history.command('copy'))
		.description('copy what there is from one store to the other, while both are written to')
		.addOption(new Option('--to <store>', 'where to').choices(['sqlite', 'influxdb']).makeOptionMandatory())
		.option('--afresh', 'from the beginning, even where an earlier copy can go on')
		.action(async (options) => (await actions()).copyHistory(options));
}

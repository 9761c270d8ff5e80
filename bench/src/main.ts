import { type Figure, holds } from './figure.ts';

const benches: Readonly<Record<string, () => Promise<{ run(): Promise<Figure[]> }>>> = {
	broker: () => import('./broker/broker.ts'),
	decision: () => import('./decision/decision.ts'),
	decode: () => import('./decode/decode.ts'),
	devices: () => import('./devices/devices.ts'),
	fleet: () => import('./fleet/fleet.ts'),
	footprint: () => import('./footprint/footprint.ts'),
	history: () => import('./history/history.ts'),
	reaction: () => import('./reaction/reaction.ts'),
	shedding: () => import('./shedding/shedding.ts'),
	'sign-in': () => import('./sign-in/sign-in.ts'),
};

const usage = `npm run bench -- NAME [--json] [--check]
  NAME     ${Object.keys(benches).join(', ')}
  --json   the figures as JSON, for programs
  --check  exit 1 where a goal is missed`;

function row({ name, value, unit, goal, note }: Figure): string[] {
	const rounded = value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
	const verdict = { true: 'yes', false: 'NO', undefined: '' }[
		String(holds({ name, value, unit, ...(goal && { goal }) }))
	];
	return [
		name,
		`${rounded} ${unit}`,
		goal === undefined ? '' : `${goal.op} ${goal.value} ${unit}`,
		verdict ?? '',
		note ?? '',
	];
}

function table(rows: readonly string[][]): string {
	const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? [];
	return rows
		.map((cells) =>
			cells
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

const given = process.argv.slice(2);
const [name] = given.filter((argument) => !argument.startsWith('--'));
const load = name === undefined ? undefined : benches[name];
if (load === undefined) {
	console.error(usage);
	process.exit(64);
}
const figures = await (await load()).run();
if (given.includes('--json')) {
	console.log(
		JSON.stringify(
			figures.map((figure) => ({ ...figure, holds: holds(figure) })),
			undefined,
			2,
		),
	);
} else {
	console.log(table([['figure', 'measured', 'goal', 'holds', ''], ...figures.map(row)]));
}
process.exit(given.includes('--check') && figures.some((figure) => holds(figure) === false) ? 1 : 0);

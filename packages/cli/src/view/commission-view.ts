import type { CommissioningState } from '@pilotwire/contract';

type Tried = CommissioningState['circuits'][number];

/** What the run will take and do, before its first step. */
export function announcement({
	total,
	expectedS,
	atMostS,
}: {
	total: number;
	expectedS: number;
	atMostS: number;
}): string {
	const circuits = total === 1 ? '1 circuit' : `${total} circuits`;
	return [
		`Commissioning ${circuits}: about ${minutes(expectedS)}, ${minutes(atMostS)} at most.`,
		'Meanwhile every radiator is held at frost_protection and each is told to draw in its turn, within the headroom.',
		'A radiator whose room is warm enough draws nothing, and nobody can see then how it is wired: turn thermostats up first.',
		'Ctrl-C ends it; then, and whatever else ends it, everything is as it was.',
	].join('\n');
}

/** What is done at this moment, in a line. */
export function progressLine({ current }: CommissioningState): string {
	if (current === undefined) return '';
	const { number, of, name, step, why, round } = current;
	const doing = {
		waits: `waits for ${why ?? 'the loads to settle'}`,
		comfort: 'told to draw',
		off: 'told off',
		rests: 'rests',
	};
	const again = round === 1 ? '' : ` (again, round ${round})`;
	return `${number} of ${of}: ${name}${again}: ${doing[step]}`;
}

/** What a circuit showed, in a line. */
export function triedLine(tried: Tried): string {
	return `${placeOf(tried)}  ${tried.name}: ${tried.text}${tried.settled ? '' : '; it is tried again later'}`;
}

/** All that a run found: a table, what is wrong with what to do, and the lines to write into the configuration. */
export function report(state: CommissioningState): string {
	const { findings, why } = state;
	const yaml = findings.map((finding) => finding.yaml).filter((lines) => lines !== undefined);
	const parts = [
		...(why === undefined ? [] : [`It ended before all were tried: ${why}.`]),
		table(state.circuits),
		...findings.map(({ text, action }, index) => `${index + 1}. ${text}\n   ${action}`),
		...(yaml.length === 0 ? [] : [`In the configuration:\n\n${merged(yaml)}`]),
		summary(state),
	];
	return parts.join('\n\n');
}

function summary({ circuits, state }: CommissioningState): string {
	const fine = circuits.filter(({ outcome }) => outcome === 'fine').length;
	if (fine === circuits.length && state === 'done')
		return `All ${fine} are as configured. Their actuators keep on learning what they draw.`;
	return [`${fine} of ${circuits.length} are as configured.`, ...again(circuits)].join('\n\n');
}

/** What to type for those of whom nothing is known yet, and what to do before. */
function again(circuits: readonly Tried[]): string[] {
	const unknown = circuits.filter(({ outcome }) => ['silent', 'unsettled', 'not_tested'].includes(outcome));
	if (unknown.length === 0) return [];
	const isAboutWarmth = unknown.some(({ outcome, board }) => outcome === 'silent' && board !== undefined);
	const first = isAboutWarmth
		? 'Radiators that draw nothing may only be warm enough: turn their thermostats up, or wait until it is colder. Then try'
		: 'Try';
	const which = unknown.length === 1 ? 'it' : `these ${unknown.length}`;
	return [`${first} ${which} again:\n\npilotwire commission ${unknown.map(({ circuit }) => circuit).join(' ')}`];
}

function table(circuits: readonly Tried[]): string {
	const head = ['output', 'circuit', 'configured', 'seen', ''];
	const rows = circuits.map((tried) => {
		const { name, powerW, phase, seenVA, seenPhase, outcome } = tried;
		const seen = seenVA === undefined ? '-' : `${seenVA} VA, phase ${seenPhase}`;
		return [placeOf(tried), name, `${powerW} W, phase ${phase}`, seen, WORDS[outcome]];
	});
	const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
	return [head, ...rows]
		.map((row) =>
			row
				.map((cell, at) => cell.padEnd(widths[at] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

const WORDS: Readonly<Record<Tried['outcome'], string>> = {
	fine: 'fine',
	power: 'another power',
	phase: 'another phase',
	several_phases: 'several phases',
	silent: 'draws nothing',
	off_heats: 'heats at off',
	frost_heats: 'heats at frost_protection',
	inverted: 'the wrong way round',
	unsettled: 'not sure',
	not_tested: 'not tried',
};

/** Lines under the same key, together. */
function merged(blocks: readonly string[]): string {
	const lists = new Map<string, string[]>();
	for (const block of blocks) {
		const lines = block.split('\n');
		const at = lines.findIndex((line) => line.trimStart().startsWith('- '));
		const key = lines.slice(0, at).join('\n');
		lists.set(key, [...(lists.get(key) ?? []), ...lines.slice(at)]);
	}
	return [...lists].map(([key, lines]) => `${key}\n${lines.join('\n')}`).join('\n');
}

/** `1-20` is the board at 0x20. */
function placeOf({ board, wire, circuit }: Tried): string {
	if (board === undefined) return circuit;
	const [, address] = /-([0-9a-f]{2})$/.exec(board) ?? [];
	return `${address === undefined ? board : `0x${address}`} wire ${wire}`;
}

function minutes(seconds: number): string {
	const rounded = Math.max(1, Math.round(seconds / 60));
	return rounded === 1 ? '1 minute' : `${rounded} minutes`;
}

import type { CircuitState, LinkState, ShedderState } from '@pilotwire/contract';

/** What the terminal shows of the house: the newest of each state. */
export interface HouseSeen {
	shedder: ShedderState | undefined;
	link: LinkState | undefined;
	readonly circuits: Map<string, CircuitState>;
}

/** Columns before the text of a line. */
const LABEL = 10;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 30;
const METER_SILENT = 'the meter is silent; radiators run their fallback';

/** What a circuit does, as a person would group them. `unreachable`: nobody knows what its radiator does. */
type Doing = 'heats' | 'off' | 'waits' | 'unreachable';

/** The house as lines for a terminal of the given width. `ageMs`: since the shedder last spoke. */
export function houseLines(seen: HouseSeen, ageMs: number, width: number): string[] {
	const { shedder, link } = seen;
	const lines = [headline(seen, ageMs)];
	if (link?.problem !== undefined) lines.push(...wrapped('meter     ', link.problem, width));
	lines.push('');
	lines.push(...phaseLines(shedder?.phases ?? [], width));
	const circuits = [...seen.circuits].sort(([, a], [, b]) => a.phase - b.phase || a.priority - b.priority);
	const states = (doing: Doing) => circuits.filter(([, state]) => doingOf(state) === doing);
	lines.push('', ...wrapped('heating   ', heating(states('heats').map(([, state]) => state)), width));
	if (states('off').length > 0)
		lines.push(...wrapped('off       ', list(states('off').map(([, { name }]) => name)), width));
	lines.push('');
	for (const [id, state] of states('waits')) lines.push(`waiting   ${whyWaiting(id, state, shedder)}`);
	for (const [problem, names] of problems(states('unreachable').map(([, state]) => state)))
		lines.push(...wrapped('problem   ', `${list(names)}: ${problem}`, width));
	return lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
}

/** The house in one line, for a log or a pipe. */
export function houseLine(seen: HouseSeen, ageMs: number): string {
	const phases = (seen.shedder?.phases ?? []).map(
		({ phase, loadVA, limitVA }) => `L${phase} ${loadVA}/${limitVA} VA${loadVA > limitVA ? ' OVER' : ''}`,
	);
	const circuits = [...seen.circuits];
	const heating = circuits.filter(([, state]) => doingOf(state) === 'heats').map(([id]) => id);
	const others = new Map<string, string[]>();
	for (const [id, state] of circuits) {
		const doing = doingOf(state);
		if (doing === 'heats') continue;
		const why = doing === 'off' ? 'off' : state.reason;
		others.set(why, [...(others.get(why) ?? []), id]);
	}
	const groups = [...others].map(([why, ids]) => `${why}: ${ids.join(', ')}`);
	const parts = [headline(seen, ageMs), phases.join('  '), `heating: ${list(heating)}`, groups.join('; ')];
	return parts.filter((part) => part !== '').join(' | ');
}

function doingOf({ reason, inForce, wanted }: CircuitState): Doing {
	if (reason === 'unreachable') return 'unreachable';
	if (inForce !== wanted) return 'waits';
	return inForce === 'off' ? 'off' : 'heats';
}

const list = (items: readonly string[]): string => (items.length === 0 ? '-' : items.join(', '));
const orderText = (state: CircuitState): string =>
	state.override === undefined ? state.inForce : `${state.inForce}, by hand`;

/** Each order once, with those that follow it. */
function heating(states: readonly CircuitState[]): string {
	const named = new Map<string, string[]>();
	for (const state of states) named.set(orderText(state), [...(named.get(orderText(state)) ?? []), state.name]);
	return named.size === 0 ? '-' : [...named].map(([order, names]) => `${order}: ${list(names)}`).join('; ');
}

function headline({ shedder, link }: HouseSeen, ageMs: number): string {
	if (shedder === undefined)
		return link?.problem === undefined ? 'waiting for the first load from the meter' : METER_SILENT;
	const time = new Date(shedder.at).toLocaleTimeString('en-GB');
	if (ageMs > 5_000)
		return `no word from the load-shedder for ${Math.round(ageMs / 1000)} s; radiators run their fallback`;
	if (shedder.mode === 'disabled') return `${time} load shedding is disabled`;
	return `${time} ${shedder.mode === 'waiting_for_meter' ? METER_SILENT : 'load shedding'}`;
}

/** A text over as many lines as it needs, below its label. */
function wrapped(label: string, text: string, width: number): string[] {
	const lines = [''];
	for (const word of text.split(/\s+/)) {
		const line = lines.at(-1) ?? '';
		if (line === '') lines[lines.length - 1] = word;
		else if (label.length + line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
		else lines.push(word);
	}
	return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`);
}

/** The circuits of each problem: a bus that is away is said once. */
function problems(states: readonly CircuitState[]): Map<string, string[]> {
	const all = new Map<string, string[]>();
	for (const { name, problem = 'its board does not answer' } of states)
		all.set(problem, [...(all.get(problem) ?? []), name]);
	return all;
}

/** A line a phase, with bars as long as the width leaves beside the words. */
function phaseLines(phases: ShedderState['phases'], width: number): string[] {
	const words = phases.map(phaseWords);
	const beside = width - LABEL - 1 - Math.max(0, ...words.map(({ length }) => length));
	const bar = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, beside));
	return phases.map(({ phase, loadVA, limitVA }, index) => {
		const filled = Math.min(bar, Math.max(0, Math.round((loadVA / limitVA) * bar)));
		return `phase ${phase}   ${'█'.repeat(filled)}${'·'.repeat(bar - filled)} ${words[index]}`;
	});
}

function phaseWords({ loadVA, limitVA, headroomVA, tripInS, restoreState }: ShedderState['phases'][0]): string {
	const passes = restoreState === 'passing' ? ' (it may pass)' : '';
	const room = headroomVA >= 0 ? `${headroomVA} VA free` : `${-headroomVA} VA OVER${passes}`;
	const trip = tripInS === undefined ? '' : `, the breaker opens in ${tripInS} s`;
	return `${String(loadVA).padStart(5)} of ${limitVA} VA, ${room}${trip}`;
}

function whyWaiting(id: string, state: CircuitState, shedder: ShedderState | undefined): string {
	const why = shedder?.waiting.find(({ circuit }) => circuit === id)?.why;
	// The name stands before it already.
	const told = state.reason === 'fallback' || why === undefined ? reasonText(state) : why.replace(`${id} waits: `, '');
	const wants = state.wanted === 'comfort' ? '' : `, wants ${state.wanted}`;
	return `${state.name} (${state.inForce}${wants}): ${told}`;
}

function reasonText({ reason, wanted }: CircuitState): string {
	switch (reason) {
		case 'programme':
			return `the programme says ${wanted}`;
		case 'override':
			return `${wanted} by hand`;
		case 'commissioning':
			return 'commissioning tries the circuits';
		case 'frost_guard':
			return `the room is too cold: ${wanted}`;
		case 'fallback':
			return 'without the shedder, circuits take turns';
		case 'shed':
			return 'shed';
		case 'waits_for_admission':
			return 'waits to be admitted';
		case 'unreachable':
			return 'its board does not answer';
	}
}

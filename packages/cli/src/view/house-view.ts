import type { CircuitState, LinkState, ShedderState } from '@pilotwire/contract';

/** What the terminal shows of the house: the newest of each state. */
export interface HouseSeen {
	shedder: ShedderState | undefined;
	link: LinkState | undefined;
	readonly circuits: Map<string, CircuitState>;
}

const BAR = 30;

/** The house as lines for a terminal of the given width. `ageMs`: since the shedder last spoke. */
export function houseLines(seen: HouseSeen, ageMs: number, width: number): string[] {
	const { shedder } = seen;
	const lines = [headline(seen, ageMs), ''];
	for (const phase of shedder?.phases ?? []) lines.push(phaseLine(phase));
	const circuits = [...seen.circuits].sort(([, a], [, b]) => a.phase - b.phase || a.priority - b.priority);
	const heating = circuits.filter(([, state]) => isHeating(state));
	lines.push('', `heating   ${list(heating.map(([, state]) => `${state.name} (${orderText(state)})`))}`, '');
	for (const [id, state] of circuits) if (!isHeating(state)) lines.push(`waiting   ${whyWaiting(id, state, shedder)}`);
	return lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
}

/** The house in one line, for a log or a pipe. */
export function houseLine(seen: HouseSeen, ageMs: number): string {
	const phases = (seen.shedder?.phases ?? []).map(
		({ phase, loadVA, limitVA }) => `L${phase} ${loadVA}/${limitVA} VA${loadVA > limitVA ? ' OVER' : ''}`,
	);
	const circuits = [...seen.circuits];
	const heating = circuits.filter(([, state]) => isHeating(state)).map(([id]) => id);
	const waiting = new Map<string, string[]>();
	for (const [id, state] of circuits) {
		if (!isHeating(state)) waiting.set(state.reason, [...(waiting.get(state.reason) ?? []), id]);
	}
	const groups = [...waiting].map(([reason, ids]) => `${reason}: ${ids.join(', ')}`);
	return `${headline(seen, ageMs)} | ${phases.join('  ')} | heating: ${list(heating)} | ${groups.length === 0 ? 'nobody waits' : groups.join('; ')}`;
}

const isHeating = (state: CircuitState): boolean => state.inForce !== 'off' && state.inForce === state.wanted;
const list = (items: readonly string[]): string => (items.length === 0 ? '-' : items.join(', '));
const orderText = (state: CircuitState): string =>
	state.override === undefined ? state.inForce : `${state.inForce}, by hand`;

function headline({ shedder, link }: HouseSeen, ageMs: number): string {
	if (shedder === undefined) return 'waiting for the first load from the meter';
	const time = new Date(shedder.at).toLocaleTimeString('en-GB');
	if (ageMs > 5_000)
		return `no word from the load-shedder for ${Math.round(ageMs / 1000)} s; radiators run their fallback`;
	if (shedder.mode === 'disabled') return `${time} load shedding is disabled`;
	if (shedder.mode === 'waiting_for_meter')
		return `${time} the meter is silent${link?.problem ? ` (${link.problem})` : ''}; radiators run their fallback`;
	return `${time} load shedding`;
}

function phaseLine(phase: ShedderState['phases'][0]): string {
	const { loadVA, limitVA, headroomVA, tripInS } = phase;
	const filled = Math.min(BAR, Math.max(0, Math.round((loadVA / limitVA) * BAR)));
	const bar = `${'█'.repeat(filled)}${'·'.repeat(BAR - filled)}`;
	const room = headroomVA >= 0 ? `${headroomVA} VA free` : `${-headroomVA} VA OVER`;
	const trip = tripInS === undefined ? '' : `, the breaker opens in ${tripInS} s at this load`;
	return `phase ${phase.phase}   ${bar} ${String(loadVA).padStart(5)} of ${limitVA} VA, ${room}${trip}`;
}

function whyWaiting(id: string, state: CircuitState, shedder: ShedderState | undefined): string {
	const why = shedder?.waiting.find(({ circuit }) => circuit === id)?.why;
	const told = state.reason === 'fallback' || why === undefined ? reasonText(state) : why;
	return `${state.name} (${state.inForce}, wants ${state.wanted}): ${told}`;
}

function reasonText({ reason, wanted, problem }: CircuitState): string {
	switch (reason) {
		case 'programme':
			return `the programme says ${wanted}`;
		case 'override':
			return `${wanted} by hand`;
		case 'fallback':
			return 'without the shedder, circuits take turns';
		case 'shed':
			return 'shed';
		case 'waits_for_admission':
			return 'waits to be admitted';
		case 'unreachable':
			return problem ?? 'its board does not answer';
	}
}

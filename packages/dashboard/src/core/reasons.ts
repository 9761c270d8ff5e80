// Why a radiator does what it does, in the words of the screen: a key of the dictionary and its figures.
import type { CircuitState, ShedderState } from '@pilotwire/contract';
import { type House, trueAtMs } from './house.ts';

/** Why the order in force is what it is. Times: browser's clock, ms. */
export type Reason =
	| { readonly why: 'programme' }
	| { readonly why: 'override'; readonly untilMs: number | undefined }
	| { readonly why: 'commissioning' }
	| { readonly why: 'frost_guard' }
	| { readonly why: 'shed'; readonly phase: number; readonly nextMs: number | undefined }
	| {
			readonly why: 'turn' | 'rest' | 'measuring' | 'may_rise';
			readonly phase: number;
			readonly nextMs: number | undefined;
	  }
	| { readonly why: 'no_load' | 'paused' }
	| {
			readonly why: 'room';
			readonly phase: number;
			readonly needsVA: number;
			/** Free on the phase, VA; undefined where that alone doesn't explain it, since some room is kept in reserve. */
			readonly freeVA: number | undefined;
			readonly nextMs: number | undefined;
	  }
	| { readonly why: 'fallback'; readonly waits: boolean }
	| { readonly why: 'unreachable' };

/** A radiator that waits, and since when (browser's clock, ms). */
export interface Waiting {
	readonly id: string;
	readonly circuit: CircuitState;
	readonly reason: Reason;
	readonly sinceMs: number;
}

/** A chance nearer than this is a turn among others; a later one is the end of the longest wait. Milliseconds. */
const SOON_MS = 60_000;

type WaitEntry = ShedderState['waiting'][number];

/** Explains one radiator from its own state and the shedder's view of it. */
export function explain(house: House, id: string, circuit: CircuitState): Reason {
	const shedder = house.shedder?.value;
	const entry = shedder?.waiting.find((waiting) => waiting.circuit === id);
	const nextMs = entry?.nextChance === undefined ? undefined : trueAtMs(house, entry.nextChance);
	switch (circuit.reason) {
		case 'programme':
			return { why: 'programme' };
		case 'override': {
			const until = circuit.override?.until;
			return { why: 'override', untilMs: until === undefined ? undefined : trueAtMs(house, until) };
		}
		case 'commissioning':
			return { why: 'commissioning' };
		case 'frost_guard':
			return { why: 'frost_guard' };
		case 'shed':
			return { why: 'shed', phase: circuit.phase, nextMs };
		case 'waits_for_admission': {
			const said = saidWhy(entry?.reason, circuit.phase, nextMs);
			if (said !== undefined) return said;
			const headroomVA = shedder?.phases.find(({ phase }) => phase === circuit.phase)?.headroomVA;
			const needsVA = circuit.learnedPowerW ?? circuit.powerW;
			const { phase } = circuit;
			if (headroomVA !== undefined && headroomVA < needsVA) {
				return { why: 'room', phase, needsVA, freeVA: Math.max(0, headroomVA), nextMs };
			}
			// With a chance soon, what it waits for is that those before it have come up: never all at once.
			const soon = nextMs !== undefined && shedder !== undefined && nextMs - trueAtMs(house, shedder.at) <= SOON_MS;
			if (soon || headroomVA === undefined) return { why: 'turn', phase, nextMs };
			return { why: 'room', phase, needsVA, freeVA: undefined, nextMs };
		}
		case 'fallback':
			return { why: 'fallback', waits: circuit.inForce !== circuit.wanted };
		case 'unreachable':
			return { why: 'unreachable' };
	}
}

/** The shedder's word as a reason; undefined for want of room, whose figures say more, and where it says no word. */
function saidWhy(word: WaitEntry['reason'], phase: number, nextMs: number | undefined): Reason | undefined {
	switch (word) {
		case 'others_first':
			return { why: 'turn', phase, nextMs };
		case 'too_soon':
			return { why: 'rest', phase, nextMs };
		case 'measuring':
		case 'may_rise':
			return { why: word, phase, nextMs };
		case 'no_load':
		case 'paused':
			return { why: word };
		default:
			return undefined;
	}
}

/** Whether the order in force lets the radiator keep the room as warm as its thermostat asks. */
export const heats = ({ inForce }: Pick<CircuitState, 'inForce'>): boolean => inForce.startsWith('comfort');

/** Whether it has less than it was asked for. */
const isHeldBack = ({ wanted, inForce }: CircuitState): boolean => wanted !== inForce;

/** Everything that waits, longest first. */
export function waitingList(house: House): Waiting[] {
	const entries = new Map<string, WaitEntry>();
	for (const entry of house.shedder?.value.waiting ?? []) entries.set(entry.circuit, entry);
	const list = sortedCircuits(house)
		.filter(([, circuit]) => isHeldBack(circuit))
		.map(([id, circuit]) => {
			const since = entries.get(id)?.since ?? circuit.since;
			return { id, circuit, reason: explain(house, id, circuit), sinceMs: trueAtMs(house, since) };
		});
	return list.sort((a, b) => a.sinceMs - b.sinceMs);
}

/** Radiators that wait for the same thing on the same phase. */
export interface WaitingGroup {
	readonly phase: number;
	readonly why: Reason['why'];
	/** Longest wait first. */
	readonly members: readonly Waiting[];
	/** The soonest at which one of them may heat, ms; undefined where nothing says. */
	readonly nextMs: number | undefined;
}

/** Steps on the way to the same end, which each takes in its turn: they are one group with those that wait for room. */
const STEPS: ReadonlySet<Reason['why']> = new Set(['turn', 'rest', 'measuring', 'may_rise']);

/** What waits, by phase and reason: many radiators mostly wait for one thing. */
export function waitingGroups(list: readonly Waiting[]): WaitingGroup[] {
	const groups = new Map<string, Waiting[]>();
	for (const one of list) {
		const { why } = one.reason;
		const key = `${one.circuit.phase} ${STEPS.has(why) ? 'room' : why}`;
		groups.set(key, [...(groups.get(key) ?? []), one]);
	}
	return [...groups.values()]
		.map((members) => {
			const chances = members.map(({ reason }) => ('nextMs' in reason ? reason.nextMs : undefined));
			const known = chances.filter((chance) => chance !== undefined);
			const phase = members[0]?.circuit.phase ?? 1;
			const why = members.find(({ reason }) => !STEPS.has(reason.why))?.reason.why ?? 'turn';
			return { phase, why, members, nextMs: known.length === 0 ? undefined : Math.min(...known) };
		})
		.sort((a, b) => a.phase - b.phase || a.why.localeCompare(b.why));
}

/** Radiators in the order of the distribution board: by phase, board and wire. */
export function sortedCircuits(house: House): (readonly [id: string, circuit: CircuitState])[] {
	const place = ({ phase, board = '', wire = 0 }: CircuitState): string => `${phase} ${board} ${wire}`;
	return [...house.circuits]
		.map(([id, { value }]) => [id, value] as const)
		.sort(([a, one], [b, other]) => place(one).localeCompare(place(other)) || a.localeCompare(b));
}

/** Radiators by phase, phase 1 first. */
export function byPhase(house: House): (readonly [phase: number, circuits: (readonly [string, CircuitState])[]])[] {
	const phases = new Map<number, (readonly [string, CircuitState])[]>();
	for (const entry of sortedCircuits(house)) {
		const list = phases.get(entry[1].phase) ?? [];
		list.push(entry);
		phases.set(entry[1].phase, list);
	}
	return [...phases].sort(([a], [b]) => a - b);
}

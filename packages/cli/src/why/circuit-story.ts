// Why one circuit did not get what was wanted for it.
import type { CircuitState } from '@pilotwire/contract';
import { lengthText } from '../replay/summary.ts';
import { type Box, type Said, standingAt } from './box.ts';
import { type CommissioningFacts, commissioningIn } from './commissioning-facts.ts';
import type { HouseClock } from './when.ts';

/** A stretch in which the order in force was not the one wanted. */
export interface Wait {
	readonly fromMs: number;
	/** Absent while it still waits at the end of the box. */
	readonly toMs: number | undefined;
	readonly wanted: CircuitState['wanted'];
	readonly inForce: CircuitState['inForce'];
	readonly reason: CircuitState['reason'];
	/** What was decided about it then, and what the shedder said why it still waited. */
	readonly why: readonly { readonly atMs: number; readonly sentence: string }[];
}

/** What a box knows of a circuit. */
export interface CircuitStory {
	readonly id: string;
	readonly name: string;
	readonly atMs: number;
	readonly state: CircuitState;
	/** The waits of the box, or those at the moment that was asked for. */
	readonly waits: readonly Wait[];
	/** Decisions about it, where it never waited. */
	readonly asked: boolean;
	/** The last commissioning run that the box tells of. */
	readonly commissioning: CommissioningFacts | undefined;
}

/** A decision says why a wait began a little before the circuit shows it. Milliseconds. */
const DECIDED_MS = 5_000;
/** So many sentences of each wait are told. */
const MOST_TOLD = 6;

/** The circuit that a person means: its id or its name, in any letters. */
export function findCircuit({ circuits }: Box, asked: string): string | undefined {
	const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
	const wanted = plain(asked);
	return circuits.findLast(({ id, payload }) => plain(id) === wanted || plain(payload.name) === wanted)?.id;
}

/** @param atMs only the wait at this moment, where there was one */
export function circuitStory(box: Box, id: string, atMs?: number): CircuitStory | undefined {
	const state = standingAt(box.circuits, atMs ?? box.toMs).get(id)?.payload;
	if (state === undefined) return undefined;
	const all = waitsOf(box, id);
	const then = all.filter(({ fromMs, toMs }) => atMs !== undefined && fromMs <= atMs && (toMs ?? box.toMs) >= atMs);
	const waits = atMs === undefined ? all : then;
	const commissioning = commissioningIn(box, box.fromMs, atMs ?? box.toMs);
	return { id, name: state.name, atMs: atMs ?? box.toMs, state, waits, asked: atMs !== undefined, commissioning };
}

function waitsOf(box: Box, id: string): Wait[] {
	const waits: Wait[] = [];
	let open: Said<CircuitState> | undefined;
	const close = (toMs: number | undefined): void => {
		if (open === undefined) return;
		const { wanted, inForce, reason } = open.payload;
		const since = Date.parse(open.payload.since);
		const fromMs = open.standing ? Math.min(open.atMs, since) : open.atMs;
		waits.push({ fromMs, toMs, wanted, inForce, reason, why: sentencesOf(box, id, fromMs, toMs ?? box.toMs) });
		open = undefined;
	};
	for (const said of box.circuits.filter((one) => one.id === id)) {
		const { wanted, inForce } = said.payload;
		if (wanted === inForce) close(said.atMs);
		else open ??= said;
	}
	close(undefined);
	return waits;
}

function sentencesOf(box: Box, id: string, fromMs: number, toMs: number): Wait['why'] {
	const within = (atMs: number): boolean => atMs >= fromMs - DECIDED_MS && atMs <= toMs;
	const decided = box.actions
		.filter(({ atMs, payload }) => payload.circuit === id && within(atMs))
		.map(({ atMs, payload }) => ({ atMs, sentence: payload.why }));
	const thought = box.shedder
		.filter(({ atMs }) => within(atMs))
		.flatMap(({ atMs, payload }) =>
			payload.waiting
				.filter(({ circuit }) => circuit === id)
				.map(({ why, reason }) => ({ atMs, sentence: why, reason: reason ?? why })),
		)
		// Its figures change every second: once for each reason.
		.filter(({ reason }, at, list) => reason !== list[at - 1]?.reason)
		.map(({ atMs, sentence }) => ({ atMs, sentence }));
	return [...decided, ...thought].sort((a, b) => a.atMs - b.atMs);
}

const REASONS: Readonly<Record<CircuitState['reason'], string>> = {
	programme: 'its programme',
	override: 'an order by hand',
	commissioning: 'commissioning, which steps it',
	frost_guard: 'its frost guard',
	shed: 'shedding',
	waits_for_admission: 'it waits until the load leaves room',
	fallback: 'the fallback, since the load-shedder had no control',
	unreachable: 'its output does not answer',
};

/** For people. */
export function circuitText(
	{ id, name, atMs, state, waits, asked, commissioning }: CircuitStory,
	box: Box,
	clock: HouseClock,
): string {
	const wants = `it wanted ${state.wanted} and had ${state.inForce} (${REASONS[state.reason]})`;
	const lines = [`${name} (${id}) at ${clock.timeOf(atMs)}: ${wants}.`];
	const found = commissioning?.found.get(id);
	if (commissioning !== undefined && found !== undefined) {
		lines.push(`The commissioning run from ${clock.timeOf(commissioning.startedMs)} tried it: ${name} ${found}.`);
	}
	if (waits.length === 0) {
		const span = asked ? 'then' : `between ${clock.timeOf(box.fromMs)} and ${clock.timeOf(box.toMs)}`;
		lines.push(`It did not have to wait ${span}.`);
	}
	for (const { fromMs, toMs, wanted, inForce, reason, why } of waits) {
		const until = toMs === undefined ? 'and still waits' : `to ${clock.timeOf(toMs)}, ${lengthText(toMs - fromMs)}`;
		lines.push('', `From ${clock.timeOf(fromMs)} ${until}: ${inForce} instead of ${wanted}: ${REASONS[reason]}.`);
		const told = why.map((one) => `  ${clock.timeOf(one.atMs)}  ${one.sentence}`);
		const leftOut = told.length - MOST_TOLD;
		if (leftOut > 0) told.splice(MOST_TOLD / 2, leftOut, `  (${leftOut} more)`);
		lines.push(...told);
		if (why.length === 0 && reason === 'shed') lines.push('  no decision about it is in the box: it was taken before.');
	}
	return lines.join('\n');
}

// What led to an opening of the breaker, as data.
import type { CircuitState, ShedderEvent, ShedderState } from '@pilotwire/contract';
import type { SaveCause } from '@pilotwire/telemetry/black-box';
import { type Box, type Said, standingAt } from './box.ts';
import { type CommissioningFacts, commissioningIn } from './commissioning-facts.ts';
import { loadsByPhase, type PhaseFacts, phaseFacts, referenceVA, type Step, stepsOf } from './curves.ts';

/** What is known beside the box: the configuration of the house. */
export interface Known {
	/** The meter whose load decides. */
	readonly meter: string;
	/** Rating of a branch breaker, A. */
	readonly branchA: number | undefined;
}

/** How it ended, as far as the box shows. */
export type Ending = 'overload' | 'power_lost' | 'other_breaker' | 'asked' | 'running';

/** A circuit at the end. */
export interface CircuitFacts {
	readonly id: string;
	readonly name: string;
	readonly phase: number;
	readonly powerW: number;
	readonly inForce: CircuitState['inForce'];
	readonly wanted: CircuitState['wanted'];
	readonly reason: CircuitState['reason'];
	readonly control: CircuitState['control'];
	readonly problem: string | undefined;
	/** Told to wait, and since when its output has not shown it; absent where it did. */
	readonly disobeysSinceMs: number | undefined;
}

/** What the box tells of the minutes before a moment. */
export interface OpeningStory {
	readonly ending: Ending;
	readonly cause: SaveCause | undefined;
	readonly detail: string | undefined;
	readonly atMs: number;
	readonly fromMs: number;
	readonly phases: readonly PhaseFacts[];
	/** Phase whose breaker came nearest to its trip. */
	readonly worst: PhaseFacts | undefined;
	readonly steps: readonly (Step & { readonly circuit: string | undefined })[];
	readonly actions: readonly Said<ShedderEvent>[];
	readonly unseen: readonly Said<ShedderEvent>[];
	readonly circuits: readonly CircuitFacts[];
	readonly mode: ShedderState['mode'] | undefined;
	/** The shedder's last set, and whether its lease was live at the end. */
	readonly lease: 'live' | 'ended' | 'none';
	readonly offline: readonly string[];
	readonly boards: readonly { readonly id: string; readonly problem: string }[];
	readonly link: string | undefined;
	/** A commissioning run that was under way. */
	readonly commissioning: CommissioningFacts | undefined;
	readonly lost: number;
}

/** The story goes back so far. Milliseconds. */
const STORY_MS = 600_000;
const STEPS_MS = 300_000;
/** A circuit's output has so long to show what it was told. Milliseconds. */
const OBEY_MS = 5_000;
/** A circuit's load follows its order within this. Milliseconds. */
const STEP_FOLLOWS_MS = 9_000;
/** These come and go with whoever types a command. */
const VISITORS: ReadonlySet<string> = new Set(['cli', 'terminal']);
const DRAWS: readonly CircuitState['inForce'][] = ['comfort', 'comfort_-1', 'comfort_-2', 'eco'];

/** @param atMs the moment to explain; by default when the breaker opened, the power went, or the box ends */
export function openingStory(box: Box, known: Known, atMs?: number): OpeningStory {
	const opening = atMs === undefined ? box.openings.at(-1) : undefined;
	const endMs = atMs ?? opening?.atMs ?? cutMs(box) ?? box.toMs;
	const meter = box.loads.some(({ id }) => id === known.meter) ? known.meter : (box.loads[0]?.id ?? known.meter);
	const loads = loadsByPhase(box, meter);
	const facts = { reference: (limitVA: number) => referenceVA(box, meter, limitVA), branchA: known.branchA };
	const phases = [...loads].sort(([a], [b]) => a - b);
	// When an opening is told, the load has been nothing for a while: what led to it lies before.
	const untilMs = opening === undefined ? endMs : lastDrawnMs(loads, endMs);
	const told = phases.flatMap(([phase, points]) => phaseFacts(phase, points, untilMs, facts) ?? []);
	const worst = told.toSorted((a, b) => rankOf(b) - rankOf(a))[0];
	const shedder = box.shedder.findLast((said) => said.atMs <= untilMs)?.payload;
	const circuits = circuitsAt(box, untilMs);
	const actions = box.actions.filter((said) => said.atMs > untilMs - STORY_MS && said.atMs <= untilMs);
	const steps = phases
		.flatMap(([phase, points]) => stepsOf(phase, points))
		.filter((step) => step.byVA > 0 && step.atMs > untilMs - STEPS_MS && step.atMs <= untilMs)
		.map((step) => ({ ...step, circuit: causeOfStep(box, step) }))
		.sort((a, b) => a.atMs - b.atMs);
	const cause = opening?.cause ?? (atMs === undefined ? box.saved?.cause : undefined);
	return {
		...{ ending: endingOf(cause, opening?.detail, worst), cause, detail: opening?.detail },
		...{ atMs: opening === undefined ? endMs : Math.max(untilMs, endMs - MOST_LATE_MS), fromMs: box.fromMs },
		...{ phases: told, worst, steps, actions, circuits, lost: box.lost },
		// A shedder that only watches is obeyed by nobody.
		unseen: shedder?.mode === 'disabled' ? [] : actions.filter(({ payload }) => payload.kind === 'unseen'),
		mode: shedder?.mode,
		lease: leaseAt(box, untilMs),
		offline: [...standingAt(box.statuses, untilMs)].flatMap(([id, { payload }]) =>
			payload === 'offline' && !VISITORS.has(id) ? id : [],
		),
		boards: [...standingAt(box.boards, untilMs)].flatMap(([id, { payload }]) =>
			payload.reachable ? [] : { id, problem: payload.problem ?? 'it does not answer' },
		),
		commissioning: commissioningIn(box, untilMs - STORY_MS, untilMs),
		link: box.links.findLast((said) => said.id === meter && said.atMs <= untilMs)?.payload.problem,
	};
}

/** When the power went, where a later life of the machine follows in the same box. */
function cutMs({ saved, lives }: Box): number | undefined {
	if (saved?.cause !== 'power_lost') return undefined;
	return lives.findLast((life, at) => !life.ended && (lives[at + 1]?.boot ?? life.boot) !== life.boot)?.toMs;
}

/** An opening is told at most so long after it. Milliseconds. */
const MOST_LATE_MS = 30_000;
const NOTHING_VA = 50;

/** The last figure before the house drew nothing. */
function lastDrawnMs(loads: ReturnType<typeof loadsByPhase>, endMs: number): number {
	const drawn = [...loads.values()].flatMap((points) =>
		points.filter(({ atMs, va }) => va > NOTHING_VA && atMs <= endMs && atMs >= endMs - MOST_LATE_MS),
	);
	return drawn.length === 0 ? endMs : Math.max(...drawn.map(({ atMs }) => atMs));
}

const rankOf = ({ filterUsed, lastVA, limitVA }: PhaseFacts): number => filterUsed + lastVA / limitVA / 10;

/** Power that went while a phase's filter was so near its trip was most probably the breaker. */
const PROBABLY = 0.8;

function endingOf(cause: SaveCause | undefined, detail: string | undefined, worst: PhaseFacts | undefined): Ending {
	if (cause === undefined) return 'running';
	if (cause === 'asked') return 'asked';
	if (cause === 'breaker_open') return detail === 'open_overpower' ? 'overload' : 'other_breaker';
	const near = worst !== undefined && (worst.filterUsed >= PROBABLY || (worst.branch?.earliestS ?? Infinity) < 900);
	if (cause === 'power_lost') return near && worst?.overSinceMs !== undefined ? 'overload' : 'power_lost';
	return 'overload';
}

function leaseAt({ sheds }: Box, atMs: number): OpeningStory['lease'] {
	const last = sheds.findLast((said) => said.atMs <= atMs && !said.standing);
	if (last === undefined) return 'none';
	// Renewals that change nothing are recorded twice a minute.
	return last.payload.leaseS > 0 && atMs - last.atMs <= 60_000 ? 'live' : 'ended';
}

function circuitsAt(box: Box, atMs: number): CircuitFacts[] {
	const shed = box.sheds.findLast((said) => said.atMs <= atMs)?.payload.shed ?? [];
	return [...standingAt(box.circuits, atMs)].map(([id, { payload }]) => {
		const { name, phase, inForce, wanted, reason, control, problem } = payload;
		const toldMs = shed.includes(id) ? toldToWaitMs(box, id, atMs) : undefined;
		const draws = DRAWS.includes(inForce) && control !== 'none';
		const late = toldMs !== undefined && atMs - toldMs > OBEY_MS && draws;
		return {
			...{ id, name, phase, inForce, wanted, reason, control, problem },
			powerW: payload.learnedPowerW ?? payload.powerW,
			disobeysSinceMs: late ? toldMs : undefined,
		};
	});
}

/** Since when the set has held the circuit. */
function toldToWaitMs({ sheds }: Box, id: string, atMs: number): number {
	let since = atMs;
	for (const { payload, atMs: saidMs } of sheds.filter((said) => said.atMs <= atMs).toReversed()) {
		if (!payload.shed.includes(id)) break;
		since = saidMs;
	}
	return since;
}

/** The circuit whose order rose just before a step that fits its power. */
function causeOfStep({ circuits }: Box, { phase, atMs, byVA }: Step): string | undefined {
	const before = new Map<string, CircuitState['inForce']>();
	let found: string | undefined;
	for (const said of circuits) {
		const { id, payload } = said;
		const rose = !DRAWS.includes(before.get(id) ?? 'comfort') && DRAWS.includes(payload.inForce);
		before.set(id, payload.inForce);
		if (said.atMs > atMs + 1_500 || said.atMs < atMs - STEP_FOLLOWS_MS || !rose || payload.phase !== phase) continue;
		const watts = payload.learnedPowerW ?? payload.powerW;
		if (byVA > watts * 0.5 && byVA < watts * 1.8) found = payload.name;
	}
	return found;
}

import { type Decision, decide, emptyState, type SheddingEvent, type SheddingState } from '@pilotwire/shedding';
import { type Figure, percentile } from '../figure.ts';

const CIRCUITS = 200;
const PHASES = 3;
const LIMIT_VA = 60_000;
const GOAL_US = 50;
/** Decisions measured after as many that warm the compiler up. */
const ROUNDS = 20_000;
const SHEDS_AGAIN = 50;

type Kind = 'load' | 'shed' | 'circuit' | 'tick';

/** One decision after the other over 200 circuits; how long each took, by what it was about. */
export async function run(): Promise<Figure[]> {
	for (const mode of ['strict', 'tolerant'] as const) measure(mode, ROUNDS / 4);
	return (['strict', 'tolerant'] as const).flatMap((mode) => {
		const tookUs = measure(mode, ROUNDS);
		return (Object.keys(tookUs) as Kind[]).flatMap((kind) => rows(mode, kind, tookUs[kind]));
	});
}

const ABOUT: Readonly<Record<Kind, string>> = {
	load: 'a load',
	shed: 'a load that sheds',
	circuit: "a circuit's state",
	tick: 'a second of all phases',
};

function rows(mode: string, kind: Kind, tookUs: readonly number[]): Figure[] {
	const name = `${mode}: ${ABOUT[kind]}`;
	const note = `${tookUs.length} decisions, ${CIRCUITS} circuits on ${PHASES} phases`;
	const goal = { op: '<=', value: GOAL_US } as const;
	return [
		{ name: `${name}, median`, value: percentile(tookUs, 0.5), unit: 'µs', goal, note },
		{ name: `${name}, p99`, value: percentile(tookUs, 0.99), unit: 'µs' },
	];
}

function measure(mode: 'strict' | 'tolerant', rounds: number): Record<Kind, number[]> {
	const took: Record<Kind, number[]> = { load: [], shed: [], circuit: [], tick: [] };
	let state: SheddingState = emptyState({ mode });
	let nowMs = 0;
	const play = (kind: Kind, event: SheddingEvent): void => {
		const [us, decision] = timed(state, event, nowMs);
		const sheds = kind === 'load' && decision.actions.some((action) => action.kind === 'shed');
		took[sheds ? 'shed' : kind].push(us);
		// A shed is rare: the same decision is taken again and again, since it changes nothing.
		for (let again = 0; sheds && again < SHEDS_AGAIN; again++) took.shed.push(timed(state, event, nowMs)[0]);
		state = decision.state;
	};
	for (let phase = 1; phase <= PHASES; phase++) play('circuit', { kind: 'breaker', phase, linky: true, peakVA: 0 });
	for (let index = 0; index < CIRCUITS; index++) play('circuit', circuit(index, 'comfort'));
	for (let round = 0; round < rounds; round++) {
		nowMs += 250;
		play('load', load(round));
		if (round % 4 === 0) play('tick', { kind: 'tick' });
		if (round % 2 === 0) {
			const index = (round * 7) % CIRCUITS;
			const known = state.circuits.get(`c${index}`);
			const may = known?.shedAt === null && (known.admitted !== null || known.inForce === 'comfort');
			play('circuit', circuit(index, may ? 'comfort' : 'off'));
		}
	}
	return took;
}

function circuit(index: number, inForce: 'comfort' | 'off'): SheddingEvent {
	return {
		kind: 'circuit',
		id: `c${index}`,
		phase: 1 + (index % PHASES),
		powerW: 300 + ((index * 97) % 15) * 100,
		priority: 1 + (index % 5),
		wanted: 'comfort',
		inForce,
		controllable: true,
	};
}

function timed(state: SheddingState, event: SheddingEvent, nowMs: number): [number, Decision] {
	const start = process.hrtime.bigint();
	const decision = decide(state, event, nowMs);
	return [Number(process.hrtime.bigint() - start) / 1_000, decision];
}

/** The load of a phase: high water for two minutes in ten. */
function load(round: number): SheddingEvent {
	const swell = Math.floor(round / 480) % 5 === 4 ? 1.4 : 0.6;
	const ripple = ((round * 7919) % 1000) / 5000;
	return {
		kind: 'load',
		phase: 1 + (round % PHASES),
		apparentPowerVA: LIMIT_VA * (swell + ripple),
		limitVA: LIMIT_VA,
	};
}

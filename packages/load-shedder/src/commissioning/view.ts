import type { CommissioningState, Phase } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import type { Moment } from '../view.ts';
import { findingsOf, sentenceOf } from './findings.ts';
import type { RunState, Turn } from './state.ts';
import { verdict } from './turns.ts';

const STEPS = {
	waits: 'waits',
	off: 'off',
	room: 'waits',
	raising: 'waits',
	comfort: 'comfort',
	rests: 'rests',
} as const;

/** What `commissioning/state` says of a run. */
export function commissioningView(run: string, state: RunState, now: Moment): CommissioningState {
	const instant = (monotonicMs: number): string => instantOf(now.wallMs - (now.monotonicMs - monotonicMs));
	const { ended, turn, targets } = state;
	const circuits = targets.flatMap((id) => circuitView(state, id));
	return {
		at: instantOf(now.wallMs),
		run,
		state: ended === undefined ? 'running' : ended.why === undefined ? 'done' : 'stopped',
		startedAt: instant(state.startedMs),
		expectedEnd: instant(state.expectedEndMs),
		latestEnd: instant(state.latestEndMs),
		...(ended === undefined ? {} : { endedAt: instant(ended.atMs) }),
		...(ended?.why === undefined ? {} : { why: ended.why }),
		total: targets.length,
		settled: targets.filter((id) => verdict(state, id)?.settled).length,
		...(turn === undefined ? {} : { current: currentView(state, turn) }),
		circuits,
		findings: ended === undefined ? [] : findingsOf(state),
	};
}

function circuitView(state: RunState, id: string): CommissioningState['circuits'] {
	const circuit = state.circuits.get(id);
	const found = verdict(state, id);
	if (circuit === undefined || found === undefined) return [];
	if (found.tries === 0 && !found.settled && state.ended === undefined) return [];
	const { seen, outcome, settled, tries } = found;
	const text = sentenceOf({ circuit, verdict: found });
	return [
		{
			circuit: id,
			name: circuit.name,
			...(circuit.board === undefined ? {} : { board: circuit.board }),
			...(circuit.wire === undefined ? {} : { wire: circuit.wire }),
			phase: circuit.phase as Phase,
			powerW: circuit.powerVA,
			...(seen === undefined ? {} : { seenPhase: seen.phase as Phase, seenVA: Math.round(seen.powerVA / 10) * 10 }),
			...{ outcome, settled, tries, text },
		},
	];
}

function currentView(state: RunState, { id, step, waitsFor }: Turn): NonNullable<CommissioningState['current']> {
	const why = step === 'raising' ? 'its admission' : waitsFor;
	return {
		circuit: id,
		name: state.circuits.get(id)?.name ?? id,
		number: state.roundOf - state.queue.length,
		of: state.roundOf,
		round: state.round,
		step: STEPS[step],
		...(why === undefined ? {} : { why }),
	};
}

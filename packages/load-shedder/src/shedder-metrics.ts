import type { ShedderState } from '@pilotwire/contract';
import type { Metric } from '@pilotwire/runtime';

type PhaseState = ShedderState['phases'][number];

/** What Prometheus is told of the shedding: by phase. */
export function shedderMetrics(state: () => ShedderState): Metric[] {
	const byPhase = (name: string, help: string, value: (phase: PhaseState, state: ShedderState) => number): Metric => ({
		name: `pilotwire_shedder_${name}`,
		help,
		type: 'gauge',
		read: () => {
			const now = state();
			return now.phases.map((phase) => ({ labels: { phase: String(phase.phase) }, value: value(phase, now) }));
		},
	});
	return [
		byPhase('load_va', 'Load.', ({ loadVA }) => loadVA),
		byPhase('limit_va', 'Limit.', ({ limitVA }) => limitVA),
		byPhase('filter_used_ratio', "Share of the breaker's filter used; at 1 it opens.", ({ filterUsed }) => filterUsed),
		byPhase('waiting', 'Circuits that must wait.', ({ phase }, { waiting }) => {
			return waiting.filter((circuit) => circuit.phase === phase).length;
		}),
	];
}

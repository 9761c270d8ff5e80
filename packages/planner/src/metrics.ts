import type { Metric } from '@pilotwire/runtime';

/** What the service measures, read when somebody asks. */
export interface PlannerFigures {
	programmes(): number;
	isAway(): boolean;
	followsMeter(): boolean;
	refused(): number;
}

/** The service's figures for Prometheus. */
export function plannerMetrics(figures: PlannerFigures): Metric[] {
	return [
		gauge('pilotwire_planner_programmes', 'Programmes that are kept.', () => figures.programmes()),
		gauge('pilotwire_planner_away', '1 while people are away.', () => Number(figures.isAway())),
		gauge('pilotwire_planner_meter_clock', "1 while programmes follow the meter's date.", () =>
			Number(figures.followsMeter()),
		),
		{
			...{ name: 'pilotwire_planner_refused_total', help: 'Commands refused.', type: 'counter' },
			read: () => figures.refused(),
		},
	];
}

function gauge(name: string, help: string, read: () => number): Metric {
	return { name, help, type: 'gauge', read };
}

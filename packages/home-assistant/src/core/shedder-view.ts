import type { HomeAssistantShedder, ShedderState } from '@pilotwire/contract';

/** What of the shedder's state Home Assistant reads. */
export function shedderView(state: ShedderState): HomeAssistantShedder {
	const shed = state.waiting.filter((one) => one.shed).map(({ circuit }) => circuit);
	const last = Math.max(1, ...state.phases.map(({ phase }) => phase));
	const each = (value: (phase: ShedderState['phases'][number]) => number | undefined): (number | null)[] =>
		Array.from({ length: last }, (_, index) => {
			const one = state.phases.find(({ phase }) => phase === index + 1);
			return (one && value(one)) ?? null;
		});
	return {
		...{ at: state.at, mode: state.mode, shedding: shed.length > 0, shed },
		...(state.pausedUntil === undefined ? {} : { pausedUntil: state.pausedUntil }),
		headroomVA: each(({ headroomVA }) => Math.round(headroomVA)),
		marginPercent: each(({ filterUsed }) => Math.round(Math.max(0, 1 - filterUsed) * 100)),
		tripInS: each(({ tripInS }) => tripInS),
	};
}

/** What a view says in words: that is published at once. */
export function wordsOfView({ mode, shed, pausedUntil, headroomVA }: HomeAssistantShedder): string {
	return JSON.stringify([mode, [...shed].sort(), pausedUntil, headroomVA.length]);
}

import type { Action, Figures } from './action.ts';

type Told = Omit<Action, 'sentence'>;

const va = (figures: Figures, name: string): string => `${Math.round(figures[name] ?? 0)} VA`;
const seconds = (figures: Figures, name: string): string => `${Math.round(figures[name] ?? 0)} s`;
const minutes = (figures: Figures, name: string): string => `${Math.round((figures[name] ?? 0) / 60)} min`;
const kelvin = (figures: Figures, name: string): string => `${(figures[name] ?? 0).toFixed(1)} °C`;

/** The action in one sentence with its figures. */
export function sentence(told: Told): string {
	return `${start(told)}${because(told)}.`;
}

function start({ kind, id, phase, figures }: Told): string {
	switch (kind) {
		case 'shed':
			return `${id} waits (${va(figures, 'powerVA')} counted)`;
		case 'rotate':
			return `${id} gives its place`;
		case 'restore':
			return `${id} comes back (${va(figures, 'powerVA')})`;
		case 'admit':
			return `${id} may heat (${va(figures, 'powerVA')})`;
		case 'withdraw':
			return `${id} must wait again before it heated`;
		case 'release':
			return `${id} is no longer held`;
		case 'unseen':
			return `the shed of ${id} does not show on the meter`;
		case 'silence':
			return `phase ${phase} says nothing, so nothing is decided there`;
	}
}

function because({ kind, reason, phase, figures, forId }: Told): string {
	switch (reason) {
		case 'over_limit':
			return `: phase ${phase} would draw ${va(figures, 'predictedVA')} of ${va(figures, 'limitVA')}`;
		case 'meter_alert':
			return `: the meter says that phase ${phase} is over its ${va(figures, 'limitVA')}`;
		case 'longest_wait':
			return `: ${forId} has waited for ${minutes(figures, 'waitedS')} and has its turn before its longest wait is over`;
		case 'greater_need':
			return `: ${forId} misses ${kelvin(figures, 'otherMissingK')} and comes before it, which misses ${kelvin(figures, 'missingK')} and had ${minutes(figures, 'turnS')}`;
		case 'own_place':
			return `: it draws at a lower order than it wants, and what it draws leaves no room for more`;
		case 'headroom':
			return `: phase ${phase} draws ${va(figures, 'loadVA')} of ${va(figures, 'limitVA')}, lately ${va(figures, 'meanVA')} give or take ${va(figures, 'deviationVA')}`;
		case 'rotation':
			return `: it is its turn after ${minutes(figures, 'waitedS')}, and phase ${phase} draws ${va(figures, 'loadVA')} of ${va(figures, 'limitVA')}`;
		case 'rotation_failed':
			return `: the place freed on phase ${phase} did not last (${va(figures, 'loadVA')} of ${va(figures, 'limitVA')})`;
		case 'not_obeyed':
			return `: its order was not in force after ${seconds(figures, 'afterS')}`;
		case 'not_drawing':
			return `: it freed ${va(figures, 'freedVA')} of ${va(figures, 'powerVA')} in ${seconds(figures, 'afterS')}`;
		case 'silence':
			return kind === 'silence' ? '' : `: phase ${phase} says nothing`;
		case 'paused':
			return ': decisions are paused';
		case 'wants_less':
			return ': it no longer wants to heat';
		case 'protected':
			return ': it is protected from shedding';
	}
}

// The story of an opening in sentences.
import { lengthText } from '../replay/summary.ts';
import { adviceFor } from './advice.ts';
import { commissioningLines } from './commissioning-facts.ts';
import type { PhaseFacts } from './curves.ts';
import type { OpeningStory } from './opening-story.ts';
import type { HouseClock } from './when.ts';

/** So many steps and decisions are told, the last ones. */
const MOST_TOLD = 12;

/** For people: what happened, what was drawn, what came on, what was shed, who didn't obey, and what to do. */
export function storyText(story: OpeningStory, clock: HouseClock): string {
	return [
		headline(story, clock),
		'',
		...section('Load', loadLines(story, clock)),
		...section('Breaker', breakerLines(story)),
		...section('Came on', stepLines(story, clock)),
		...section('Decided', decisionLines(story, clock)),
		...section('Control', controlLines(story)),
		...(story.commissioning === undefined ? [] : section('Stepped', commissioningLines(story.commissioning, clock))),
		...section('Circuits', circuitLines(story, clock)),
		...section('To do', adviceFor(story)),
	].join('\n');
}

function section(label: string, lines: readonly string[]): string[] {
	return lines.map((line, at) => `${(at === 0 ? label : '').padEnd(10)}${line}`);
}

const OPENED_BY: Readonly<Record<string, string>> = {
	open_overvoltage: 'for overvoltage: the network gave too much',
	open_load_shedding: 'because the network operator shed load',
	open_remote_order: "by the network operator's order",
	open_overheating_overcurrent: 'because it became too hot under too high a current',
	open_overheating: 'because it became too hot',
};

function headline({ ending, cause, detail, atMs, worst, phases }: OpeningStory, clock: HouseClock): string {
	const when = clock.dayAndTime(atMs);
	const near = `phase ${worst?.phase ?? 1} drew ${va(worst?.lastVA)} of ${va(worst?.limitVA)}`;
	if (phases.length === 0) return `${when}: the box holds no load of the meter, so what was drawn is not known.`;
	switch (ending) {
		case 'overload':
			if (cause === 'breaker_open') return `${when}: the breaker opened by overload, the meter says; ${near}.`;
			if (cause === 'load_gone') return `${when}: the load fell to nothing while ${near}: the breaker opened.`;
			if (cause === 'meter_gone') return `${when}: the meter fell silent while ${near}: a breaker before it opened.`;
			return `${when}: the power went while ${near}: most probably the breaker opened.`;
		case 'other_breaker':
			return `${when}: the breaker in the meter opened ${OPENED_BY[detail ?? ''] ?? 'for a reason that the meter does not name'}; ${near}.`;
		case 'power_lost':
			return `${when}: the power went, but not by overload: ${near}.`;
		case 'asked':
			return `${when}: saved because somebody asked; no opening was seen. At the end ${near}.`;
		case 'running':
			return `${when}: no opening of the breaker was seen. Then ${near}.`;
	}
}

function loadLines({ phases, atMs, fromMs, lost }: OpeningStory, clock: HouseClock): string[] {
	const lines = phases.map((phase) => {
		const { lastVA, limitVA, overSinceMs, overMeanVA, peakVA, peakAtMs, ageMs } = phase;
		const share = `${Math.round((lastVA / limitVA) * 100)} %`;
		const over =
			overSinceMs === undefined
				? 'it was not above it'
				: `above it for ${lengthText(atMs - overSinceMs)}, ${va(overMeanVA)} on average`;
		const peak = peakVA > lastVA ? `; at most ${va(peakVA)} at ${clock.timeOf(peakAtMs)}` : '';
		const age = ageMs > 15_000 ? ` (the last figure was ${lengthText(ageMs)} old)` : '';
		return `phase ${phase.phase}: ${va(lastVA)} of its limit of ${va(limitVA)}, ${share}${age}; ${over}${peak}.`;
	});
	if (lost > 0) lines.push(`${lost} entries are missing: the disk did not take them.`);
	if (lines.length === 0) lines.push(`nothing was heard of a load since ${clock.dayAndTime(fromMs)}.`);
	return lines;
}

function breakerLines({ phases }: OpeningStory): string[] {
	return phases.flatMap(({ phase, filterUsed, tripInS, branch }: PhaseFacts) => {
		const used = `${Math.round(Math.min(1, filterUsed) * 100)} %`;
		const trip =
			tripInS === 0
				? 'it opens there'
				: tripInS === Number.POSITIVE_INFINITY
					? 'at that load it never opens'
					: `at that load it opens in ${Math.max(1, Math.round(tripInS))} s`;
		const linky = `phase ${phase}: a Linky's filter had gone ${used} of its way; ${trip}.`;
		if (branch === undefined || branch.ratio <= 1.1) return linky;
		const { ratedA, ratio, earliestS } = branch;
		return [
			linky,
			`phase ${phase}: ${ratio.toFixed(2)} times the ${ratedA} A of the branch breaker, which may open after ${earliestS} s.`,
		];
	});
}

function stepLines({ steps }: OpeningStory, clock: HouseClock): string[] {
	const lines = steps.slice(-MOST_TOLD).map(({ atMs, phase, byVA, circuit }) => {
		const who =
			circuit === undefined ? 'no circuit had just been told to heat' : `${circuit} had just been told to heat`;
		return `${clock.timeOf(atMs)}  phase ${phase} rose by ${va(byVA)}; ${who}.`;
	});
	return lines.length === 0 ? ['nothing above 300 VA in the last 5 minutes.'] : lines;
}

function decisionLines({ actions, mode }: OpeningStory, clock: HouseClock): string[] {
	if (mode === 'disabled') return ['nothing: shedding is switched off (shedder.enabled).'];
	const lines = actions.slice(-MOST_TOLD).map(({ atMs, payload }) => `${clock.timeOf(atMs)}  ${payload.why}`);
	if (actions.length > MOST_TOLD) lines.unshift(`the last ${MOST_TOLD} of ${actions.length} decisions of 10 minutes:`);
	return lines.length === 0 ? ['nothing in the last 10 minutes.'] : lines;
}

function controlLines({ mode, lease, circuits, offline, boards, link }: OpeningStory): string[] {
	const fallback = circuits.filter(({ control }) => control === 'fallback');
	const lines: string[] = [];
	if (mode === undefined) lines.push('the load-shedder said nothing.');
	if (mode === 'waiting_for_meter') lines.push('the load-shedder had no fresh load of the meter.');
	if (mode === 'shedding')
		lines.push(`the load-shedder was in control; its lease was ${lease === 'live' ? 'live' : 'not live'}.`);
	if (mode === 'disabled') lines.push('nobody was in control: the load-shedder only watches.');
	if (fallback.length > 0) lines.push(`${fallback.length} of ${circuits.length} circuits ran their fallback.`);
	if (offline.length > 0) lines.push(`not running: ${offline.join(', ')}.`);
	lines.push(...boards.map(({ id, problem }) => `board ${id}: ${problem}.`));
	if (link !== undefined) lines.push(`the meter's line: ${link}`);
	return lines;
}

function circuitLines({ circuits, unseen }: OpeningStory, clock: HouseClock): string[] {
	if (circuits.length === 0) return ['none was known.'];
	const waiting = circuits.filter(({ inForce, wanted, control }) => inForce !== wanted && control !== 'none');
	const heating = circuits.filter((circuit) => DRAWING.includes(circuit.inForce));
	const sum = heating.reduce((all, { powerW }) => all + powerW, 0);
	const lines = [
		`${waiting.length} of ${circuits.length} had to wait${waiting.length === 0 ? '' : `: ${waiting.map(({ name }) => name).join(', ')}`}.`,
		`${heating.length} were allowed to draw, ${sum} W together by their power.`,
	];
	for (const { name, disobeysSinceMs, inForce, problem } of circuits) {
		if (disobeysSinceMs !== undefined)
			lines.push(`${name} was told to wait at ${clock.timeOf(disobeysSinceMs)} but stood at ${inForce}.`);
		if (problem !== undefined) lines.push(`${name}: ${problem}`);
	}
	lines.push(...unseen.slice(-3).map(({ payload }) => payload.why));
	return lines;
}

const DRAWING: readonly string[] = ['comfort', 'comfort_-1', 'comfort_-2', 'eco'];

const va = (value: number | undefined): string => `${Math.round(value ?? 0)} VA`;

// What to do about it.
import type { OpeningStory } from './opening-story.ts';

/** What a person can do, the most telling first. */
export function adviceFor(story: OpeningStory): string[] {
	const { ending, mode, circuits, boards, lease, worst, offline } = story;
	if (ending === 'running' || ending === 'asked') return ['nothing: no opening was seen.'];
	if (ending === 'power_lost') {
		return [
			'no phase was near the trip of its breaker. Ask whether the street had a power cut, and look whether a residual-current',
			'device or a circuit breaker of the board opened.',
		];
	}
	if (ending === 'other_breaker')
		return ['it was not the load: ask the network operator, the meter shows how to close it.'];
	const advice: string[] = [];
	if (mode === 'disabled') advice.push('switch shedding on: shedder.enabled: true.');
	if (mode === undefined || offline.includes('load-shedder')) advice.push('find out why the load-shedder did not run.');
	if (mode === 'waiting_for_meter' || (mode === 'shedding' && lease !== 'live')) {
		advice.push(
			"look at the meter's line and at what the load-shedder wrote: it had no control (pilotwire call meter-reader lastFrame).",
		);
	}
	for (const { id } of boards) advice.push(`look at the cable and the supply of board ${id}.`);
	const disobey = circuits.filter(({ disobeysSinceMs }) => disobeysSinceMs !== undefined);
	for (const { name } of disobey) advice.push(`check the pilot wire of ${name}: it did not show what it was told.`);
	const onPhase = circuits.filter(({ phase, inForce, wanted }) => phase === worst?.phase && inForce === wanted);
	const left = onPhase.filter(({ inForce }) => inForce !== 'off' && inForce !== 'frost_protection');
	if (mode === 'shedding' && left.length === 0) {
		advice.push('everything that may wait was waiting: the rest of the house drew too much for this subscription.');
		advice.push(
			'pilotwire advise tells what another subscription would do; or let a plug or the water heater take part (switches).',
		);
	} else if (advice.length === 0) {
		advice.push(
			'the peak came faster than it could be shed: shedder.mode: strict sheds within two frames, pilotwire replay tells the difference.',
		);
	}
	return advice;
}

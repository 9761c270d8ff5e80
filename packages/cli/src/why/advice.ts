// What to do about it.
import type { BoxAdvice } from '@pilotwire/contract';
import type { OpeningStory } from './opening-story.ts';

/** Something that a person can do, and what or whom it is about. */
interface Advice {
	readonly what: BoxAdvice;
	readonly name?: string;
}

/** What a person can do, the most telling first. */
export function advicesOf(story: OpeningStory): Advice[] {
	const { ending, mode, circuits, boards, lease, worst, offline } = story;
	if (ending === 'running' || ending === 'asked') return [{ what: 'nothing' }];
	if (ending === 'power_lost') return [{ what: 'look_elsewhere' }];
	if (ending === 'other_breaker') return [{ what: 'ask_operator' }];
	const advice: Advice[] = [];
	if (mode === 'disabled') advice.push({ what: 'switch_on' });
	if (mode === undefined || offline.includes('load-shedder')) advice.push({ what: 'start_shedder' });
	if (mode === 'waiting_for_meter' || (mode === 'shedding' && lease !== 'live')) advice.push({ what: 'look_at_line' });
	for (const { id } of boards) advice.push({ what: 'look_at_board', name: id });
	const disobey = circuits.filter(({ disobeysSinceMs }) => disobeysSinceMs !== undefined);
	for (const { name } of disobey) advice.push({ what: 'look_at_wire', name });
	const onPhase = circuits.filter(({ phase, inForce, wanted }) => phase === worst?.phase && inForce === wanted);
	const left = onPhase.filter(({ inForce }) => inForce !== 'off' && inForce !== 'frost_protection');
	if (mode === 'shedding' && left.length === 0) advice.push({ what: 'larger_subscription' });
	else if (advice.length === 0) advice.push({ what: 'strict' });
	return advice;
}

const SENTENCES: Readonly<Record<BoxAdvice, readonly string[]>> = {
	nothing: ['nothing: no opening was seen.'],
	look_elsewhere: [
		'no phase was near the trip of its breaker. Ask whether the street had a power cut, and look whether a residual-current',
		'device or a circuit breaker of the board opened.',
	],
	ask_operator: ['it was not the load: ask the network operator, the meter shows how to close it.'],
	switch_on: ['switch shedding on: shedder.enabled: true.'],
	start_shedder: ['find out why the load-shedder did not run.'],
	look_at_line: [
		"look at the meter's line and at what the load-shedder wrote: it had no control (pilotwire call meter-reader lastFrame).",
	],
	look_at_board: ['look at the cable and the supply of board {name}.'],
	look_at_wire: ['check the pilot wire of {name}: it did not show what it was told.'],
	larger_subscription: [
		'everything that may wait was waiting: the rest of the house drew too much for this subscription.',
		'pilotwire advise tells what another subscription would do; or let a plug or the water heater take part (switches).',
	],
	strict: [
		'the peak came faster than it could be shed: shedder.mode: strict sheds within two frames, pilotwire replay tells the difference.',
	],
};

/** The same in sentences. */
export function adviceFor(story: OpeningStory): string[] {
	return advicesOf(story).flatMap(({ what, name = '' }) =>
		SENTENCES[what].map((sentence) => sentence.replace('{name}', name)),
	);
}

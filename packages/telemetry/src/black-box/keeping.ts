import {
	type CircuitState,
	type CommissioningState,
	type LinkState,
	type Parameters,
	type ReadingState,
	type ShedderState,
	type ShedState,
	type Topic,
	topics,
} from '@pilotwire/contract';
import type { OpeningWatch, SeenOpening } from './opening-watch.ts';

/** Looks for an opening in a live message. */
type Look<Payload> = (watch: OpeningWatch, payload: Payload, meter: string, nowMs: number) => SeenOpening | undefined;

/** A topic of the bus and how much of it a black box keeps. */
export interface KeptTopic {
	readonly topic: Topic<string, unknown>;
	/** It is kept when this changes ... */
	readonly essence: (payload: unknown) => unknown;
	/** ... and otherwise once in so many milliseconds; 0 keeps every message. */
	readonly everyMs: number;
	/** What an opening of the breaker is seen by, where the topic is a meter's. */
	readonly look: Look<unknown> | undefined;
}

function kept<const Template extends string, Payload>(
	topic: Topic<Template, Payload>,
	everyMs = 0,
	essence: (payload: Payload) => unknown = () => 0,
	look?: Look<Payload>,
): KeptTopic {
	return {
		topic: topic as Topic<string, unknown>,
		everyMs,
		essence: essence as KeptTopic['essence'],
		look: look as KeptTopic['look'],
	};
}

const shedEssence = ({ session, leaseS, shed, admitted }: ShedState) => [session, leaseS > 0, shed, admitted];
const shedderEssence = ({ mode, phases, waiting }: ShedderState) => [
	mode,
	phases.map(({ phase, limitVA, restoreState }) => [phase, limitVA, restoreState]),
	waiting.map(({ circuit, shed, reason }) => [circuit, shed, reason]),
];
const readingEssence = ({ mode, phases, referencePowerKVA, breakingPowerKVA, status, missingPhases }: ReadingState) => [
	mode,
	phases,
	referencePowerKVA,
	breakingPowerKVA,
	status?.breaker,
	missingPhases,
];
const linkEssence = ({ connected, mode, silentSince, problem }: LinkState) => [
	connected,
	mode,
	silentSince,
	problem?.replaceAll(/\d+/g, ''),
];
/** All but its date and what its output measures. */
const circuitEssence = ({ at: _, measuredPowerW: __, dayEnergyWh: ___, ...state }: CircuitState) => state;

/** What was found, and not each step: a step shows in the circuits. */
const commissioningEssence = ({ run, state, settled, circuits }: CommissioningState) => [
	run,
	state,
	settled,
	circuits.map(({ circuit, outcome, tries }) => [circuit, outcome, tries]),
];

/** What a black box hears besides the line. The line holds every group: a reading is kept for what it says of the breaker. */
export const keptTopics: readonly KeptTopic[] = [
	kept(topics.load, 0, undefined, (watch, load, meter, nowMs) => watch.load(meter, load, nowMs)),
	kept(topics.reading, 30_000, readingEssence, (watch, reading, meter) => watch.reading(meter, reading)),
	kept(topics.link, 30_000, linkEssence, (watch, link, meter, nowMs) => watch.link(meter, link, nowMs)),
	kept(topics.circuit, 60_000, circuitEssence),
	kept(topics.circuitSet),
	kept(topics.programme),
	kept(topics.probe, 60_000, ({ problem }) => problem),
	kept(topics.board, 60_000, ({ reachable, resets, drifts, problem }) => [reachable, resets, drifts, problem]),
	kept(topics.shed, 30_000, shedEssence),
	kept(topics.shedder, 10_000, shedderEssence),
	kept(topics.shedderEvent),
	kept(topics.status),
	kept(topics.commissioning, 60_000, commissioningEssence),
];

/** A topic's place below `pilotwire/<site>/`. */
export function placeOf(topic: Topic<string, unknown>, parameters: Parameters<string>): string {
	const given = parameters as Readonly<Record<string, string>>;
	return topic.template.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => given[name] ?? '');
}

/** A house has a hundred topics or so; what comes beyond this is kept in full and not remembered. */
const MOST_PLACES = 2_000;

/** What was last heard on each topic, and what of it was kept. */
export class Heard {
	readonly #last = new Map<string, { payload: unknown; essence: string; keptMs: number; retained: boolean }>();

	/** Whether this message is to be kept. */
	hear({ topic, essence, everyMs }: KeptTopic, place: string, payload: unknown, nowMs: number): boolean {
		const text = everyMs === 0 ? '' : JSON.stringify(essence(payload));
		const known = this.#last.get(place);
		const keep = everyMs === 0 || known === undefined || known.essence !== text || nowMs - known.keptMs >= everyMs;
		if (known !== undefined || this.#last.size < MOST_PLACES) {
			const keptMs = keep || known === undefined ? nowMs : known.keptMs;
			this.#last.set(place, { payload, essence: text, keptMs, retained: topic.retain });
		}
		return keep;
	}

	/** A retained topic was cleared. */
	forget(place: string): void {
		this.#last.delete(place);
	}

	/** What holds now: the last of each retained topic. */
	*standing(): Generator<readonly [place: string, payload: unknown]> {
		for (const [place, { payload, retained }] of this.#last) if (retained) yield [place, payload];
	}
}

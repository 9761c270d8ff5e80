// Why the shedder did something: the word and the figures of its event, as the history keeps them.
import type { ShedderEvent, ShedderReason } from '@pilotwire/contract';

/** The figures that the screens' sentences of each reason say, by the names of the event: units end them. */
const FIGURES: Readonly<Record<ShedderReason, readonly string[]>> = {
	over_limit: ['predictedVA', 'limitVA'],
	meter_alert: ['limitVA'],
	longest_wait: ['waitedS'],
	greater_need: ['otherMissingK', 'missingK', 'turnS'],
	own_place: [],
	headroom: ['loadVA', 'limitVA'],
	rotation: ['waitedS', 'loadVA', 'limitVA'],
	rotation_failed: ['loadVA', 'limitVA'],
	not_obeyed: ['afterS'],
	not_drawing: ['freedVA', 'powerVA', 'afterS'],
	silence: [],
	paused: [],
	wants_less: [],
	protected: [],
	asked: [],
	carries: ['loadVA', 'limitVA'],
	time_over: [],
};

/** A reason, the circuit for whose sake it was, and its figures in their own units. */
export interface EventReason {
	readonly reason: ShedderReason;
	/** An id; empty where it was for nobody else. */
	readonly who: string;
	readonly figures: Readonly<Record<string, number>>;
}

/** Reads what the history keeps; undefined for what this version has no words for. */
export function eventReason(kept: string | undefined): EventReason | undefined {
	if (kept === undefined) return undefined;
	try {
		return reasonOf(JSON.parse(kept));
	} catch {
		return undefined;
	}
}

/** The reason of an event; undefined for what this version has no words for. */
export function reasonOf(event: Partial<Pick<ShedderEvent, 'reason' | 'for' | 'figures'>>): EventReason | undefined {
	const { reason, for: who = '', figures = {} } = event;
	if (reason === undefined || !Object.hasOwn(FIGURES, reason)) return undefined;
	return FIGURES[reason].every((name) => typeof figures[name] === 'number') ? { reason, who, figures } : undefined;
}

// A radiator's reason as a sentence.
import { format, now, t } from '../app/store.ts';
import type { Reason } from '../core/reasons.ts';

/** The reason in words, with the next chance where one is known. */
export function reasonText(reason: Reason): string {
	const next = 'nextMs' in reason ? nextText(reason.nextMs) : undefined;
	const sentence = bare(reason);
	return next === undefined ? sentence : `${sentence} · ${next}`;
}

function bare(reason: Reason): string {
	const { kva, moment } = format.value;
	switch (reason.why) {
		case 'programme':
			return t.value('reason.programme');
		case 'override':
			return reason.untilMs === undefined
				? t.value('reason.override')
				: t.value('reason.override.until', { until: moment(reason.untilMs, now.value) });
		case 'commissioning':
			return t.value('reason.commissioning');
		case 'frost_guard':
			return t.value('reason.frost_guard');
		case 'shed':
			return t.value('reason.shed');
		case 'turn':
			return t.value('reason.turn');
		case 'rest':
			return t.value('reason.rest');
		case 'measuring':
			return t.value('reason.measuring');
		case 'may_rise':
			return t.value('reason.may_rise');
		case 'no_load':
			return t.value('reason.no_load');
		case 'paused':
			return t.value('reason.paused');
		case 'room':
			return reason.freeVA === undefined
				? t.value('reason.room.reserve')
				: t.value('reason.room', { needs: kva(reason.needsVA), free: kva(reason.freeVA) });
		case 'fallback':
			return t.value(reason.waits ? 'reason.fallback.waits' : 'reason.fallback');
		case 'unreachable':
			return t.value('reason.unreachable');
	}
}

/** The soonest at which it may heat; undefined where nothing says. */
export function nextText(nextMs: number | undefined): string | undefined {
	if (nextMs === undefined) return undefined;
	const left = nextMs - now.value;
	if (left < 2_000) return t.value('reason.next.now');
	return t.value('reason.next', { when: format.value.ahead(left) });
}

import type { Logger } from '@pilotwire/runtime';
import type { Notice } from './register-guard.ts';

/** Tells people what was noticed about a meter's registers. */
export function tellNotice(log: Logger, meter: string, notice: Notice): void {
	if (notice.kind === 'exchanged') {
		log.warn({ meter }, `${meter} is another meter than before: its registers count on from where they stood`);
		return;
	}
	const { register, from, to, kind } = notice;
	const expected = `${register} of ${meter}: expected at least ${from} Wh`;
	if (kind === 'leap') {
		log.warn({ meter, register }, `${expected} and little more, got ${to} Wh for 5 minutes: it is believed`);
	} else {
		log.warn({ meter, register }, `${expected}, got ${to} Wh: Home Assistant keeps ${from} Wh until it is more again`);
	}
}

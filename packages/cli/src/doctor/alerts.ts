import type { AlertsState } from '@pilotwire/contract';
import { type Finding, ok, unsure, wrong } from './finding.ts';
import { type Asked, typed } from './typed.ts';

/** Whether anybody is told when something is wrong, and what people are alerted to now. */
export function judgeAlerts(state: Pick<AlertsState, 'on' | 'channels'> | undefined, asked: Asked): Finding[] {
	if (state === undefined) return [];
	const { on, channels } = state;
	const now = on.map(({ title, since }) =>
		unsure('ALERT_ON', 'alerts', `${title}, since ${since}`, 'docs/guides/alerts.md says what to do about each'),
	);
	if (channels.length === 0) {
		const todo = 'configure alerts (docs/guides/alerts.md), or have a phone told: Settings, Alerts on the dashboard';
		return [unsure('ALERTS_NOWHERE', 'alerts', 'nobody is told when something is wrong', todo), ...now];
	}
	const ways = channels.map(({ channel, problem, sent, waiting }) =>
		problem === undefined
			? ok('alerts', `${channel}: ${sent === 0 ? 'not used since the start' : `${sent} sent since the start`}`)
			: wrong(
					'ALERT_CHANNEL_FAILS',
					'alerts',
					`${channel}: ${problem.replace(/\.$/, '')}; ${waiting} waiting`,
					typed('alerts test', asked),
				),
	);
	return [...ways, ...now];
}

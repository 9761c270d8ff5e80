import { alertsState } from './alerts.ts';
import { defineTopic } from './topic.ts';

/** The topic of alerts: a table of its own, since no screen but one needs it. */
export const alertTopics = {
	alerts: defineTopic(
		'alerts/state',
		alertsState,
		{ qos: 1, retain: true },
		'what people are alerted to now, and how the ways to them do',
	),
} as const;

// A kept session as it stands in Redis: one hash, a field for each thing.
import type { Subscription } from '../persistence/message.ts';
import type { Session, SubscriptionRecord } from '../persistence/session.ts';
import { before, beginning, type LogId } from './log-id.ts';

export const expiryField = 'expiry';
export const cursorField = 'cursor';
const subscriptionPrefix = 's:';
const incomingPrefix = 'i:';
const retainedPrefix = 'r:';

export const subscriptionField = (filter: string): string => subscriptionPrefix + filter;
export const incomingField = (messageId: number): string => incomingPrefix + messageId;
/** A retained message that it was given and has not acknowledged. */
export const retainedField = (topic: string): string => retainedPrefix + topic;

/** What was under way to a client when its connection ended. */
export interface Flight {
	/** Up to here everything was sent that it should get. */
	readonly until: LogId;
	/** What of it was not acknowledged, by its place in the log. */
	readonly items: readonly (readonly [at: LogId, messageId: number, dup: boolean])[];
}

/** A session, read. */
export interface KeptSession {
	/** Up to here everything it should get is acknowledged. */
	readonly cursor: LogId;
	/** Absent where the node that had it died, and nobody knows. */
	readonly flight: Flight | undefined;
	readonly subscriptions: readonly { readonly value: Subscription; readonly since: LogId }[];
	readonly incoming: readonly number[];
	/** Retained messages that it was given and did not acknowledge. */
	readonly retained: readonly string[];
	/** s */
	readonly expiryS: number;
}

/** Reads a session. */
export function readSession(fields: ReadonlyMap<string, Buffer>): KeptSession {
	const named = (prefix: string) =>
		[...fields].flatMap(([name, value]) =>
			name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
		);
	const flight = fields.get('flight');
	return {
		cursor: fields.get(cursorField)?.toString() ?? beginning,
		flight: flight === undefined || flight.length === 0 ? undefined : (JSON.parse(flight.toString()) as Flight),
		subscriptions: named(subscriptionPrefix).map(([filter, value]) => {
			const { since, ...options } = JSON.parse(value.toString()) as Omit<Subscription, 'filter'> & { since: LogId };
			return { value: { ...options, filter }, since };
		}),
		incoming: named(incomingPrefix).map(([messageId]) => Number(messageId)),
		retained: named(retainedPrefix).map(([topic]) => topic),
		expiryS: Number(fields.get(expiryField) ?? 0),
	};
}

/** A subscription as it is written. */
export function writeSubscription({ value: { filter: _, ...options }, since }: SubscriptionRecord): string {
	return JSON.stringify({ ...options, since: since ?? beginning });
}

/** Up to where everything is acknowledged that a session should get. `reached`: up to where it was looked at. */
export function cursorOf({ queue }: Session, reached: LogId): LogId {
	for (const { body, how } of queue.all()) {
		if (body.at !== undefined && how.group === undefined) return before(body.at);
	}
	return reached;
}

/**
 * What is under way to its client. `left`: what of an older connection's flight it was not given again yet; it comes before
 * all that is new.
 */
export function flightOf({ queue }: Session, reached: LogId, left: Flight | undefined): Flight {
	const ofLog = [...queue.all()].filter(({ body, how }) => body.at !== undefined && how.group === undefined);
	const items = ofLog
		.filter(({ messageId }) => messageId !== 0)
		.map(({ body, messageId, dup }) => [body.at ?? beginning, messageId, dup] as const);
	if (left !== undefined) return { until: left.until, items: [...items, ...left.items] };
	const next = ofLog.find(({ messageId }) => messageId === 0)?.body.at;
	return { until: next === undefined ? reached : before(next), items };
}

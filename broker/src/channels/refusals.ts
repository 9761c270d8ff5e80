import type { ChannelRefusal } from '@pilotwire/contract';
import { type Reason, reasons } from '../edge/wire/reasons.ts';

/** What one client is told of a refusal. */
export interface Refusal {
	readonly code: ChannelRefusal;
	/** What was expected. */
	readonly message: string;
	/** With `not_here`: who is not. */
	readonly missing?: readonly string[];
	/** With `too_many_guesses`, s. */
	readonly retryAfterS?: number;
}

/** As version 5 says it in a PUBACK, PUBREC or SUBACK. */
export const refusalReasons: Readonly<Record<ChannelRefusal, Reason>> = {
	bad_topic: reasons.topicInvalid,
	bad_filter: reasons.filterInvalid,
	bad_join: reasons.payloadInvalid,
	not_allowed: reasons.notAuthorized,
	wrong_password: reasons.notAuthorized,
	no_password: reasons.notAuthorized,
	not_member: reasons.notAuthorized,
	other_sender: reasons.notAuthorized,
	too_many_guesses: reasons.quotaExceeded,
	channel_full: reasons.quotaExceeded,
	too_many_channels: reasons.quotaExceeded,
	too_many_filters: reasons.quotaExceeded,
	payload_too_large: reasons.quotaExceeded,
	too_much_in_flight: reasons.quotaExceeded,
	member_taken: reasons.implementationSpecific,
	already_joined: reasons.implementationSpecific,
	retained: reasons.implementationSpecific,
	not_here: reasons.noMatchingSubscribers,
};

const words: Readonly<Record<ChannelRefusal, string>> = {
	bad_topic:
		'expected channels/<name>/ with join, leave, command/<from>/<to>, answer/<from>/<to> or broadcast/<from>; names are [a-z0-9-], at most 64 characters',
	bad_filter: 'expected channels/<name>/# or a part of it, with the name of one channel, not shared',
	bad_join: 'expected {"member": "<id of [a-z0-9-]>", "password": "<text, or left out>"}',
	not_allowed: 'this account may not use channels',
	wrong_password: 'the channel has another password',
	no_password: 'the channel was opened without a password; join it without one, or take another name',
	not_member: 'join the channel first, on this connection',
	other_sender: 'the sender in the topic must be your own id in the channel',
	too_many_guesses: 'too many wrong passwords; wait before the next try',
	channel_full: 'the channel has as many members as this broker takes',
	too_many_channels: 'there are as many channels as this broker takes, or as many from your address',
	too_many_filters: 'a member has at most 32 subscriptions in a channel',
	payload_too_large: 'the payload is longer than this broker takes in a channel; send it in parts',
	too_much_in_flight: 'wait for your acknowledgements: too much of what you sent is still under way',
	member_taken: 'somebody else has this id in the channel',
	already_joined: 'this connection is in the channel by another id; leave first',
	retained: 'nothing is retained in a channel: publish without the retain flag',
	not_here: 'not all of those it is for are in the channel',
};

/** A refusal in its usual words. */
export function refusal(code: ChannelRefusal, more: Pick<Refusal, 'missing' | 'retryAfterS'> = {}): Refusal {
	return { code, message: words[code], ...more };
}

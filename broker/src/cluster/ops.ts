// What a node has done in the store that all share; each as the script of a commit reads it.
import type { Message } from '../persistence/message.ts';
import { shardOf, writeMessage, writeNotice } from './entries.ts';
import { incomingField } from './kept-session.ts';
import type { LogId } from './log-id.ts';
import type { Operation } from './shared-store.ts';

/** A session as this node has it: what is written for it holds only with its epoch. */
export interface Hold {
	readonly client: string;
	readonly epoch: string;
	/** Its connection has ended; what belongs to the end is still written. */
	isOver: boolean;
}

/**
 * A message for everybody; where a session is given, only while that is this node's. `messageId`: the identifier of its
 * QoS 2, kept with the session in the same step where the session is.
 */
export function say(message: Message, hold?: Hold, messageId?: number): Operation {
	const identifier = messageId === undefined ? '' : incomingField(messageId);
	return ['say', ...placed(message), hold?.client ?? '', hold?.epoch ?? '', identifier];
}

/** A message for one member of a shared subscription, whose other member lost it; nobody else keeps it, nor retains it again. */
export function sayToGroup(message: Message, group: string): Operation {
	const { topic } = message;
	return ['say', writeMessage({ ...message, retain: false }, group), topic, shardOf(topic), '', '', '', '', ''];
}

/** How many connected members of a shared subscription this node has. */
export function count(node: string, filter: string, members: number): Operation {
	return ['group', writeNotice({ k: 'group', node, filter, members }), filter, String(members)];
}

/** All that this node was given for shared subscriptions is acknowledged up to here. */
export function acknowledged(node: string, at: LogId): Operation {
	return ['tell', writeNotice({ k: 'done', node, at })];
}

/** Keeps a field of a session. */
export function set({ client, epoch }: Hold, field: string, value: string | Buffer): Operation {
	return ['set', client, epoch, field, value];
}

/** Takes a field of a session out. */
export function unset({ client, epoch }: Hold, field: string): Operation {
	return ['unset', client, epoch, field];
}

/** Its client is absent from now on. `keptMs`: how long it stays; `flight`: what was sent and not acknowledged. */
export function release({ client, epoch }: Hold, cursor: LogId, flight: string, keptMs: number): Operation {
	return ['release', client, epoch, cursor, flight, String(keptMs)];
}

/** It may have been claimed for this node, and nobody knows: then it is let go of again. */
export function disown(client: string): Operation {
	return ['disown', client];
}

/** The session is over. */
export function drop({ client, epoch }: Hold): Operation {
	return ['drop', client, epoch];
}

/** The will of a client that is gone is to be said in a while. */
export function sayLater({ client, epoch }: Hold, will: Buffer, delayMs: number): Operation {
	return ['later', client, epoch, will, String(Math.max(0, Math.round(delayMs)))];
}

/** A will that is due is said, or left unsaid, by whoever comes first. */
export function settleWill(token: string, message: Message | undefined): Operation {
	return ['will', token, ...(message === undefined ? ['', '', '', '', ''] : placed(message))];
}

/** A retained message is past its expiry: it goes, unless another one has taken its place. */
export function forget({ topic, expiresAt = 0 }: Message): Operation {
	return ['forget', topic, shardOf(topic), String(expiresAt)];
}

function placed(message: Message): (string | Buffer)[] {
	const { topic, qos, retain, payload } = message;
	const retained = !retain ? '' : payload.length === 0 ? 'clear' : 'set';
	return [writeMessage(message), topic, shardOf(topic), qos === 0 ? '' : 'log', retained];
}

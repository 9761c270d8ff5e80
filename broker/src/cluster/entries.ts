// What stands in the log: a head in JSON, a line feed, then the payload as it is.
import { type Message, weightOf } from '../persistence/message.ts';

/** What nodes tell each other through the log, where its order makes all of them see it alike. */
export type Notice =
	/** Another node wants this session: whoever has it, of this epoch, lets go. */
	| { readonly k: 'ask'; readonly client: string; readonly epoch: string }
	/** A node is gone; where it died, it was ended by another one. */
	| { readonly k: 'gone'; readonly node: string; readonly by?: string }
	/** All that a node was given for shared subscriptions is acknowledged up to here. */
	| { readonly k: 'done'; readonly node: string; readonly at: string }
	/** How many connected members of a shared subscription a node has. */
	| { readonly k: 'group'; readonly node: string; readonly filter: string; readonly members: number };

/** An entry of the log, read. */
export type Entry =
	| { readonly kind: 'message'; readonly message: Message; readonly group: string | undefined }
	| { readonly kind: 'notice'; readonly notice: Notice };

/** A head as it is written; short names, for every message carries it. The scripts in Redis look for `w` and `e` in front. */
interface Head {
	/** What a retained message counts for, bytes. */
	readonly w?: number;
	readonly t: string;
	readonly q: 0 | 1 | 2;
	readonly r?: 1;
	/** Wall clock from which on it is not delivered any more, ms. */
	readonly e?: number;
	/** Client id of the publisher. */
	readonly f?: string;
	readonly p?: Readonly<Record<string, unknown>>;
	/** Correlation data, base64. */
	readonly c?: string;
	/** The one shared subscription it is for. */
	readonly g?: string;
}

const lineFeed = 10;

/** A message as it stands in the log. `group`: the one shared subscription it is for, whose member lost it. */
export function writeMessage(message: Message, group?: string): Buffer {
	const { topic, payload, qos, retain, properties, expiresAt, from } = message;
	const head: Record<string, unknown> = {};
	if (retain) head['w'] = roundWeight(weightOf(message));
	if (expiresAt !== undefined) head['e'] = expiresAt;
	head['t'] = topic;
	head['q'] = qos;
	if (retain) head['r'] = 1;
	if (from !== undefined) head['f'] = from;
	if (group !== undefined) head['g'] = group;
	if (properties !== undefined) {
		const { correlationData, ...plain } = properties;
		head['p'] = plain;
		if (correlationData instanceof Uint8Array) head['c'] = Buffer.from(correlationData).toString('base64');
	}
	return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), payload]);
}

/** A state that grows or shrinks by a digit counts for the same, and costs no counting. */
function roundWeight(bytes: number): number {
	return Math.ceil(bytes / 64) * 64;
}

/** What nodes tell each other, as it stands in the log. */
export function writeNotice(notice: Notice): Buffer {
	return Buffer.from(`${JSON.stringify(notice)}\n`);
}

/** An entry of the log; nothing where it can't be read: another version may have written it. */
export function readEntry(bytes: Buffer): Entry | undefined {
	const end = bytes.indexOf(lineFeed);
	if (end < 0) return undefined;
	try {
		const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head | Notice;
		if ('k' in head) return { kind: 'notice', notice: head };
		return { kind: 'message', message: messageOf(head, bytes.subarray(end + 1)), group: head.g };
	} catch {
		return undefined;
	}
}

function messageOf({ t: topic, q: qos, r, e, f, p, c }: Head, payload: Buffer): Message {
	const properties = p === undefined || c === undefined ? p : { ...p, correlationData: Buffer.from(c, 'base64') };
	return {
		...{ topic, payload, qos, retain: r === 1 },
		...(properties === undefined ? {} : { properties }),
		...(e === undefined ? {} : { expiresAt: e }),
		...(f === undefined ? {} : { from: f }),
	};
}

/** All houses are below it, each by its name. */
const ofHouses = 'pilotwire/';

/**
 * Which part of the log a topic of QoS 1 and 2 is kept in, and with what its retained message is counted: a home
 * (`pilotwire/HOUSE`), or what is beside these by its first level, for a device has one to itself and not as many as it
 * likes. Each is bounded by itself, so that none pushes out what another one waits for.
 */
export function shardOf(topic: string): string {
	const end = topic.indexOf('/', topic.startsWith(ofHouses) ? ofHouses.length : 1);
	return end < 0 ? topic : topic.slice(0, end);
}

/** The part of the log that a filter reads; nothing where it reads several: those that `isWithin` tells. */
export function shardOfFilter(filter: string): string | undefined {
	const shard = shardOf(filter);
	return shard.includes('+') || shard.includes('#') ? undefined : shard;
}

/** Whether a filter with a wildcard in its first levels may read a part of the log. */
export function isWithin(filter: string, shard: string): boolean {
	const [first = '', second] = filter.split('/');
	const [name, home] = shard.split('/');
	if (first === '#') return true;
	if (first !== '+' && first !== name) return false;
	return home === undefined || second === '#' || second === '+' || second === home;
}

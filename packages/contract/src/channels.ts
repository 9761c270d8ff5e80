import * as z from 'zod/mini';
import { id } from './common.ts';
import { ID_PATTERN } from './topic.ts';

/**
 * Channels: rooms on the broker that whoever knows their name and password joins. At the root, independent of any site.
 * Nothing of them is retained or stored; who has not joined neither hears nor says anything there.
 */

/** Longest name of a channel and of a member, characters. */
export const MAX_CHANNEL_NAME = 64;
/** Longest password, characters. */
export const MAX_CHANNEL_PASSWORD = 256;

/** What may stand behind `channels/<name>/`. */
const kinds = ['join', 'leave', 'notice', 'members', 'command', 'answer', 'broadcast'] as const;

/** A topic of a channel, read. `rest`: what follows, free to whoever sends, '' or with its leading `/`. */
export type ChannelTopic =
	| { readonly channel: string; readonly kind: 'join' | 'leave' | 'notice' | 'members' }
	| {
			readonly channel: string;
			readonly kind: 'command' | 'answer';
			readonly from: string;
			/** Members that it is for; `all` is everyone but who says it. */
			readonly to: readonly string[] | 'all';
			readonly rest: string;
	  }
	| { readonly channel: string; readonly kind: 'broadcast'; readonly from: string; readonly rest: string };

const channelName = id.check(z.maxLength(MAX_CHANNEL_NAME));
const memberId = channelName.check(z.refine((member) => member !== 'all', { error: 'another id: all means everyone' }));

/** What is said to `channels/<name>/join`. */
export const channelJoin = z.strictObject({
	/** Who this is in the channel; nobody else there has it. */
	member: memberId,
	/** Of the channel; the first to join sets it. Left out: the channel is open. */
	password: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_CHANNEL_PASSWORD))),
});
export type ChannelJoin = z.infer<typeof channelJoin>;

/** Why something was refused. */
export const channelRefusals = [
	/** Not a topic of a channel, or one that only the broker speaks on. */
	'bad_topic',
	/** A subscription that is not to one channel by its name, or a shared one. */
	'bad_filter',
	/** The payload of a join is none. */
	'bad_join',
	/** This account may not use channels. */
	'not_allowed',
	'wrong_password',
	/** A password was given, and the channel was opened without one. */
	'no_password',
	/** Too many wrong passwords: try later. */
	'too_many_guesses',
	/** Another connection has this id in the channel. */
	'member_taken',
	/** This connection is in the channel by another id. */
	'already_joined',
	/** As many members as a channel takes. */
	'channel_full',
	/** As many channels as the broker takes, or as many memberships as it lets one address have. */
	'too_many_channels',
	/** As many subscriptions as a member may have in a channel. */
	'too_many_filters',
	/** Who sends or subscribes has not joined. */
	'not_member',
	/** The topic names another sender. */
	'other_sender',
	/** None, or not all, of those it is for are in the channel; the others have it. */
	'not_here',
	/** Nothing is retained in a channel. */
	'retained',
	'payload_too_large',
	/** The sender did not wait for its acknowledgements. */
	'too_much_in_flight',
] as const;
export type ChannelRefusal = (typeof channelRefusals)[number];

/** Why a member is no longer there: it said so, its connection ended, or it took no messages. */
const leaving = z.enum(['left', 'gone', 'slow']);
export type ChannelLeaving = z.infer<typeof leaving>;

/** `channels/<name>/notice`: what the broker says to one connection alone, whether it subscribed to it or not. */
export const channelNotice = z.union([
	z.object({
		joined: z.object({
			member: memberId,
			/** Whether it opened the channel, and so set its password. */
			first: z.boolean(),
			/** Whether the channel has a password. */
			protected: z.boolean(),
			/** Bytes of the longest payload. */
			maxPayloadBytes: z.int(),
			/** Bytes that one member's messages may have under way before its acknowledgements wait. */
			maxBytesInFlight: z.int(),
		}),
	}),
	z.object({ left: z.object({ member: memberId, why: leaving }) }),
	z.object({
		refused: z.object({
			code: z.enum(channelRefusals),
			/** In words. */
			message: z.string(),
			/** What was published, or subscribed to. */
			topic: z.string(),
			/** With `not_here`: who is not. */
			missing: z.optional(z.array(z.string())),
			/** With `too_many_guesses`: when it may be tried again, seconds. */
			retryAfterS: z.optional(z.number()),
		}),
	}),
]);
export type ChannelNotice = z.infer<typeof channelNotice>;

/** `channels/<name>/members`: all who are there, when somebody subscribes; then who comes and goes. */
export const channelMembers = z.union([
	z.object({ members: z.array(memberId) }),
	z.object({ joined: memberId }),
	z.object({ left: memberId, why: leaving }),
]);
export type ChannelMembers = z.infer<typeof channelMembers>;

/** Every topic of a channel, at the root: for the reference. */
export const channelTopics = [
	{ template: 'channels/{channel}/join', by: 'client', schema: channelJoin, about: 'lets the connection in, or not' },
	{ template: 'channels/{channel}/leave', by: 'member', about: 'leaves; so does whoever disconnects' },
	{
		template: 'channels/{channel}/notice',
		by: 'broker',
		schema: channelNotice,
		about: 'to one connection alone, subscribed or not: joined, left, or refused and why',
	},
	{
		template: 'channels/{channel}/members',
		by: 'broker',
		schema: channelMembers,
		about: 'all who are there, after a SUBSCRIBE; then who comes and goes',
	},
	{
		template: 'channels/{channel}/command/{from}/{to}',
		by: 'member',
		about: 'to one, to several (`a,b,c`) or to `all`; more levels may follow',
	},
	{
		template: 'channels/{channel}/answer/{from}/{to}',
		by: 'member',
		about: 'the same, for answers',
	},
	{
		template: 'channels/{channel}/broadcast/{from}',
		by: 'member',
		about: 'to all but the sender; more levels may follow',
	},
] as const;

/** Who is there after such a message. */
export function membersAfter(present: readonly string[], message: ChannelMembers): readonly string[] {
	if ('members' in message) return message.members;
	if ('left' in message) return present.filter((member) => member !== message.left);
	return present.includes(message.joined) ? present : [...present, message.joined];
}

/** Whether a channel may have this name, or a member this id. */
export function isChannelName(name: string): boolean {
	return name.length <= MAX_CHANNEL_NAME && ID_PATTERN.test(name);
}

/** Whether a member may have this id. */
export function isMemberId(member: string): boolean {
	return member !== 'all' && isChannelName(member);
}

/** Reads a topic; undefined where it is none of a channel. */
export function readChannelTopic(topic: string): ChannelTopic | undefined {
	const levels = topic.split('/');
	const [root, channel = '', word, from = '', to = ''] = levels;
	const kind = kinds.find((one) => one === word);
	if (root !== 'channels' || kind === undefined || !isChannelName(channel)) return undefined;
	switch (kind) {
		case 'broadcast':
			return isMemberId(from) ? { channel, kind, from, rest: restOf(levels, 4) } : undefined;
		case 'command':
		case 'answer': {
			const members = to === 'all' ? to : [...new Set(to.split(','))];
			if (!isMemberId(from) || (members !== 'all' && !members.every(isMemberId))) return undefined;
			return { channel, kind, from, to: members, rest: restOf(levels, 5) };
		}
		default:
			return levels.length === 3 ? { channel, kind } : undefined;
	}
}

/** The name of a topic. Throws a RangeError for an id that may not stand in it. */
export function channelTopicName(topic: ChannelTopic): string {
	const ids = [topic.channel];
	let name = `channels/${topic.channel}/${topic.kind}`;
	if ('from' in topic) {
		ids.push(topic.from);
		name += `/${topic.from}`;
	}
	if ('to' in topic) {
		if (topic.to !== 'all') ids.push(...topic.to);
		name += `/${topic.to === 'all' ? 'all' : topic.to.join(',')}`;
	}
	const wrong = ids.find((one) => !isChannelName(one));
	if (wrong !== undefined || ('to' in topic && topic.to.length === 0)) {
		throw new RangeError(`expected ids of [a-z0-9-], at most ${MAX_CHANNEL_NAME}, got "${wrong ?? ''}"`);
	}
	return 'rest' in topic ? name + topic.rest : name;
}

/** What a member subscribes to: all that is for it. */
export function channelFilter(channel: string): string {
	return `channels/${channel}/#`;
}

function restOf(levels: readonly string[], from: number): string {
	return levels.length > from ? `/${levels.slice(from).join('/')}` : '';
}

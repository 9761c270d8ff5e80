import {
	type ChannelTopic,
	channelFilter,
	channelMembers,
	channelNotice,
	channelTopicName,
	encodePayload,
	REMOTE_LEVEL,
	readChannelTopic,
	remoteTopics,
} from '@pilotwire/contract';
import type { Clock, Logger, Timer } from '@pilotwire/runtime';
import type { Link } from '../io/link.ts';
import type { Calls, Operations } from './calls.ts';
import type { Home, Place } from './place.ts';

/** Between two attempts to join. Milliseconds. */
const AGAIN_MS = 30_000;

interface Surroundings {
	readonly calls: Calls;
	readonly operations: Operations;
	readonly log: Logger;
	readonly clock: Clock;
	/** Whether what is measured is said here. */
	readonly broadcasts: boolean;
}

/**
 * An agent in a channel: at every connection it finds out whether the broker has channels at all, joins, and only then
 * hears, and says what it can do to whoever asks.
 */
export function channelPlace(
	channel: string,
	secret: string | undefined,
	home: Home,
	link: Pick<Link, 'publish' | 'subscribe'>,
	{ calls, operations, log, clock, broadcasts }: Surroundings,
): Place {
	const { id } = home;
	const name = `channels/${channel}`;
	let again: Timer | undefined;
	let isIn = false;
	/** Whether this connection's broker is known to have channels: none but such a one is given the password. */
	let isKnown = false;
	let isAsked = false;
	let isTold = false;

	const say = (topic: ChannelTopic, payload: string | Uint8Array, qos: 0 | 1 = 1): void =>
		link.publish({ topic: channelTopicName(topic), payload, qos });
	const to = (member: string, rest: string): ChannelTopic => ({
		channel,
		kind: 'answer',
		from: id,
		to: [member],
		rest,
	});
	const toAll = (rest: string): ChannelTopic => ({ channel, kind: 'broadcast', from: id, rest });
	const state = (): string => encodePayload(remoteTopics.agent, home.state());
	const join = (): void => {
		again?.cancel();
		again = clock.after(AGAIN_MS, join);
		if (isKnown) {
			const password = secret === undefined ? {} : { password: secret };
			say({ channel, kind: 'join' }, JSON.stringify({ member: id, ...password }));
			return;
		}
		if (isAsked && !isTold) {
			isTold = true;
			log.warn(
				{ channel },
				`no answer for the channel ${channel}: expected a broker of Pilotwire with broker.channels`,
			);
		}
		isAsked = true;
		// A broker that has channels says to this connection alone, which subscribed to nothing, that it is in none. Any
		// other one hands the message on as it is, as it would the password.
		say({ channel, kind: 'leave' }, '');
	};
	const refused = ({ code, message }: { readonly code: string; readonly message: string }): void => {
		if (isIn) return;
		if (code !== 'not_member') {
			log.warn({ channel, code }, `the channel ${channel} was refused: ${message} (${code}); trying again`);
		} else if (!isKnown) {
			isKnown = true;
			join();
		}
	};
	const notice = (payload: Uint8Array): void => {
		const said = channelNotice.safeParse(parsed(payload));
		if (!said.success) return;
		if ('joined' in said.data) {
			again?.cancel();
			isIn = true;
			log.info({ channel }, `${id} is in the channel ${channel}`);
			link.subscribe([channelFilter(channel)], () => undefined);
			say(toAll(`${REMOTE_LEVEL}/state`), state());
		} else if ('left' in said.data) {
			isIn = false;
			again?.cancel();
			again = clock.after(AGAIN_MS, join);
		} else refused(said.data.refused);
	};
	const asked = (from: string, rest: string, isToAll: boolean, payload: Uint8Array): void => {
		if (rest === `${REMOTE_LEVEL}/hello`) say(to(from, `${REMOTE_LEVEL}/state`), state());
		if (rest !== REMOTE_LEVEL) return;
		const send = (said: Uint8Array, live: boolean): void => say(to(from, REMOTE_LEVEL), said, live ? 0 : 1);
		calls.receive({ place: name, client: from, isLogged: false, send, operations }, payload, isToAll);
	};
	return {
		name,
		will: { topic: channelTopicName(toAll(`${REMOTE_LEVEL}/gone`)), payload: '', qos: 1 },
		up: join,
		down: () => {
			[isIn, isKnown, isAsked] = [false, false, false];
			again?.cancel();
		},
		message: (topic, payload) => {
			const read = readChannelTopic(topic);
			if (read === undefined || read.channel !== channel) return;
			if (read.kind === 'notice') notice(payload);
			else if (!isIn) return;
			else if (read.kind === 'command') asked(read.from, read.rest, read.to === 'all', payload);
			else if (read.kind === 'members') {
				const members = channelMembers.safeParse(parsed(payload));
				if (members.success && 'left' in members.data) calls.endOf(name, members.data.left);
			}
		},
		measured: (measured) => {
			if (isIn && broadcasts) say(toAll(`${REMOTE_LEVEL}/log`), encodePayload(remoteTopics.agentLog, measured), 0);
		},
		leave: () => {
			again?.cancel();
			say({ channel, kind: 'leave' }, '');
		},
	};
}

function parsed(payload: Uint8Array): unknown {
	try {
		return JSON.parse(Buffer.from(payload).toString()) as unknown;
	} catch {
		return undefined;
	}
}

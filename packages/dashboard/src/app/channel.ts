// A joined channel: a connection of its own to the broker that has it, which joins again whenever it comes back.
import {
	type ChannelMembers,
	type ChannelNotice,
	type ChannelRefusal,
	type ChannelTopic,
	channelFilter,
	channelTopicName,
	membersAfter,
	readChannelTopic,
} from '@pilotwire/contract';
import { type ReadonlySignal, signal } from '@preact/signals';
import { Connection, type Open, type Opener } from '../core/connection.ts';
import type { Message } from '../core/house.ts';
import { type BusAddress, mqttOpener } from '../io/mqtt.ts';
import { after } from './after.ts';

/** Which channel, by which id, and where. The passwords go nowhere else and are not kept. */
export interface ChannelRequest {
	readonly name: string;
	/** Of the channel; undefined: it is open. */
	readonly password: string | undefined;
	/** Who this page is there. */
	readonly member: string;
	/** Another broker, such as a hub, and an account there if it wants one; undefined: this house's. */
	readonly broker: { readonly url: string; readonly username?: string; readonly password?: string } | undefined;
}

/** What somebody in the channel said to this page, or to all. */
export interface ChannelSaid {
	readonly kind: 'command' | 'answer' | 'broadcast';
	readonly from: string;
	/** What follows in the topic, '' or with its leading `/`. */
	readonly rest: string;
	readonly payload: Uint8Array;
}

/** How a page stands to its channel; `unreachable`: its broker was never reached. */
export type ChannelState = 'joining' | 'joined' | 'refused' | 'away' | 'unreachable';

/** A channel that this page is in, or wants to be in. */
export interface JoinedChannel {
	readonly name: string;
	readonly member: string;
	readonly state: ReadonlySignal<ChannelState>;
	/** Why it was not let in, or was put out. */
	readonly refusal: ReadonlySignal<ChannelRefusal | 'slow' | undefined>;
	/** Who is there, this page too. */
	readonly members: ReadonlySignal<readonly string[]>;
	/** Says something to some members, or to all others; rejects where it can't be said, or nobody takes it. */
	command(to: readonly string[] | 'all', rest: string, payload: string | Uint8Array): Promise<void>;
	/** The same to everybody who listens. */
	broadcast(rest: string, payload: string | Uint8Array): Promise<void>;
	/** Hears what is said; the result ends that. */
	onMessage(listener: (said: ChannelSaid) => void): () => void;
	leave(): void;
}

/** Where connections come from; tests have another. */
type MakeOpener = (address: BusAddress) => Opener;

const decoder = new TextDecoder();

/** Joins a channel, and stays in it until `leave`: where the connection breaks, it joins again. */
export function joinChannel(request: ChannelRequest, makeOpener: MakeOpener = mqttOpener): JoinedChannel {
	const { name, password, member } = request;
	const state = signal<ChannelState>('joining');
	const refusal = signal<ChannelRefusal | 'slow' | undefined>(undefined);
	const members = signal<readonly string[]>([]);
	const listeners = new Set<(said: ChannelSaid) => void>();
	let isOver = false;
	let wasReached = false;

	const put = (next: ChannelState, why?: ChannelRefusal | 'slow'): void => {
		refusal.value = why;
		state.value = next;
		if (next !== 'joined') members.value = [];
	};
	const end = (next: ChannelState, why?: ChannelRefusal | 'slow'): void => {
		put(next, why);
		isOver = true;
		connection.stop();
	};
	const heed = (notice: ChannelNotice): void => {
		if ('refused' in notice && state.peek() === 'joining') refusal.value = notice.refused.code;
		else if ('left' in notice && !isOver) end('refused', 'slow');
	};
	const hear = ({ topic, payload }: Pick<Message, 'topic' | 'payload'>): void => {
		const read = readChannelTopic(topic);
		if (read?.channel !== name) return;
		if (read.kind === 'notice') heed(JSON.parse(decoder.decode(payload)) as ChannelNotice);
		else if (read.kind === 'members') {
			members.value = membersAfter(members.peek(), JSON.parse(decoder.decode(payload)) as ChannelMembers);
		} else if ('from' in read) {
			for (const listener of listeners) listener({ kind: read.kind, from: read.from, rest: read.rest, payload });
		}
	};
	/** Whether the broker has channels: it refuses this. Any other one takes it, and would hand the password to whoever reads. */
	const hasChannels = async (open: Open): Promise<boolean> => {
		try {
			await open.publish(`channels/${name}/leave`, '');
			return false;
		} catch {
			return true;
		}
	};
	const join = async (open: Open): Promise<void> => {
		put('joining');
		if (!(await hasChannels(open))) return end('refused', 'not_allowed');
		refusal.value = undefined;
		try {
			const wanted = password === undefined ? { member } : { member, password };
			await open.publish(`channels/${name}/join`, JSON.stringify(wanted));
			put('joined');
			open.subscribe(channelFilter(name));
		} catch {
			// Without a word why, the connection broke meanwhile.
			if (refusal.peek() !== undefined) end('refused', refusal.peek());
		}
	};
	const say = (topic: ChannelTopic, payload: string | Uint8Array): Promise<void> =>
		connection.publish(channelTopicName(topic), payload);

	const open = makeOpener(addressOf(request));
	const connection = new Connection({
		open: (listener) =>
			open({
				message: listener.message,
				up: (opened) => {
					wasReached = true;
					listener.up(opened);
					void join(opened);
				},
				down: (why) => {
					listener.down();
					// A broker that was never reached may be mistyped: nobody waits for it.
					if (why === 'refused' && !wasReached) end('refused', 'not_allowed');
					else if (!wasReached) end('unreachable');
				},
			}),
		nowMs: Date.now,
		after,
		sessionHolds: async () => (isOver ? 'ended' : 'unknown'),
		onLink: ({ kind }) => {
			if (kind === 'down' && !isOver) put('away');
		},
		onMessage: hear,
		onEnded: () => undefined,
	});
	connection.start();
	return {
		...{ name, member, state, refusal, members },
		command: (to, rest, payload) => say({ channel: name, kind: 'command', from: member, to, rest }, payload),
		broadcast: (rest, payload) => say({ channel: name, kind: 'broadcast', from: member, rest }, payload),
		onMessage(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		leave: () => end('away'),
	};
}

/** The page's own broker knows by its session who is signed in. */
function addressOf({ broker }: ChannelRequest): BusAddress {
	const random = crypto.getRandomValues(new Uint8Array(12));
	const clientId = `page-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
	if (broker === undefined) {
		const own = new URL('/mqtt', location.href);
		own.protocol = own.protocol.replace('http', 'ws');
		return { url: own.href, clientId, filters: [] };
	}
	const { url, username, password = '' } = broker;
	return { url, clientId, filters: [], ...(username === undefined ? {} : { account: { username, password } }) };
}

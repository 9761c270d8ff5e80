// The one channel that this page is in: what is shown of it, and how it gets in.
import { signal } from '@preact/signals';
import { mayConnect, type Permission } from '../io/page-policy.ts';
import { beforeSignOut } from './bus.ts';
import { type ChannelRequest, type ChannelSaid, type JoinedChannel, joinChannel } from './channel.ts';

/** The channel; undefined: none was asked for. */
export const channel = signal<JoinedChannel | undefined>(undefined);
/** Why another broker can't be reached from this page. */
export const barred = signal<Exclude<Permission, 'allowed'> | 'mixed' | undefined>(undefined);

/** One line of what was heard, the newest first. */
export interface HeardLine {
	readonly atMs: number;
	readonly kind: ChannelSaid['kind'] | 'said';
	readonly from: string;
	/** Where it went, and what it said, in short. */
	readonly text: string;
}

/** What was said and heard since the channel was joined, the newest first. */
export const heard = signal<readonly HeardLine[]>([]);

const mostLines = 100;
const mostCharacters = 200;
const decoder = new TextDecoder();

/** Joins a channel; one that the page is in is left. */
export async function enter(request: Omit<ChannelRequest, 'member'>): Promise<void> {
	leaveChannel();
	barred.value = await barrier(request.broker?.url);
	if (barred.value !== undefined) return;
	const random = crypto.getRandomValues(new Uint8Array(3));
	const member = `page-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
	const joined = joinChannel({ ...request, member });
	heard.value = [];
	joined.onMessage(({ kind, from, rest, payload }) => {
		// What programs say to programs (bytes, long answers) is not for reading.
		const text = decoder.decode(payload.subarray(0, mostCharacters));
		note({ kind, from, text: rest === '' ? text : `${rest.slice(1)} ${text}` });
	});
	channel.value = joined;
}

/** Leaves it. */
export function leaveChannel(): void {
	channel.peek()?.leave();
	channel.value = undefined;
}

/** Says a command to some members, or to all others. */
export async function sayTo(to: readonly string[] | 'all', text: string): Promise<void> {
	const joined = channel.peek();
	if (joined === undefined) return;
	await joined.command(to, '', text);
	note({ kind: 'said', from: to === 'all' ? '' : to.join(', '), text });
}

/** Keeps the channel while the screen is open; the result leaves it, and so does signing out. */
export function followChannel(): () => void {
	const stop = beforeSignOut(async () => leaveChannel());
	return () => {
		stop();
		leaveChannel();
	};
}

function note(line: Omit<HeardLine, 'atMs'>): void {
	heard.value = [{ ...line, atMs: Date.now() }, ...heard.value].slice(0, mostLines);
}

async function barrier(url: string | undefined): Promise<typeof barred.value> {
	if (url === undefined) return undefined;
	// A browser refuses what is not encrypted to a page that is.
	if (location.protocol === 'https:' && url.startsWith('ws:')) return 'mixed';
	try {
		const permission = await mayConnect(url);
		return permission === 'allowed' ? undefined : permission;
	} catch {
		return 'forbidden';
	}
}

// The remote control's screen: on which bus or channel, which agent, and asking it. It comes with the screen.
import {
	matchTopic,
	REMOTE_LEVEL,
	type RemoteCall,
	RemoteCallError,
	RemoteClient,
	type RemoteFault,
	type RemoteWish,
	remoteTopics,
	topicFilter,
	topicName,
} from '@pilotwire/contract';
import { computed, effect, signal, untracked } from '@preact/signals';
import { hearAgent, hearMember, type Part, partsOf, type RemoteAgents } from '../core/remote.ts';
import { after } from './after.ts';
import { listen, sendBytes } from './bus.ts';
import type { JoinedChannel } from './channel.ts';
import { channel } from './channels.ts';
import { link, session } from './store.ts';

export const agents = signal<RemoteAgents>(new Map());
/** The agent that was chosen; undefined: the first. */
export const picked = signal<string | undefined>(undefined);
export const pickedPart = signal<Part | undefined>(undefined);
export const chosen = computed(() => picked.value ?? [...agents.value.keys()].sort()[0]);
export const agent = computed(() => agents.value.get(chosen.value ?? ''));
export const part = computed(() => {
	const parts = agent.value === undefined ? [] : partsOf(agent.value);
	return parts.find((one) => one === pickedPart.value) ?? parts[0];
});
/** Whether agents of the house answer to whoever is here. */
export const mayUse = computed(() => session.value.kind === 'in' && session.value.account.role === 'admin');

const random = (): string =>
	[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

let client: RemoteClient | undefined;

/** Follows the agents of the house while the screen is open, or those of a channel while this page is in one. */
export function followAgents(): () => void {
	return effect(() => {
		const joined = channel.value;
		const isIn = joined?.state.value === 'joined';
		return untracked(() => (joined !== undefined && isIn ? followChannel(joined) : followHouse()));
	});
}

/** Makes the client of a place; the result ends its calls and forgets its agents. */
function openClient(publish: (to: string, payload: Uint8Array) => Promise<void>): {
	readonly opened: RemoteClient;
	readonly close: () => void;
} {
	const opened = new RemoteClient({
		// What is lost shows by the answer that does not come.
		publish: (to, payload) => void publish(to, payload).catch(() => undefined),
		after,
		newId: random,
	});
	client = opened;
	const close = (): void => {
		opened.stop();
		client = undefined;
		agents.value = new Map();
	};
	return { opened, close };
}

/** Whoever is gone answers no more. */
function setAgents(next: RemoteAgents, opened: RemoteClient): void {
	const before = agents.peek();
	agents.value = next;
	for (const [id, { isThere }] of next) if (!isThere && before.get(id)?.isThere === true) opened.lost(id);
}

function followHouse(): () => void {
	const state = session.peek();
	const site = state.kind === 'in' ? state.account.site : '';
	const own = `web-${random()}`;
	const { opened, close } = openClient((agent, payload) =>
		sendBytes(topicName(site, remoteTopics.agentAsk, { agent, client: own }), payload),
	);
	const filters = [remoteTopics.agent, remoteTopics.agentStatus, remoteTopics.agentLog].map((topic) =>
		topicFilter(site, topic),
	);
	const says = topicFilter(site, remoteTopics.agentSay, { client: own });
	const stopHearing = listen([...filters, says], ({ topic, payload }) => {
		const from = matchTopic(site, remoteTopics.agentSay, topic)?.agent;
		if (from !== undefined) opened.hear(from, payload);
		else setAgents(hearAgent(agents.peek(), site, topic, payload), opened);
	});
	const stopLink = effect(() => {
		if (link.value.kind !== 'up') opened.lost();
	});
	return () => {
		close();
		stopLink();
		stopHearing();
	};
}

function followChannel(joined: JoinedChannel): () => void {
	const { opened, close } = openClient((to, payload) =>
		joined.command(to === 'all' ? 'all' : [to], REMOTE_LEVEL, payload),
	);
	const stopHearing = joined.onMessage(({ kind, from, rest, payload }) => {
		if (kind === 'answer' && rest === REMOTE_LEVEL) opened.hear(from, payload);
		else setAgents(hearMember(agents.peek(), from, rest, payload), opened);
	});
	const greeted = new Set<string>();
	const stopMembers = effect(() => {
		const members = joined.members.value;
		for (const one of members) {
			if (greeted.has(one) || one === joined.member) continue;
			greeted.add(one);
			// Who is no agent has no answer to it.
			joined.command([one], `${REMOTE_LEVEL}/hello`, '').catch(() => undefined);
		}
		for (const one of [...greeted]) {
			if (members.includes(one)) continue;
			greeted.delete(one);
			opened.lost(one);
			agents.value = new Map([...agents.peek()].filter(([id]) => id !== one));
		}
	});
	return () => {
		close();
		stopMembers();
		stopHearing();
	};
}

/** Asks the chosen agent. */
export function ask(op: string, wish: RemoteWish = {}): RemoteCall {
	if (client === undefined) throw new Error('the screen is closed');
	const call = client.call(chosen.value ?? '', op, { expiresAt: new Date(Date.now() + 60_000).toISOString(), ...wish });
	return call;
}

/** What went wrong, as an agent says it. */
export const faultOf = (error: unknown): RemoteFault =>
	error instanceof RemoteCallError
		? error.fault
		: { code: '', expected: '', received: error instanceof Error ? error.message : String(error), action: '' };

/** Asks for bytes, as one file. */
export async function fetchBytes(op: string, params: Record<string, unknown>, type: string): Promise<Blob> {
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	await ask(op, { params, onBytes: (bytes) => void pieces.push(bytes.slice() as Uint8Array<ArrayBuffer>) }).ended;
	return new Blob(pieces, { type });
}

/** Bytes of the page's in one message. */
const PIECE = 48 * 1024;

/** Asks with a file of the page's. */
export async function sendBlob(op: string, blob: Blob, params: Record<string, unknown> = {}): Promise<void> {
	const call = ask(op, { params });
	for (let at = 0; at < blob.size; at += PIECE)
		await call.send(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
	call.finish();
	await call.ended;
}

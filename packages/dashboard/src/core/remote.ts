// Machines that can be used from afar: what each says it can do, whether it is there, and what it last measured.
import {
	type AgentLog,
	type AgentState,
	decodePayload,
	matchTopic,
	REMOTE_LEVEL,
	remoteTopics,
	type Topic,
} from '@pilotwire/contract';

/** An agent, as far as it has been heard. */
export interface RemoteAgent {
	readonly state?: AgentState;
	readonly isThere: boolean;
	readonly log?: AgentLog;
}

export type RemoteAgents = ReadonlyMap<string, RemoteAgent>;

/** What is offered of an agent, in the order of the screen. */
export const PARTS = ['files', 'camera', 'sound', 'television', 'gpio', 'commands'] as const;
export type Part = (typeof PARTS)[number];

/** The agents after one said something of itself; the same ones where that was malformed. */
function withAgent(agents: RemoteAgents, id: string, change: Partial<RemoteAgent>): RemoteAgents {
	return new Map(agents).set(id, { isThere: true, ...agents.get(id), ...change });
}

/** The agents after a message of the house's bus; the same ones where it is about something else. */
export function hearAgent(agents: RemoteAgents, site: string, name: string, payload: Uint8Array): RemoteAgents {
	const of = (topic: Topic<`agents/{agent}/${string}`, unknown>): string | undefined =>
		matchTopic(site, topic as Topic<'agents/{agent}/state', unknown>, name)?.agent;
	const [stateOf, statusOf, logOf] = [of(remoteTopics.agent), of(remoteTopics.agentStatus), of(remoteTopics.agentLog)];
	if (stateOf !== undefined && payload.length === 0) return new Map([...agents].filter(([id]) => id !== stateOf));
	if (stateOf !== undefined) {
		const read = decodePayload(remoteTopics.agent, payload);
		return read.ok ? withAgent(agents, stateOf, { state: read.payload }) : agents;
	}
	if (statusOf !== undefined) {
		const read = decodePayload(remoteTopics.agentStatus, payload);
		return read.ok ? withAgent(agents, statusOf, { isThere: read.payload === 'online' }) : agents;
	}
	if (logOf === undefined) return agents;
	const read = decodePayload(remoteTopics.agentLog, payload);
	return read.ok ? withAgent(agents, logOf, { log: read.payload }) : agents;
}

/** The agents after a member of a channel said something of itself; the same ones where it said nothing of that. */
export function hearMember(agents: RemoteAgents, from: string, rest: string, payload: Uint8Array): RemoteAgents {
	if (rest === `${REMOTE_LEVEL}/state`) {
		const read = decodePayload(remoteTopics.agent, payload);
		return read.ok ? withAgent(agents, from, { state: read.payload, isThere: true }) : agents;
	}
	if (rest !== `${REMOTE_LEVEL}/log` || !agents.has(from)) return agents;
	const read = decodePayload(remoteTopics.agentLog, payload);
	return read.ok ? withAgent(agents, from, { log: read.payload }) : agents;
}

/** What an agent offers. */
export function partsOf({ state }: RemoteAgent): Part[] {
	const can = state?.can ?? {};
	return PARTS.filter((part) => can[part] !== undefined || (part === 'commands' && can.shell === true));
}

/** Control characters but those of lines and a backspace, with what they begin: colours, titles, places. */
const CONTROLS = /(?![\n\t\r\b])\p{Cc}(?:\][^\p{Cc}]*\p{Cc}\\?|\[[0-9;?]*[ -/]*[@-~])?/gu;
/** What is kept of an output. Characters. */
const MOST_OUTPUT = 60_000;

/** An output with what came: its end, without the codes that move a cursor; a backspace takes one back. */
export function withOutput(before: string, came: string): string {
	let text = before;
	for (const piece of came
		.replaceAll(CONTROLS, '')
		.replaceAll('\r\n', '\n')
		.split(/([\b])/))
		text = piece === '\b' ? text.slice(0, -1) : text + piece;
	return text.slice(-MOST_OUTPUT);
}

/** The folder above a path; of the root, the root. */
export const above = (path: string): string => path.split('/').slice(0, -1).join('/');

/** A name within a folder. */
export const within = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

/** When a picture of the gallery was taken, by its name. Milliseconds since 1970. */
export function takenAt(name: string): number {
	const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(name) ?? [];
	return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

// Machines of a bus: what each said last, whether it is there, and when a watch has to be said again.
import {
	decodePayload,
	type HostLog,
	type HostState,
	matchTopic,
	type ServiceStatus,
	topicFilter,
	topics,
} from '@pilotwire/contract';
import type { Message } from './house.ts';

/** A machine. */
export interface Machine {
	readonly state?: HostState;
	readonly status?: ServiceStatus;
	/** When its state arrived, browser's clock, ms. */
	readonly heardMs: number;
}

export type Machines = ReadonlyMap<string, Machine>;

/** Rhythms to choose from. Seconds. */
export const RHYTHMS_S = [0.5, 1, 2, 5, 10, 30, 60] as const;
export type RhythmS = (typeof RHYTHMS_S)[number];

/** A lease of 30 s is renewed this often. Milliseconds. */
const RENEW_MS = 10_000;
/** A page that nobody looks at for longer doesn't watch. Milliseconds. */
const HIDDEN_MS = 30_000;

/** What everybody may hear of machines. */
export const machineFilters = (site: string): string[] => [
	topicFilter(site, topics.host),
	topicFilter(site, topics.hostStatus),
];

/** The machines after a message; the same ones where it is about something else, or malformed. */
export function hearMachine(machines: Machines, site: string, { topic, payload, heardMs }: Message): Machines {
	const stateOf = matchTopic(site, topics.host, topic)?.host;
	const statusOf = matchTopic(site, topics.hostStatus, topic)?.host;
	const id = stateOf ?? statusOf;
	if (id === undefined) return machines;
	const { state, status, heardMs: heardBefore = heardMs } = machines.get(id) ?? {};
	const decodedState = stateOf === undefined ? state : taken(decodePayload(topics.host, payload), payload, state);
	const decodedStatus =
		statusOf === undefined ? status : taken(decodePayload(topics.hostStatus, payload), payload, status);
	const next = new Map(machines);
	if (decodedState === undefined && decodedStatus === undefined) next.delete(id);
	else
		next.set(id, {
			...(decodedState === undefined ? {} : { state: decodedState }),
			...(decodedStatus === undefined ? {} : { status: decodedStatus }),
			heardMs: stateOf === undefined ? heardBefore : heardMs,
		});
	return next;
}

type Decoded<Value> = { readonly ok: true; readonly payload: Value } | { readonly ok: false };

function taken<Value>(decoded: Decoded<Value>, payload: Uint8Array, before: Value | undefined): Value | undefined {
	if (payload.length === 0) return undefined;
	return decoded.ok ? decoded.payload : before;
}

/** A live sample of a machine; undefined where the message is none, or malformed. */
export function sampleOf(site: string, host: string, { topic, payload }: Message): HostLog | undefined {
	if (matchTopic(site, topics.hostLog, topic)?.host !== host) return undefined;
	const decoded = decodePayload(topics.hostLog, payload);
	return decoded.ok ? decoded.payload : undefined;
}

/** Machines by the names that people read; those that never said one by their id. */
export function sortedMachines(machines: Machines): (readonly [id: string, machine: Machine])[] {
	const name = ([id, { state }]: readonly [string, Machine]): string => state?.name ?? id;
	return [...machines].sort((a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }));
}

/** What a watch goes by. Times: browser's clock, ms. */
export interface WatchNow {
	/** Somebody has started it, and the bus is there. */
	readonly wanted: boolean;
	/** Since when nobody sees the page; undefined while it is seen. */
	readonly hiddenSinceMs: number | undefined;
	/** When it was last said; undefined while the machine knows of none. */
	readonly saidMs: number | undefined;
	readonly nowMs: number;
}

/** What has to be said to the machine now: that somebody watches, that nobody does any more, or nothing. */
export function watchStep({ wanted, hiddenSinceMs, saidMs, nowMs }: WatchNow): 'watch' | 'unwatch' | undefined {
	const seen = hiddenSinceMs === undefined || nowMs - hiddenSinceMs < HIDDEN_MS;
	if (!wanted || !seen) return saidMs === undefined ? undefined : 'unwatch';
	return saidMs === undefined || nowMs - saidMs >= RENEW_MS ? 'watch' : undefined;
}

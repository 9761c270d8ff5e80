// What the bus has said about the house, as one value: every message makes a new one. Times are the browser's wall clock, ms.
import {
	type CircuitState,
	decodePayload,
	type LinkState,
	type LoadState,
	matchTopic,
	type Parameters,
	type ReadingState,
	type ServiceStatus,
	type ShedderState,
	type Topic,
	topics,
} from '@pilotwire/contract';

/** A statement of the bus and how it came. */
export interface Said<Value> {
	readonly value: Value;
	/** When it arrived here. */
	readonly heardMs: number;
	/** It came as it was said, not as a copy that the broker had kept. */
	readonly live: boolean;
}

/** Everything heard, the newest word of each topic. */
export interface House {
	readonly loads: ReadonlyMap<string, Said<LoadState>>;
	readonly readings: ReadonlyMap<string, Said<ReadingState>>;
	readonly links: ReadonlyMap<string, Said<LinkState>>;
	readonly shedder: Said<ShedderState> | undefined;
	readonly circuits: ReadonlyMap<string, Said<CircuitState>>;
	readonly services: ReadonlyMap<string, Said<ServiceStatus>>;
	/**
	 * Browser's clock minus the house's, ms: the least delay seen since the connection was made, so that a message that
	 * was kept waiting counts as old; undefined until something came live.
	 */
	readonly clockAheadMs: number | undefined;
}

/** Before anything was heard. */
export const emptyHouse: House = {
	loads: new Map(),
	readings: new Map(),
	links: new Map(),
	shedder: undefined,
	circuits: new Map(),
	services: new Map(),
	clockAheadMs: undefined,
};

/** A message as it arrived. */
export interface Message {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly retained: boolean;
	readonly heardMs: number;
}

type Hear = (house: House, site: string, message: Message) => House | undefined;

/** Applies a message of one topic; an empty payload takes back what was kept. Undefined: not this topic. */
function hearing<Template extends string, Value>(
	topic: Topic<Template, Value>,
	put: (house: House, id: string, said: Said<Value> | undefined) => House,
): Hear {
	return (house, site, { topic: name, payload, retained, heardMs }) => {
		const parameters: Parameters<Template> | undefined = matchTopic(site, topic, name);
		if (parameters === undefined) return undefined;
		const id = String(Object.values(parameters)[0] ?? '');
		if (payload.length === 0) return put(house, id, undefined);
		const decoded = decodePayload(topic, payload);
		// What is malformed changes nothing: the figure it should have renewed grows old by itself.
		if (!decoded.ok) return house;
		return put(house, id, { value: decoded.payload, heardMs, live: !retained });
	};
}

function withEntry<Value>(map: ReadonlyMap<string, Value>, id: string, value: Value | undefined): Map<string, Value> {
	const copy = new Map(map);
	if (value === undefined) copy.delete(id);
	else copy.set(id, value);
	return copy;
}

const hearers: readonly Hear[] = [
	hearing(topics.load, (house, id, said) => ({ ...house, loads: withEntry(house.loads, id, said) })),
	hearing(topics.shedder, (house, _, shedder) => ({ ...house, shedder })),
	hearing(topics.circuit, (house, id, said) => ({ ...house, circuits: withEntry(house.circuits, id, said) })),
	hearing(topics.reading, (house, id, said) => ({ ...house, readings: withEntry(house.readings, id, said) })),
	hearing(topics.link, (house, id, said) => ({ ...house, links: withEntry(house.links, id, said) })),
	hearing(topics.status, (house, id, said) => ({ ...house, services: withEntry(house.services, id, said) })),
];

/** The house after a message. A topic that no screen shows, or a malformed payload, changes nothing. */
export function hear(house: House, site: string, message: Message): House {
	for (const hearer of hearers) {
		const next = hearer(house, site, message);
		if (next !== undefined) return next === house ? house : withClock(next, site, message);
	}
	return house;
}

/** Learns how far the two clocks are apart from the load, which is published the moment it is measured. */
function withClock(house: House, site: string, { topic, retained, heardMs }: Message): House {
	const meter = retained ? undefined : matchTopic(site, topics.load, topic)?.meter;
	const said = meter === undefined ? undefined : house.loads.get(meter);
	if (said === undefined) return house;
	const delay = heardMs - Date.parse(said.value.at);
	if (house.clockAheadMs !== undefined && house.clockAheadMs <= delay) return house;
	return { ...house, clockAheadMs: delay };
}

/** After a new connection: what is known is kept, but nothing of it counts as live, and the clocks are compared anew. */
export function asOld(house: House): House {
	const old = <Value>(map: ReadonlyMap<string, Said<Value>>) =>
		new Map([...map].map(([id, said]) => [id, { ...said, live: false }] as const));
	return {
		...house,
		loads: old(house.loads),
		readings: old(house.readings),
		links: old(house.links),
		shedder: house.shedder && { ...house.shedder, live: false },
		circuits: old(house.circuits),
		services: old(house.services),
		clockAheadMs: undefined,
	};
}

/** When something was true by the browser's clock, ms. */
export function trueAtMs(house: House, instant: string): number {
	return Date.parse(instant) + (house.clockAheadMs ?? 0);
}

/** The meter that the screens show: the first by its id. */
export function firstMeter<Value>(of: ReadonlyMap<string, Said<Value>>): Said<Value> | undefined {
	const [id] = [...of.keys()].sort();
	return id === undefined ? undefined : of.get(id);
}

/** The subscriptions that fill a house. */
export const watched = [topics.load, topics.reading, topics.link, topics.shedder, topics.circuit, topics.status];

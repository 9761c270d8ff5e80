// What the bus has said about the house, as one value: every message makes a new one. Times are the browser's wall clock, ms.
import {
	type AbsenceState,
	type BoardState,
	type CircuitState,
	decodePayload,
	type LinkState,
	type LoadState,
	matchTopic,
	type Parameters,
	type ProbeState,
	type ProgrammeState,
	type ProgrammesState,
	type ReadingState,
	type ServiceStatus,
	type ShedderState,
	type TariffPrices,
	type TariffState,
	type TelemetryState,
	type ThermostatState,
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
	readonly boards: ReadonlyMap<string, Said<BoardState>>;
	readonly probes: ReadonlyMap<string, Said<ProbeState>>;
	readonly thermostats: ReadonlyMap<string, Said<ThermostatState>>;
	/** What the programme asks of each circuit. */
	readonly programmes: ReadonlyMap<string, Said<ProgrammeState>>;
	readonly telemetry: Said<TelemetryState> | undefined;
	readonly tariff: Said<TariffState> | undefined;
	/** The weekly programmes and the tariff's rules. */
	readonly plans: Said<ProgrammesState> | undefined;
	readonly absence: Said<AbsenceState> | undefined;
	/** The dated prices that costs are counted with. */
	readonly prices: Said<TariffPrices> | undefined;
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
	boards: new Map(),
	probes: new Map(),
	thermostats: new Map(),
	programmes: new Map(),
	telemetry: undefined,
	tariff: undefined,
	plans: undefined,
	absence: undefined,
	prices: undefined,
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
	hearing(topics.probe, (house, id, said) => ({ ...house, probes: withEntry(house.probes, id, said) })),
	hearing(topics.thermostat, (house, id, said) => ({ ...house, thermostats: withEntry(house.thermostats, id, said) })),
	hearing(topics.board, (house, id, said) => ({ ...house, boards: withEntry(house.boards, id, said) })),
	hearing(topics.programme, (house, id, said) => ({ ...house, programmes: withEntry(house.programmes, id, said) })),
	hearing(topics.programmes, (house, _, plans) => ({ ...house, plans })),
	hearing(topics.absence, (house, _, absence) => ({ ...house, absence })),
	hearing(topics.tariff, (house, _, tariff) => ({ ...house, tariff })),
	hearing(topics.tariffPrices, (house, _, prices) => ({ ...house, prices })),
	hearing(topics.telemetry, (house, _, telemetry) => ({ ...house, telemetry })),
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
		boards: old(house.boards),
		probes: old(house.probes),
		thermostats: old(house.thermostats),
		programmes: old(house.programmes),
		telemetry: house.telemetry && { ...house.telemetry, live: false },
		plans: house.plans && { ...house.plans, live: false },
		absence: house.absence && { ...house.absence, live: false },
		tariff: house.tariff && { ...house.tariff, live: false },
		prices: house.prices && { ...house.prices, live: false },
		clockAheadMs: undefined,
	};
}

/**
 * What is kept on the bus comes within seconds of a connection: of what was not said again since `sinceMs`, its owner has
 * cleared the topic meanwhile. What lives by being renewed is left to grow old.
 */
export function forgetUnsaid(house: House, sinceMs: number): House {
	const maps = ['circuits', 'boards', 'probes', 'thermostats', 'programmes', 'services'] as const;
	let next = house;
	for (const name of maps) {
		for (const [id, { heardMs }] of house[name]) {
			if (heardMs >= sinceMs) continue;
			const copy = new Map<string, unknown>(next[name]);
			copy.delete(id);
			next = { ...next, [name]: copy };
		}
	}
	return next;
}

/** When something was true by the browser's clock, ms. */
export function trueAtMs(house: House, instant: string): number {
	return Date.parse(instant) + (house.clockAheadMs ?? 0);
}

/** The id of the meter that the screens show: the first. */
export function firstMeterId(of: ReadonlyMap<string, unknown>): string | undefined {
	return [...of.keys()].sort()[0];
}

/** What was said of the meter that the screens show. */
export function firstMeter<Value>(of: ReadonlyMap<string, Said<Value>>): Said<Value> | undefined {
	return of.get(firstMeterId(of) ?? '');
}

/** The subscriptions that fill a house. */
export const watched = [
	...[topics.load, topics.reading, topics.link, topics.shedder, topics.circuit, topics.status],
	...[topics.probe, topics.board, topics.programme, topics.telemetry, topics.tariff, topics.tariffPrices],
	...[topics.programmes, topics.absence, topics.thermostat],
];

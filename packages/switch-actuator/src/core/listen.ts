import type { Circuits, Moment } from '@pilotwire/circuit';
import { topics } from '@pilotwire/contract';
import { type Bus, type ForeignTopics, hearCircuits, type Logger } from '@pilotwire/runtime';
import { isRelayTopic } from '../relays.ts';
import type { HotWater } from './hot-water.ts';
import type { Plug } from './plug.ts';
import type { Switched } from './switched.ts';

/** Tariff periods in which electricity is cheap, and those in which it isn't; others say nothing of it. */
const CHEAP: ReadonlySet<string> = new Set(['off_peak', 'normal', 'weekend']);
const DEAR: ReadonlySet<string> = new Set(['peak', 'mobile_peak']);

/** Where what is heard goes. */
export interface Hearers {
	readonly log: Logger;
	readonly circuits: Circuits<Switched>;
	readonly plugs: ReadonlyMap<string, Plug>;
	readonly tanks: ReadonlyMap<string, HotWater>;
	/** The meter whose load and tariff count; the first that is heard where undefined. */
	readonly meter: string | undefined;
	/** A load-shedder is configured: its sets count. */
	readonly shedderEnabled: boolean;
	now(): Moment;
	/** Whether what was published then, ISO 8601, can be taken to hold still: no power cut lies in between. */
	isFresh(at: string): boolean;
	/** Local minute of the day. */
	minuteOfDay(): number;
	/** Something that decides about the outputs has changed. */
	decide(): void;
}

/** Hears all that the switch actuator acts on. */
export function listen(bus: Bus, foreign: ForeignTopics, hearers: Hearers): void {
	const { circuits, plugs, tanks, isFresh, decide } = hearers;
	hearCircuits(bus, circuits, {
		...hearers,
		restored: (id, { inForce, at }) => plugs.get(id)?.assume(inForce, isFresh(at)),
		// A phase that is over takes the protection from its water heaters at once: the shedder waits for that.
		loadHeard: () => {
			if (tanks.size > 0) decide();
		},
	});
	hearTariff(bus, hearers);
	hearPlugs(foreign, hearers);
}

function hearTariff(bus: Bus, { tanks, now, minuteOfDay }: Hearers): void {
	if (tanks.size === 0) return;
	bus.on(topics.tariff, {}, ({ period }, _, { retained }) => {
		if (retained || period === undefined) return;
		const isCheap = CHEAP.has(period);
		if (!isCheap && !DEAR.has(period)) return;
		for (const tank of tanks.values()) tank.hours.hear(isCheap, minuteOfDay(), now().monotonicMs);
	});
}

function hearPlugs(foreign: ForeignTopics, { plugs, now, decide }: Hearers): void {
	const readers = new Map<string, Plug[]>();
	for (const plug of plugs.values()) {
		const { feedback, power } = plug.circuit.config;
		for (const topic of new Set([feedback?.topic, power?.topic])) {
			if (topic !== undefined && !isRelayTopic(topic)) readers.set(topic, [...(readers.get(topic) ?? []), plug]);
		}
	}
	for (const [topic, mine] of readers) {
		foreign.hear(topic, (text, { retained }) => {
			for (const plug of mine) plug.heard(topic, text, retained, now().monotonicMs);
			decide();
		});
	}
}

import type { Circuits, Moment } from '@pilotwire/circuit';
import { topics } from '@pilotwire/contract';
import type { Bus, ForeignTopics, Logger } from '@pilotwire/runtime';
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
	hearControl(bus, hearers);
	hearStates(bus, hearers);
	hearMeter(bus, hearers);
	hearPlugs(foreign, hearers);
}

function hearControl(bus: Bus, { circuits, log, shedderEnabled, now, decide }: Hearers): void {
	if (shedderEnabled) {
		bus.on(topics.shed, {}, (set, _, { retained, arrivedMs }) => {
			circuits.hearShedSet(set, retained, arrivedMs);
			decide();
		});
	}
	bus.on(topics.circuitSet, {}, (command, { circuit }) => {
		for (const { id, refusal } of circuits.hearCommand(circuit, command, now().wallMs)) {
			log.warn({ circuit: id }, `order for ${id} refused: ${refusal}`);
		}
		decide();
	});
	bus.on(
		topics.programme,
		{},
		(state, { circuit }) => {
			circuits.wishes.programme(circuit, state);
			decide();
		},
		({ circuit }) => {
			circuits.wishes.forgetProgramme(circuit);
			decide();
		},
	);
}

function hearStates(bus: Bus, { circuits, plugs, now, isFresh, decide }: Hearers): void {
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }, { retained }) => {
			const verdict = circuits.hearState(circuit, state, retained);
			if (verdict === 'clear') bus.clear(topics.circuit, { circuit });
			if (verdict !== 'decide') return;
			plugs.get(circuit)?.assume(state.inForce, isFresh(state.at));
			decide();
		},
		({ circuit }) => {
			circuits.hearCleared(circuit);
			decide();
		},
	);
	bus.on(
		topics.probe,
		{},
		(state, { probe }, { retained }) => circuits.hearProbe(probe, state, retained, now()),
		({ probe }) => circuits.forgetProbe(probe),
	);
}

function hearMeter(bus: Bus, { meter: only, circuits, tanks, now, minuteOfDay, decide }: Hearers): void {
	const which = only === undefined ? {} : { meter: only };
	bus.on(topics.load, which, (load, { meter }, { retained, arrivedMs }) => {
		if (retained) return;
		circuits.hearLoad(meter, load, arrivedMs);
		// A phase that is over takes the protection from its water heaters at once: the shedder waits for that.
		if (tanks.size > 0) decide();
	});
	if (tanks.size === 0) return;
	bus.on(topics.reading, which, ({ tariffPeriod }, _, { retained }) => {
		if (retained || tariffPeriod === undefined) return;
		const isCheap = CHEAP.has(tariffPeriod.name);
		if (!isCheap && !DEAR.has(tariffPeriod.name)) return;
		for (const tank of tanks.values()) tank.hours.hear(isCheap, minuteOfDay(), now().monotonicMs);
	});
}

function hearPlugs(foreign: ForeignTopics, { plugs, now, decide }: Hearers): void {
	const readers = new Map<string, Plug[]>();
	for (const plug of plugs.values()) {
		const { feedback, power } = plug.circuit.config;
		for (const topic of new Set([feedback?.topic, power?.topic])) {
			if (topic !== undefined) readers.set(topic, [...(readers.get(topic) ?? []), plug]);
		}
	}
	for (const [topic, mine] of readers) {
		foreign.hear(topic, (text, { retained }) => {
			for (const plug of mine) plug.heard(topic, text, retained, now().monotonicMs);
			decide();
		});
	}
}

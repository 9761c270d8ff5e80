import {
	type CircuitSet,
	type CircuitState,
	type LoadState,
	type ProbeState,
	type ProgrammeState,
	type ShedState,
	topics,
} from '@pilotwire/contract';
import type { Logger } from '../log.ts';
import type { Bus } from './bus.ts';

/** Both clocks at one moment, ms. */
interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
}

/** What an actuator takes of what it hears about circuits. */
interface CircuitEars {
	readonly wishes: {
		programme(circuit: string, state: ProgrammeState, now: Moment): void;
		forgetProgramme(circuit: string): void;
	};
	hearShedSet(set: ShedState, retained: boolean, arrivedMs: number): void;
	/** Answers a sentence for each circuit that refused it. */
	hearCommand(target: string, command: CircuitSet, now: Moment): readonly { id: string; refusal: string }[];
	hearLoad(meter: string, load: LoadState, arrivedMs: number): void;
	/** `decide`: it gave something of an earlier life back; `clear`: it is left over from one. */
	hearState(circuit: string, state: CircuitState, retained: boolean, now: Moment): 'nothing' | 'decide' | 'clear';
	hearCleared(circuit: string): void;
	hearProbe(probe: string, state: ProbeState, retained: boolean, now: Moment): void;
	forgetProbe(probe: string): void;
}

/** What hearing about circuits needs besides, and what follows from it. */
interface HearingOptions {
	readonly log: Logger;
	/** The meter whose load counts; the first that is heard where undefined. */
	readonly meter: string | undefined;
	/** A load-shedder is configured: its sets count. */
	readonly shedderEnabled: boolean;
	now(): Moment;
	/** Something that decides about the outputs has changed. */
	decide(): void;
	/** A circuit's state from an earlier life gave something back; before `decide`. */
	restored?(circuit: string, state: CircuitState): void;
	/** A live load was heard. */
	loadHeard?(): void;
}

/** Hears what every actuator acts on: the shedder, people, the planner, the meter, probes, and the states of circuits. */
export function hearCircuits(bus: Bus, circuits: CircuitEars, options: HearingOptions): void {
	if (options.shedderEnabled) {
		bus.on(topics.shed, {}, (set, _, { retained, arrivedMs }) => {
			circuits.hearShedSet(set, retained, arrivedMs);
			options.decide();
		});
	}
	hearOrders(bus, circuits, options);
	hearMeter(bus, circuits, options);
	hearStates(bus, circuits, options);
}

function hearOrders(bus: Bus, circuits: CircuitEars, { log, now, decide }: HearingOptions): void {
	bus.on(topics.circuitSet, {}, (command, { circuit }) => {
		for (const { id, refusal } of circuits.hearCommand(circuit, command, now())) {
			log.warn({ circuit: id }, `order for ${id} refused: ${refusal}`);
		}
		decide();
	});
	bus.on(
		topics.programme,
		{},
		(state, { circuit }) => {
			circuits.wishes.programme(circuit, state, now());
			decide();
		},
		({ circuit }) => {
			circuits.wishes.forgetProgramme(circuit);
			decide();
		},
	);
}

/** A retained load is as old as nobody knows: nothing is learned from it. */
function hearMeter(bus: Bus, circuits: CircuitEars, { meter: only, loadHeard }: HearingOptions): void {
	bus.on(topics.load, only === undefined ? {} : { meter: only }, (load, { meter }, { retained, arrivedMs }) => {
		if (retained) return;
		circuits.hearLoad(meter, load, arrivedMs);
		loadHeard?.();
	});
}

/** Of a probe's figure the next look at the leases decides: a room cools in hours. */
function hearStates(bus: Bus, circuits: CircuitEars, { now, decide, restored }: HearingOptions): void {
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }, { retained }) => {
			const verdict = circuits.hearState(circuit, state, retained, now());
			if (verdict === 'clear') bus.clear(topics.circuit, { circuit });
			if (verdict !== 'decide') return;
			restored?.(circuit, state);
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

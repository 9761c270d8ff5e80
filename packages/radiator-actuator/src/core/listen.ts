import type { Circuits, Moment, OwnPast } from '@pilotwire/circuit';
import { topics } from '@pilotwire/contract';
import type { Bus, Logger } from '@pilotwire/runtime';
import type { Radiator } from './radiator.ts';
import type { Reporter } from './reporter.ts';

/** Where what is heard goes. */
export interface Hearers {
	readonly log: Logger;
	readonly circuits: Circuits<Radiator>;
	/** Ids of the boards that this installation has published. */
	readonly boards: OwnPast;
	readonly reporter: Reporter;
	/** The meter whose load counts; the first that is heard where undefined. */
	readonly meter: string | undefined;
	/** A load-shedder is configured: its sets count. */
	readonly shedderEnabled: boolean;
	now(): Moment;
	/** Something that decides about the wires has changed. */
	decide(): void;
}

/** Hears all that the radiator actuator acts on. */
export function listen(bus: Bus, hearers: Hearers): void {
	if (hearers.shedderEnabled) hearShedder(bus, hearers);
	hearPeople(bus, hearers);
	hearPlanner(bus, hearers);
	hearMeter(bus, hearers);
	hearProbes(bus, hearers);
	hearStates(bus, hearers);
	hearBoards(bus, hearers);
}

function hearShedder(bus: Bus, { circuits, decide }: Hearers): void {
	bus.on(topics.shed, {}, (set, _, { retained, arrivedMs }) => {
		circuits.hearShedSet(set, retained, arrivedMs);
		decide();
	});
}

function hearPeople(bus: Bus, { circuits, log, now, decide }: Hearers): void {
	bus.on(topics.circuitSet, {}, (command, { circuit }) => {
		for (const { id, refusal } of circuits.hearCommand(circuit, command, now().wallMs)) {
			log.warn({ circuit: id }, `order for ${id} refused: ${refusal}`);
		}
		decide();
	});
}

function hearPlanner(bus: Bus, { circuits, decide }: Hearers): void {
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

function hearMeter(bus: Bus, { meter: only, circuits }: Hearers): void {
	bus.on(topics.load, only === undefined ? {} : { meter: only }, (load, { meter }, { retained, arrivedMs }) => {
		if (!retained) circuits.hearLoad(meter, load, arrivedMs);
	});
}

/** The next look at the leases decides on it: a room cools in hours. */
function hearProbes(bus: Bus, { circuits, now }: Hearers): void {
	bus.on(
		topics.probe,
		{},
		(state, { probe }, { retained }) => circuits.hearProbe(probe, state, retained, now()),
		({ probe }) => circuits.forgetProbe(probe),
	);
}

function hearStates(bus: Bus, { circuits, decide }: Hearers): void {
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }, { retained }) => {
			const verdict = circuits.hearState(circuit, state, retained);
			if (verdict === 'clear') bus.clear(topics.circuit, { circuit });
			else if (verdict === 'decide') decide();
		},
		({ circuit }) => {
			circuits.hearCleared(circuit);
			decide();
		},
	);
}

/** Boards that this installation no longer has are cleared, and what somebody else cleared is said again. */
function hearBoards(bus: Bus, { boards, reporter, decide }: Hearers): void {
	bus.on(
		topics.board,
		{},
		(_, { board }, { retained }) => {
			if (retained && boards.takeLeftOver(board)) bus.clear(topics.board, { board });
		},
		({ board }) => {
			reporter.forgetBoard(board);
			decide();
		},
	);
}

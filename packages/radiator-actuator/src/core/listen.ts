import { topics } from '@pilotwire/contract';
import type { Bus, Logger } from '@pilotwire/runtime';
import type { Decider } from './decider.ts';
import type { Learning } from './learning.ts';
import type { Radiator } from './radiator.ts';
import type { Reporter } from './reporter.ts';
import type { Wishes } from './wishes.ts';

/** Where what is heard goes. */
export interface Hearers {
	readonly log: Logger;
	readonly radiators: readonly Radiator[];
	/** Ids of the boards. */
	readonly boards: ReadonlySet<string>;
	readonly wishes: Wishes;
	readonly learning: Learning;
	readonly decider: Decider;
	readonly reporter: Reporter;
	/** A load-shedder is configured: its sets count. */
	readonly shedderEnabled: boolean;
	/** Wall clock, milliseconds. */
	wallMs(): number;
	/** Whether the order on its wire lets a radiator draw what its thermostat asks for. */
	warms(radiator: Radiator): boolean;
	/** Something that decides about the wires has changed. */
	decide(): void;
}

/** Hears all that the radiator actuator acts on. */
export function listen(bus: Bus, hearers: Hearers): void {
	if (hearers.shedderEnabled) hearShedder(bus, hearers);
	hearPeople(bus, hearers);
	hearPlanner(bus, hearers);
	hearMeter(bus, hearers);
	hearOwnPast(bus, hearers);
}

function hearShedder(bus: Bus, { decider, decide }: Hearers): void {
	bus.on(topics.shed, {}, (set, _, { retained, arrivedMs }) => {
		decider.shed(set, retained, arrivedMs);
		decide();
	});
}

function hearPeople(bus: Bus, { radiators, wishes, reporter, log, wallMs, decide }: Hearers): void {
	bus.on(topics.circuitSet, {}, (command, { circuit }) => {
		for (const { id } of radiators) {
			if (id !== circuit && circuit !== 'all') continue;
			const refusal = wishes.command(id, command, wallMs());
			if (refusal === undefined) reporter.release(id);
			else log.warn({ circuit: id }, `order for ${id} refused: ${refusal}`);
		}
		decide();
	});
}

function hearPlanner(bus: Bus, { wishes, decide }: Hearers): void {
	bus.on(
		topics.programme,
		{},
		(state, { circuit }) => {
			wishes.programme(circuit, state);
			decide();
		},
		({ circuit }) => {
			wishes.forgetProgramme(circuit);
			decide();
		},
	);
}

function hearMeter(bus: Bus, { learning, warms }: Hearers): void {
	bus.on(topics.load, {}, (load, { meter }, { retained, arrivedMs }) => {
		if (!retained) learning.load(meter, load, arrivedMs, warms);
	});
}

/**
 * Its own states as the broker has them: overrides of an earlier life are taken back, what nobody owns any more is
 * cleared, and what somebody else cleared is said again (who never hears of a circuit can't shed it).
 */
function hearOwnPast(bus: Bus, { radiators, boards, wishes, reporter, decide }: Hearers): void {
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }, { retained }) => {
			if (!retained || state.owner !== bus.service) return;
			if (!radiators.some(({ id }) => id === circuit)) bus.clear(topics.circuit, { circuit });
			else if (reporter.withholds(circuit)) {
				wishes.restore(circuit, state);
				reporter.release(circuit);
				decide();
			}
		},
		({ circuit }) => {
			reporter.forget('circuit', circuit);
			decide();
		},
	);
	bus.on(
		topics.board,
		{},
		(_, { board }, { retained }) => {
			if (retained && !boards.has(board)) bus.clear(topics.board, { board });
		},
		({ board }) => {
			reporter.forget('board', board);
			decide();
		},
	);
}

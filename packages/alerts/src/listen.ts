import { topics } from '@pilotwire/contract';
import type { Bus } from '@pilotwire/runtime';
import type { Moment } from './core/alert.ts';
import type { Facts } from './core/facts.ts';

/** Hears all that can be wrong. What was retained counts where it is a state, not where it is a figure of the moment. */
export function listen(bus: Bus, facts: Facts, now: () => Moment): void {
	bus.onConnection((isUp) => facts.connected(isUp, now().monotonicMs));
	bus.on(
		topics.link,
		{},
		(state, { meter }) => facts.hear(facts.links, meter, state),
		({ meter }) => void facts.links.delete(meter),
	);
	bus.on(topics.load, {}, (state, { meter }, { retained }) => {
		if (!retained) facts.hearLoad(meter, state, now());
	});
	bus.on(
		topics.board,
		{},
		(state, { board }) => facts.hear(facts.boards, board, state),
		({ board }) => void facts.boards.delete(board),
	);
	bus.on(
		topics.probe,
		{},
		(state, { probe }) => facts.hear(facts.probes, probe, state),
		({ probe }) => void facts.probes.delete(probe),
	);
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }) => facts.hear(facts.circuits, circuit, state),
		({ circuit }) => void facts.circuits.delete(circuit),
	);
	bus.on(topics.shedder, {}, (state, _, { retained, arrivedMs }) => {
		if (!retained) facts.hearShedder(state, arrivedMs);
	});
	bus.on(topics.telemetry, {}, (state) => facts.hearTelemetry(state));
	bus.on(
		topics.status,
		{},
		(status, { service }) => facts.hearService(service, status, now().monotonicMs),
		({ service }) => void facts.services.delete(service),
	);
}

import { topics } from '@pilotwire/contract';
import type { Bus } from '@pilotwire/runtime';
import type { Inventory } from './inventory.ts';

/** Hears of each thing of the house, and when it is gone. */
export function listen(bus: Bus, inventory: Inventory): void {
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }) => inventory.circuit(circuit, state),
		({ circuit }) => inventory.circuitGone(circuit),
	);
	bus.on(
		topics.board,
		{},
		(_, { board }) => inventory.board(board),
		({ board }) => inventory.boardGone(board),
	);
	bus.on(
		topics.probe,
		{},
		(state, { probe }) => inventory.probe(probe, state),
		({ probe }) => inventory.probeGone(probe),
	);
	bus.on(
		topics.thermostat,
		{},
		(state, { thermostat }) => inventory.thermostat(thermostat, state),
		({ thermostat }) => inventory.thermostatGone(thermostat),
	);
	bus.on(
		topics.host,
		{},
		(state, { host }) => inventory.host(host, state),
		({ host }) => inventory.hostGone(host),
	);
	bus.on(topics.shedder, {}, ({ phases }) => inventory.shedder(Math.max(0, ...phases.map(({ phase }) => phase))));
}

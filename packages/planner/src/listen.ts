import {
	type CircuitState,
	type MeterTime,
	type ProgrammesSet,
	type TariffState,
	type ThermostatState,
	topics,
} from '@pilotwire/contract';
import type { Bus } from '@pilotwire/runtime';
import type { AbsenceCommand } from './commands.ts';

/** Where what is heard goes. */
interface Hearers {
	/** The meter whose date counts; any where undefined. */
	readonly meter: string | undefined;
	circuit(circuit: string, state: CircuitState): void;
	circuitGone(circuit: string): void;
	thermostat(id: string, state: ThermostatState | undefined): void;
	tariff(state: TariffState, retained: boolean): void;
	/** A meter's date, as it arrived live. `arrivedMs`: monotonic clock. */
	meterTime(time: MeterTime, arrivedMs: number): void;
	programmes(command: ProgrammesSet): void;
	absence(command: AbsenceCommand): void;
	/** A thermostat runs this circuit. */
	yielded(circuit: string): void;
	/** Whether what was to end then, ISO 8601, is long over. */
	isForgotten(until: string): boolean;
	/** An order (by its circuit), or a target (`thermostat/target`), is on the broker from an earlier life. */
	leftOver(key: string, clear: () => void): void;
	/** What was said of a circuit is gone. */
	cleared(circuit: string): void;
}

/** Hears all that the planner acts on. */
export function listen(bus: Bus, hearers: Hearers): void {
	const { meter } = hearers;
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }) => hearers.circuit(circuit, state),
		({ circuit }) => hearers.circuitGone(circuit),
	);
	bus.on(
		topics.thermostat,
		{},
		(state, { thermostat }) => hearers.thermostat(thermostat, state),
		({ thermostat }) => hearers.thermostat(thermostat, undefined),
	);
	bus.on(topics.tariff, {}, (state, _, { retained }) => hearers.tariff(state, retained));
	bus.on(topics.reading, meter === undefined ? {} : { meter }, ({ clock }, _, { retained, arrivedMs }) => {
		if (!retained && clock !== undefined) hearers.meterTime(clock, arrivedMs);
	});
	bus.on(topics.programmesSet, {}, (command) => hearers.programmes(command));
	bus.on(topics.absenceSet, {}, (command) => hearers.absence(command));
	bus.on(
		topics.programme,
		{},
		({ why, until }, { circuit }, { retained }) => {
			const isForgotten = retained && until !== undefined && hearers.isForgotten(until);
			if (why === 'thermostat' && !isForgotten) hearers.yielded(circuit);
			else if (retained) hearers.leftOver(circuit, () => bus.clear(topics.programme, { circuit }));
		},
		({ circuit }) => hearers.cleared(circuit),
	);
	bus.on(topics.target, {}, (_, { thermostat }, { retained }) => {
		if (retained) hearers.leftOver(`${thermostat}/target`, () => bus.clear(topics.target, { thermostat }));
	});
}

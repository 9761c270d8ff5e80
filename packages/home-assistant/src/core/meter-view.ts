import type { HomeAssistantMeter, ReadingState } from '@pilotwire/contract';
import * as z from 'zod';
import { type Notice, RegisterGuard, registerMemory } from './register-guard.ts';
import type { MeterShape } from './things/meter.ts';

/** What is remembered of a meter. */
export const meterMemory = registerMemory.extend({
	phases: z.int().min(1).max(3),
	labels: z.record(z.string(), z.string()),
	hasVoltage: z.boolean(),
	hasPhasePower: z.boolean(),
	hasInjectedPower: z.boolean(),
});
export type MeterMemory = z.output<typeof meterMemory>;

const NOTHING: MeterMemory = {
	registers: {},
	phases: 1,
	labels: {},
	hasVoltage: false,
	hasPhasePower: false,
	hasInjectedPower: false,
};

/**
 * One meter as Home Assistant gets it: its guarded registers, its figures, and what it has at all. What a meter has only
 * grows, so that one frame that lacks something takes nothing away. Pure: wall-clock milliseconds are passed in.
 */
export class MeterView {
	readonly #guard: RegisterGuard;
	#has: Omit<MeterMemory, 'registers' | 'identity'>;
	#reading: ReadingState | undefined;

	constructor(notice: (notice: Notice) => void, memory: MeterMemory = NOTHING) {
		const { registers, identity, ...has } = memory;
		this.#guard = new RegisterGuard(notice, { registers, ...(identity === undefined ? {} : { identity }) });
		this.#has = has;
	}

	get shape(): MeterShape {
		return { ...this.#has, registers: this.#guard.registers };
	}

	/** Takes what was last published of the registers. */
	recall({ energyWh }: HomeAssistantMeter): void {
		this.#guard.recall(energyWh);
	}

	take(reading: ReadingState, nowMs: number): void {
		this.#reading = reading;
		this.#guard.take(registersOf(reading), reading.identity, nowMs);
		const { phases, tariffIndex, tariffPeriod } = reading;
		const label = tariffPeriod?.text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
		this.#has = {
			phases: Math.max(this.#has.phases, phases),
			hasVoltage: this.#has.hasVoltage || isSaid(reading.voltageV),
			hasPhasePower: this.#has.hasPhasePower || isSaid(reading.phaseApparentPowerVA),
			hasInjectedPower: this.#has.hasInjectedPower || reading.injectedApparentPowerVA !== undefined,
			labels:
				tariffIndex === undefined || label === undefined || label === ''
					? this.#has.labels
					: { ...this.#has.labels, [tariffIndex]: label },
		};
	}

	/** What is published now; undefined before the first reading. */
	figures(at: string): HomeAssistantMeter | undefined {
		if (this.#reading === undefined) return undefined;
		const { apparentPowerVA, injectedApparentPowerVA, currentA, voltageV, phaseApparentPowerVA } = this.#reading;
		return {
			at,
			energyWh: this.#guard.values,
			...(apparentPowerVA === undefined ? {} : { apparentPowerVA }),
			...(injectedApparentPowerVA === undefined ? {} : { injectedApparentPowerVA }),
			...(currentA === undefined ? {} : { currentA: this.#filled(currentA) }),
			...(voltageV === undefined ? {} : { voltageV: this.#filled(voltageV) }),
			...(phaseApparentPowerVA === undefined ? {} : { phaseApparentPowerVA: this.#filled(phaseApparentPowerVA) }),
		};
	}

	memory(): MeterMemory {
		return { ...this.#guard.memory(), ...this.#has };
	}

	#filled(values: readonly (number | null)[]): (number | null)[] {
		return Array.from({ length: this.#has.phases }, (_, index) => values[index] ?? null);
	}
}

function isSaid(values: readonly (number | null)[] | undefined): boolean {
	return values?.some((value) => value !== null) ?? false;
}

/** The registers of a reading, with the sum where the meter doesn't count it itself and it isn't the only one. */
function registersOf({ energyWh, drawnEnergyWh }: ReadingState): Record<string, number> {
	const hasSum = 'EAST' in energyWh || 'BASE' in energyWh || drawnEnergyWh === undefined;
	return hasSum ? energyWh : { ...energyWh, DRAWN: drawnEnergyWh };
}

import type { PhaseNumber, TicFrame, TicGroup } from '@pilotwire/teleinfo';

/** What one group, or the end of a frame, lets us say of the load. */
export type Finding =
	/** How many phases the meter has. */
	| { readonly kind: 'phases'; readonly count: 1 | 3 }
	/** What is drawn on a phase, VA. `currentA` only where it is drawn current: feeding in shows as current too. */
	| {
			readonly kind: 'load';
			readonly phase: PhaseNumber;
			readonly apparentPowerVA: number;
			readonly currentA?: number;
			readonly label: string;
	  }
	/** What the subscription allows: on each phase, or on all of them together. VA. */
	| { readonly kind: 'limit'; readonly apparentPowerVA: number; readonly per: 'phase' | 'meter' }
	/** The meter's own alert; `any` where it does not say which phase is over. */
	| { readonly kind: 'alert'; readonly phase: PhaseNumber | 'any'; readonly alert: boolean }
	/** Phases without voltage (PPOT). */
	| { readonly kind: 'missing'; readonly phases: readonly number[] }
	/** A figure whose checksum is right but that can't be true: it is not used. */
	| { readonly kind: 'implausible'; readonly label: string; readonly expected: string; readonly received: string };

/** The rules of one mode. They hold what one frame said so far, and what is known from the frames before. */
export interface LoadRules {
	/** Takes a right group, at once. */
	group(group: TicGroup): Finding[];
	/** A frame ended. */
	frame(frame: Pick<TicFrame, 'form' | 'complete'>): Finding[];
	/** A group was refused: what is not in this frame may have been. */
	disturbed(): void;
	/** The frame was broken off, by the meter or by the line: what follows is another one. */
	interrupted(): void;
}

/** Highest voltage that the mains may have for long (EN 50160: nominal + 10 %), V. */
const HIGHEST_V = 253;
/**
 * Currents that no meter of the kind passes on even for a second: its rated maximum (90 A in single phase, 60 A a
 * phase in three phases) and half as much again. A.
 */
const HIGHEST_A = { 1: 135, 3: 90 } as const;

/** The most a phase of a meter with so many phases can pass. A. */
export function highestA(phases: 1 | 3): number {
	return HIGHEST_A[phases];
}

/** The most that can be drawn on one phase of a meter with so many phases. VA. */
export function highestVA(phases: 1 | 3): number {
	return HIGHEST_A[phases] * HIGHEST_V;
}

/**
 * Two figures of one frame, for one phase, each a second's mean but not always of the same second: between them
 * something may have been switched. So only what no switching explains is a contradiction. VA.
 */
export function contradictsUpwards(apparentPowerVA: number, currentA: number, voltageV: number): boolean {
	return apparentPowerVA > 2 * (currentA + 1) * voltageV + 1_000;
}

/** The other way: far less power than the current makes. VA. */
export function contradictsDownwards(apparentPowerVA: number, currentA: number, voltageV: number): boolean {
	return currentA * voltageV > 2 * apparentPowerVA + 1_500;
}

/** Builds the finding of a figure that can't be true. */
export function implausible(label: string, expected: string, received: string): Finding {
	return { kind: 'implausible', label, expected, received };
}

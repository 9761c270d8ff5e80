import * as z from 'zod/mini';
import { count, id, instant, phase, voltAmperes, watts } from './common.ts';

/**
 * What a circuit turned out to be: as configured; another power; on another phase; on several; drawing nothing whatever
 * it was told; drawing although told `off`, or `frost_protection`; drawing less where it was told more; different each
 * time; not tried.
 */
export const commissioningOutcome = z.enum([
	'fine',
	'power',
	'phase',
	'several_phases',
	'silent',
	'off_heats',
	'frost_heats',
	'inverted',
	'unsettled',
	'not_tested',
]);
export type CommissioningOutcome = z.infer<typeof commissioningOutcome>;

/** What its circuits told together: two that could be swapped, two on one wire, a board on another phase. */
const findingKind = z.union([commissioningOutcome, z.enum(['swapped', 'together', 'board_phase'])]);

/** `commissioning/state`: the run under way, or the last one. */
export const commissioningState = z.object({
	at: instant,
	/** One run; its word ends it, or keeps it. */
	run: z.string().check(z.minLength(1), z.maxLength(64)),
	state: z.enum(['running', 'done', 'stopped']),
	startedAt: instant,
	/** When it ends if nothing has to be repeated, and at the latest. */
	expectedEnd: instant,
	latestEnd: instant,
	endedAt: z.optional(instant),
	/** Why it was stopped, in a sentence. */
	why: z.optional(z.string()),
	/** Circuits to try, and those that are settled. */
	total: count,
	settled: count,
	/** What is being tried. */
	current: z.optional(
		z.object({
			circuit: id,
			name: z.string(),
			/** Its place among those of this round, from 1. */
			number: count,
			of: count,
			/** 1 for the first time. */
			round: count,
			step: z.enum(['waits', 'comfort', 'off', 'rests']),
			/** What it waits for, in a sentence. */
			why: z.optional(z.string()),
		}),
	),
	/** Every circuit tried so far, in the order of the wires. */
	circuits: z.array(
		z.object({
			circuit: id,
			name: z.string(),
			/** Where its output is, such as board `1-32` and wire 3. */
			board: z.optional(z.string()),
			wire: z.optional(count),
			/** As configured. */
			phase,
			powerW: watts,
			/** As seen on the meter; absent where nothing was. */
			seenPhase: z.optional(phase),
			seenVA: z.optional(voltAmperes),
			outcome: commissioningOutcome,
			/** False while it will be tried again. */
			settled: z.boolean(),
			/** Times it was tried. */
			tries: count,
			/** In a sentence. */
			text: z.string(),
		}),
	),
	/** What is not as configured, each with what to do; complete once the run has ended. */
	findings: z.array(
		z.object({
			kind: findingKind,
			circuits: z.array(id),
			/** What was seen, in a sentence with its figures. */
			text: z.string(),
			/** What to do, in a sentence. */
			action: z.string(),
			/** What to write into the configuration instead, YAML. */
			yaml: z.optional(z.string()),
		}),
	),
});
export type CommissioningState = z.infer<typeof commissioningState>;

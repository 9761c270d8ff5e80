// A commissioning run in a box: while one is under way, circuits are held because it steps them.
import type { CommissioningState } from '@pilotwire/contract';
import type { Box } from './box.ts';
import type { HouseClock } from './when.ts';

/** A run that was under way in a stretch of time. */
export interface CommissioningFacts {
	readonly startedMs: number;
	/** Absent while it was under way at the end of the stretch. */
	readonly endedMs: number | undefined;
	/** It was stopped, for this reason. */
	readonly stopped: string | undefined;
	readonly total: number;
	readonly settled: number;
	/** Name of the circuit that was being tried at the end of the stretch. */
	readonly current: string | undefined;
	/** What it had found of each circuit by then, by id, in words that go on after the name. */
	readonly found: ReadonlyMap<string, string>;
	/** What was not as configured, in sentences. */
	readonly findings: readonly string[];
}

/** The last run of which anything lies in a stretch of time. */
export function commissioningIn(box: Box, fromMs: number, toMs: number): CommissioningFacts | undefined {
	const last = box.commissioning.findLast(({ atMs }) => atMs <= toMs);
	if (last === undefined) return undefined;
	const { state, startedAt, endedAt, why, total, settled, current, circuits, findings } = last.payload;
	const endedMs = state === 'running' ? undefined : Date.parse(endedAt ?? last.payload.at);
	if (endedMs !== undefined && endedMs < fromMs) return undefined;
	return {
		...{ startedMs: Date.parse(startedAt), endedMs, total, settled, current: current?.name },
		stopped: state === 'stopped' ? (why ?? 'nobody said why') : undefined,
		found: new Map(circuits.map((one) => [one.circuit, foundText(one)])),
		findings: findings.map(({ text }) => text),
	};
}

const foundText = ({ text, settled }: CommissioningState['circuits'][number]): string =>
	settled ? text : `${text}; it was to be tried again`;

/** For people: that a run was under way, how far it was, and what it found. */
export function commissioningLines(facts: CommissioningFacts, clock: HouseClock): string[] {
	const { startedMs, endedMs, stopped, total, settled, current, findings } = facts;
	const from = `a run from ${clock.timeOf(startedMs)}`;
	const far = `${settled} of ${total} circuits were settled`;
	if (endedMs === undefined) {
		const trying = current === undefined ? '' : `, and it was trying ${current}`;
		return [`${from} was under way: circuits were held because it steps each in its turn. ${far}${trying}.`];
	}
	const how = stopped === undefined ? 'was done' : `was stopped (${stopped})`;
	return [`${from} ${how} at ${clock.timeOf(endedMs)}; ${far}.`, ...findings.map((text) => `  ${text}`)];
}

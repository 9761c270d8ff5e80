// Orders on their way: pending until the circuit's own state confirms them, and said to be unconfirmed when it doesn't.
import type { CircuitState, Order } from '@pilotwire/contract';

/** What people ask of a radiator. */
export interface Command {
	readonly order: Order | 'auto';
	/** When the order ends by itself, browser's clock, ms; absent: it stays until it is changed. */
	readonly untilMs?: number;
}

/**
 * `sent`: on its way. `confirmed`: the radiator's state shows it. `unconfirmed`: no such state within the time.
 * `lost`: the connection went before it was confirmed. `refused`: the bus would not take it.
 */
export type Progress = 'sent' | 'confirmed' | 'unconfirmed' | 'lost' | 'refused';

/** A command to one radiator, and how far it has come. */
export interface Pending {
	readonly command: Command;
	readonly sentMs: number;
	readonly progress: Progress;
	/** When `progress` last changed, ms. */
	readonly changedMs: number;
}

/** By circuit. */
export type Commands = ReadonlyMap<string, Pending>;

/** A state that confirms an order follows within a board's transfer; longer, and people must know. Milliseconds. */
const CONFIRM_WITHIN_MS = 8_000;
/** A confirmation stays on the screen so long. Milliseconds. */
const CONFIRMED_SHOWN_MS = 2_500;
/** A command that arrives later than this after it was given is not carried out. Milliseconds. */
export const EXPIRES_AFTER_MS = 10_000;

const NONE: Commands = new Map();

export { NONE as noCommands };

/** Notes a command to some radiators; a newer one takes an older one's place. */
export function give(commands: Commands, ids: readonly string[], command: Command, nowMs: number): Commands {
	const next = new Map(commands);
	for (const id of ids) next.set(id, { command, sentMs: nowMs, progress: 'sent', changedMs: nowMs });
	return next;
}

/** Takes a radiator's state: a command that it shows is confirmed, also one that was given up already. */
export function confirm(
	commands: Commands,
	id: string,
	state: Pick<CircuitState, 'override'>,
	clockAheadMs: number,
	nowMs: number,
): Commands {
	const pending = commands.get(id);
	if (pending === undefined || pending.progress === 'confirmed' || !shows(state, pending.command, clockAheadMs)) {
		return commands;
	}
	return new Map(commands).set(id, { ...pending, progress: 'confirmed', changedMs: nowMs });
}

/** Whether a radiator's state is what a command asks for. */
export function shows({ override }: Pick<CircuitState, 'override'>, command: Command, clockAheadMs: number): boolean {
	if (command.order === 'auto') return override === undefined;
	if (override?.order !== command.order) return false;
	if (override.until === undefined) return command.untilMs === undefined;
	// Whoever reads the end of the order may round it to the second.
	const ends = Date.parse(override.until) + clockAheadMs;
	return command.untilMs !== undefined && Math.abs(ends - command.untilMs) < 1_500;
}

/** Time passes: what was not confirmed in time says so, and what was confirmed leaves the screen. */
export function expire(commands: Commands, nowMs: number): Commands {
	let next = commands;
	for (const [id, pending] of commands) {
		if (pending.progress === 'sent' && nowMs - pending.sentMs >= CONFIRM_WITHIN_MS) {
			next = new Map(next).set(id, { ...pending, progress: 'unconfirmed', changedMs: nowMs });
		} else if (pending.progress === 'confirmed' && nowMs - pending.changedMs >= CONFIRMED_SHOWN_MS) {
			next = without(next, id);
		}
	}
	return next;
}

/** The connection was lost, or the bus refused: what was on its way to these radiators (or all) will not be confirmed. */
export function fail(
	commands: Commands,
	progress: 'lost' | 'refused',
	nowMs: number,
	ids: Iterable<string> = commands.keys(),
): Commands {
	const next = new Map(commands);
	for (const id of ids) {
		const pending = commands.get(id);
		if (pending?.progress === 'sent') next.set(id, { ...pending, progress, changedMs: nowMs });
	}
	return next;
}

/** Somebody has read that it failed. */
export function dismiss(commands: Commands, id: string): Commands {
	return without(commands, id);
}

function without(commands: Commands, id: string): Commands {
	const next = new Map(commands);
	next.delete(id);
	return next;
}

/** The payload of a command: with its end and its expiry, both by the house's clock. */
export function payloadOf({ order, untilMs }: Command, clockAheadMs: number, nowMs: number) {
	const houseTime = (ms: number): string => new Date(ms - clockAheadMs).toISOString();
	const expiresAt = houseTime(nowMs + EXPIRES_AFTER_MS);
	return untilMs === undefined ? { order, expiresAt } : { order, until: houseTime(untilMs), expiresAt };
}

/**
 * A place in the log of a cluster, `<milliseconds>-<number>` as Redis writes it: by the clock of Redis, and counted by one
 * from message to message.
 */
export type LogId = string;

/** Before everything. */
export const beginning: LogId = '0-0';

/** Negative where `one` is earlier than `other`, 0 where they are the same. */
export function compareIds(one: LogId, other: LogId): number {
	const [ms, number] = partsOf(one);
	const [otherMs, otherNumber] = partsOf(other);
	return ms - otherMs || number - otherNumber;
}

/** The later of two. */
export function later(one: LogId, other: LogId): LogId {
	return compareIds(one, other) < 0 ? other : one;
}

/** A place right before another: nothing lies between. */
export function before(id: LogId): LogId {
	const [ms, number] = partsOf(id);
	return `${ms}-${Math.max(0, number - 1)}`;
}

/** How many messages of the cluster came before it, itself counted. */
export function numberOf(id: LogId): number {
	return partsOf(id)[1];
}

/** When it was placed, by the clock of Redis, ms. */
export function placedMs(id: LogId): number {
	return partsOf(id)[0];
}

function partsOf(id: LogId): readonly [ms: number, number: number] {
	const at = id.indexOf('-');
	return [Number(id.slice(0, at)), Number(id.slice(at + 1))];
}

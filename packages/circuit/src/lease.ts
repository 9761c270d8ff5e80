/**
 * The shedder's lease as an actuator keeps it: which set holds, and for how long. All times are monotonic ms from
 * arrival; time that goes back is taken as standing still.
 */

import type { Order } from './order.ts';
import type { Control } from './who-wins.ts';

/** `shedder/shed/state`: the complete set of circuits that must wait. */
export interface ShedSet {
	/** One life of the shedder. */
	readonly session: string;
	/** Counts up within a session. */
	readonly sequence: number;
	/** How long it holds from arrival, s; 0 gives control up at once. */
	readonly leaseS: number;
	/** Circuits that must wait. */
	readonly shed: readonly string[];
	/** Orders that may reach the wire although they raise the load, by circuit. */
	readonly admitted: Readonly<Record<string, Order>>;
	/** Orders that commissioning asks for meanwhile, by circuit. */
	readonly trial?: Readonly<Record<string, Order>> | undefined;
}

/** What is remembered between two sets. Begin with {@link NO_LEASE}. */
export interface Lease {
	readonly nowMs: number;
	/** The newest set that came live, and when it ends. */
	readonly live: { readonly set: ShedSet; readonly endMs: number } | undefined;
	/** The newest retained copy, while no live set has come since. */
	readonly retained: { readonly set: ShedSet; readonly endMs: number } | undefined;
	/** Sessions that ended while the lease lived: a set of theirs comes late. */
	readonly superseded: readonly string[];
}

/** What became of a set that arrived. */
export type LeaseVerdict =
	| 'renewed'
	| 'given_up'
	| 'retained_adds'
	| 'refused_older'
	| 'refused_superseded'
	| 'refused_retained';

/** What holds at one moment. */
export interface LeaseView {
	readonly control: Exclude<Control, 'none'>;
	/** Circuits that must wait: all of them under a lease; under fallback those that a retained copy adds. */
	readonly shed: ReadonlySet<string>;
	/** The highest order admitted, by circuit; empty under fallback. */
	readonly admitted: ReadonlyMap<string, Order>;
	/** What commissioning asks for, by circuit; empty under fallback. */
	readonly trial: ReadonlyMap<string, Order>;
	/** When (ms) this changes by itself; undefined = not before another set comes. */
	readonly untilMs: number | undefined;
}

/** Before anything was heard. */
export const NO_LEASE: Lease = {
	nowMs: Number.NEGATIVE_INFINITY,
	live: undefined,
	retained: undefined,
	superseded: [],
};

/** No lease holds longer, whatever it says: nobody who is lost keeps control for longer than a breaker bears, s. */
const LONGEST_S = 60;
/** Sessions remembered; a shedder that restarts more often within one lease has other troubles. */
const SUPERSEDED_KEPT = 8;

/**
 * Takes a set that arrived at `nowMs`. A live one renews the lease unless it is older than what this session said last
 * or belongs to a session that another took over from. A retained copy is of unknown age: it grants nothing, and adds
 * its sheds to the fallback for as long as its own lease would have lasted, so that a dead shedder's last word cannot
 * keep a room cold for ever.
 */
export function receiveShedSet(
	former: Lease,
	set: ShedSet,
	retained: boolean,
	nowMs: number,
): { lease: Lease; verdict: LeaseVerdict } {
	const lease = moveTo(former, nowMs);
	const refused = refusal(lease, set, retained);
	if (refused !== undefined) return { lease, verdict: refused };
	const endMs = lease.nowMs + Math.min(Math.max(0, set.leaseS), LONGEST_S) * 1000;
	if (retained) return { lease: { ...lease, retained: { set, endMs } }, verdict: 'retained_adds' };
	const previous = lease.live;
	const takenOver = previous !== undefined && isLive(lease) && previous.set.session !== set.session;
	const superseded = takenOver ? [...lease.superseded, previous.set.session].slice(-SUPERSEDED_KEPT) : lease.superseded;
	const verdict = endMs > lease.nowMs ? 'renewed' : 'given_up';
	return { lease: { ...lease, live: { set, endMs }, retained: undefined, superseded }, verdict };
}

/** What the lease says at `nowMs`. */
export function viewLease(former: Lease, nowMs: number): LeaseView {
	const lease = moveTo(former, nowMs);
	if (lease.live !== undefined && isLive(lease)) {
		const { set, endMs } = lease.live;
		const admitted = new Map(Object.entries(set.admitted));
		const trial = new Map(Object.entries(set.trial ?? {}));
		return { control: 'lease', shed: new Set(set.shed), admitted, trial, untilMs: endMs };
	}
	const adds = lease.retained !== undefined && lease.nowMs < lease.retained.endMs ? lease.retained : undefined;
	const none = { admitted: new Map(), trial: new Map() };
	return { control: 'fallback', shed: new Set(adds?.set.shed), ...none, untilMs: adds?.endMs };
}

function moveTo(lease: Lease, nowMs: number): Lease {
	const moved = { ...lease, nowMs: Math.max(lease.nowMs, nowMs) };
	return isLive(moved) ? moved : { ...moved, superseded: [] };
}

function isLive({ live, nowMs }: Lease): boolean {
	return live !== undefined && nowMs < live.endMs;
}

function refusal(lease: Lease, set: ShedSet, retained: boolean): LeaseVerdict | undefined {
	const { live, retained: copy, superseded } = lease;
	if (superseded.includes(set.session)) return 'refused_superseded';
	if (retained && isLive(lease)) return 'refused_retained';
	// A live set as old as a retained copy is the very message the copy was made of, so it is not older.
	if (copy?.set.session === set.session && set.sequence < copy.set.sequence) return 'refused_older';
	if (live?.set.session !== set.session) return undefined;
	const older = retained ? set.sequence < live.set.sequence : set.sequence <= live.set.sequence;
	return older ? 'refused_older' : undefined;
}

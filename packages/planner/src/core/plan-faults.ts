/** What no schema shows of a programme, rule or absence: contradictions, and names of what isn't there. */
import type { Programme, TariffRule } from '@pilotwire/contract';
import { targetKey, type Zone } from './targets.ts';

/** More than any house needs; together they fit into one message of the bus. */
const MOST_PROGRAMMES = 100;
const MOST_RULES = 50;
const MOST_CHANGES = 1_500;

/** What is wrong, where, and what stands there. */
export interface PlanFault {
	/** Such as `changes[2].at`. */
	readonly path: string;
	readonly expected: string;
	readonly received: string;
}

/** What targets may name. */
export interface KnownNames {
	readonly zones: readonly Pick<Zone, 'id'>[];
	/** Undefined where nobody knows them yet. */
	readonly circuits?: ReadonlySet<string> | undefined;
	readonly rooms?: ReadonlySet<string> | undefined;
}

/** The first fault of a programme beside the others (itself, by its id, not counted). */
export function programmeFault(
	programme: Programme,
	all: readonly Programme[],
	known: KnownNames,
): PlanFault | undefined {
	const others = all.filter(({ id }) => id !== programme.id);
	const same = others.find((other) => targetKey(other.for) === targetKey(programme.for));
	if (same !== undefined) {
		const received = `${targetKey(programme.for)}, which ${same.id} has`;
		return { path: 'for', expected: 'a target of its own for each programme', received };
	}
	if (others.length >= MOST_PROGRAMMES) return tooMany('programmes', MOST_PROGRAMMES);
	const changes = others.reduce((sum, other) => sum + other.changes.length, programme.changes.length);
	if (changes > MOST_CHANGES) return { ...tooMany('changes in all programmes', MOST_CHANGES), path: 'changes' };
	return targetFault(programme.for, known) ?? changesFault(programme);
}

/** The first fault of a rule. */
export function ruleFault(rule: TariffRule, all: readonly TariffRule[], known: KnownNames): PlanFault | undefined {
	const { period, today, tomorrow } = rule.when;
	if (period === undefined && today === undefined && tomorrow === undefined) {
		return { path: 'when', expected: 'period, today or tomorrow, one at least', received: 'none of them' };
	}
	if (all.filter(({ id }) => id !== rule.id).length >= MOST_RULES) return tooMany('rules', MOST_RULES);
	return targetFault(rule.for, known);
}

function changesFault({ for: target, changes }: Programme): PlanFault | undefined {
	const wanted = target !== 'house' && 'thermostat' in target ? 'temperatureC' : 'order';
	const other = wanted === 'order' ? 'temperatureC' : 'order';
	const taken = new Set<string>();
	for (const [index, change] of changes.entries()) {
		const path = `changes[${index}]`;
		if (change[wanted] === undefined) return { path, expected: wanted, received: 'none' };
		if (change[other] !== undefined) {
			return { path: `${path}.${other}`, expected: `${wanted} alone`, received: String(change[other]) };
		}
		for (const day of change.days) {
			const time = `${day} ${change.at}`;
			if (taken.has(time)) return { path: `${path}.at`, expected: 'one change at a time', received: `${time} again` };
			taken.add(time);
		}
	}
	return undefined;
}

function targetFault(target: Programme['for'], { zones, circuits, rooms }: KnownNames): PlanFault | undefined {
	if (target === 'house' || 'thermostat' in target) return undefined;
	if ('zone' in target) return unknown('zone', target.zone, new Set(zones.map(({ id }) => id)));
	if ('room' in target) return unknown('room', target.room, rooms);
	return unknown('circuit', target.circuit, circuits);
}

function unknown(kind: string, id: string, known: ReadonlySet<string> | undefined): PlanFault | undefined {
	if (known === undefined || known.has(id)) return undefined;
	const listed = known.size === 0 ? 'of which there are none' : `(${[...known].sort().join(', ')})`;
	return { path: `for.${kind}`, expected: `one of the ${kind}s ${listed}`, received: id };
}

function tooMany(what: string, most: number): PlanFault {
	return { path: '', expected: `at most ${most} ${what}`, received: 'one more' };
}

import { type Controller, permissive, type TwinCircuit } from '@pilotwire/house';

/** What a rule keeps of one phase: its circuits in the order of their wires, and when it last acted, ms. */
interface Group {
	readonly circuits: readonly number[];
	next: number;
	lastShedMs: number;
	lastRestoreMs: number;
}

function groupsOf(circuits: readonly TwinCircuit[]): Group[] {
	return [0, 1, 2].map((phase) => ({
		circuits: [...circuits.keys()].filter((index) => circuits[index]?.phase === phase + 1),
		next: 0,
		lastShedMs: Number.NEGATIVE_INFINITY,
		lastRestoreMs: Number.NEGATIVE_INFINITY,
	}));
}

/**
 * The ancestor of this system: a fixed limit in amperes; one radiator off per reading above it, one back per reading
 * below it; a radiator that is off anyway counts as shed. Its 30 A are those of a 6 kVA subscription (30 A at 200 V), so
 * elsewhere the limit is the subscribed current.
 */
export function ancestor(circuits: readonly TwinCircuit[]): Controller {
	const verdict = permissive(circuits.length, 'off');
	const groups = groupsOf(circuits);
	return {
		verdict,
		load(phase, _va, limitVA, amps) {
			const { circuits: own } = groups[phase - 1] as Group;
			const above = amps > limitVA / 200;
			const first = above
				? own.findLast((index) => verdict.shed[index] === 0)
				: own.find((index) => verdict.shed[index] === 1);
			if (first === undefined) return false;
			verdict.shed[first] = above ? 1 : 0;
			return true;
		},
		tick: () => false,
		circuit: () => false,
	};
}

const SHED_SHARE = 0.9;
const RESTORE_SHARE = 0.8;
const SHED_EVERY_MS = 5_000;
const RESTORE_AFTER_MS = 180_000;

/**
 * The rule of a well-known board's firmware: to frost_protection, one zone when the current passes 0.9 x ISOUSC, at most
 * every 5 s; after 180 s one back below 0.8 x ISOUSC, otherwise the next zone takes its place (cascado-cyclic). It knows
 * one phase; here it gets an instance for each.
 */
export function firmware(circuits: readonly TwinCircuit[]): Controller {
	const verdict = permissive(circuits.length, 'frost_protection');
	const groups = groupsOf(circuits);
	const amps = new Float64Array(3);
	const isouscA = new Float64Array(3);
	const oldestShed = ({ circuits: own, next }: Group): number | undefined =>
		own.map((_, step) => own[(next + step) % own.length] as number).find((index) => verdict.shed[index] === 1);

	function shedNext(group: Group, nowMs: number): boolean {
		const { circuits: own } = group;
		for (let step = 0; step < own.length; step++) {
			const at = (group.next + step) % own.length;
			const index = own[at] as number;
			if (verdict.shed[index] === 1) continue;
			verdict.shed[index] = 1;
			group.next = (at + 1) % own.length;
			group.lastShedMs = nowMs;
			group.lastRestoreMs = nowMs;
			return true;
		}
		return false;
	}

	function afterAWhile(group: Group, phase: number, nowMs: number): boolean {
		const oldest = oldestShed(group);
		if (oldest === undefined || nowMs - group.lastRestoreMs < RESTORE_AFTER_MS) return false;
		const fits = (amps[phase] as number) < RESTORE_SHARE * (isouscA[phase] as number);
		if (!fits && !shedNext(group, nowMs)) return false;
		verdict.shed[oldest] = 0;
		group.lastRestoreMs = nowMs;
		return true;
	}

	return {
		verdict,
		load(phase, _va, limitVA, current, nowMs) {
			const group = groups[phase - 1] as Group;
			amps[phase - 1] = current;
			isouscA[phase - 1] = limitVA / 200;
			const above = current > (SHED_SHARE * limitVA) / 200;
			return above && nowMs - group.lastShedMs >= SHED_EVERY_MS && shedNext(group, nowMs);
		},
		tick: (nowMs) => groups.map((group, phase) => afterAWhile(group, phase, nowMs)).includes(true),
		circuit: () => false,
	};
}

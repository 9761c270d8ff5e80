import type { Circuit } from './state.ts';

/** Least important first; among equals the longest without having been shed; then by id, so that it is always the same. */
export function byTurn(a: Circuit, b: Circuit): number {
	if (a.priority !== b.priority) return b.priority - a.priority;
	if (a.lastShedAt !== b.lastShedAt) return a.lastShedAt < b.lastShedAt ? -1 : 1;
	return a.id < b.id ? -1 : 1;
}

/**
 * The cheapest circuits that free what is needed: as few as will do of the least important, then of the next.
 * All of them where they are not enough.
 * @param tiers a tier is touched only where those before it are not enough; each in the order of `byTurn`
 */
export function chooseEnough(tiers: readonly (readonly Circuit[])[], neededVA: number): Circuit[] {
	const chosen: Circuit[] = [];
	let needed = neededVA;
	for (const candidates of tiers) {
		for (let start = 0; start < candidates.length && needed > 0; ) {
			const end = classEnd(candidates, start);
			const taken = fewest(candidates.slice(start, end), needed);
			needed -= totalVA(taken);
			chosen.push(...taken);
			start = end;
		}
	}
	return needed > 0 ? chosen : withoutNeedless(chosen, -needed);
}

/** What circuits may draw together, VA. */
export function totalVA(circuits: readonly Circuit[]): number {
	return circuits.reduce((total, circuit) => total + circuit.powerVA, 0);
}

function classEnd(candidates: readonly Circuit[], start: number): number {
	const priority = candidates[start]?.priority;
	let end = start;
	while (end < candidates.length && candidates[end]?.priority === priority) end++;
	return end;
}

/** Among equals: as few as will do, and of those sets the one whose turn it is. */
function fewest(equals: readonly Circuit[], neededVA: number): Circuit[] {
	const strongest = equals.map((circuit, index) => ({ index, powerVA: circuit.powerVA }));
	strongest.sort((a, b) => b.powerVA - a.powerVA);
	let count = 0;
	for (let total = 0; count < strongest.length && total < neededVA; count++) total += strongest[count]?.powerVA ?? 0;
	const taken: Circuit[] = [];
	let needed = neededVA;
	for (const [index, circuit] of equals.entries()) {
		const places = count - taken.length;
		if (places === 0) break;
		const mustTake = equals.length - index === places;
		if (!mustTake && circuit.powerVA + strongestAfter(strongest, index, places - 1) < needed) continue;
		taken.push(circuit);
		needed -= circuit.powerVA;
	}
	return taken;
}

/** The power of the strongest few among those that come later, VA. */
function strongestAfter(
	strongest: readonly { index: number; powerVA: number }[],
	after: number,
	count: number,
): number {
	let total = 0;
	let left = count;
	for (const { index, powerVA } of strongest) {
		if (left === 0) break;
		if (index <= after) continue;
		total += powerVA;
		left--;
	}
	return total;
}

/** A strong circuit of a later class can make weaker ones needless: each of those is one switching less. */
function withoutNeedless(chosen: readonly Circuit[], spareVA: number): Circuit[] {
	let spare = spareVA;
	const needless = new Set<Circuit>();
	for (const circuit of chosen.toReversed()) {
		if (circuit.powerVA > spare) continue;
		needless.add(circuit);
		spare -= circuit.powerVA;
	}
	return chosen.filter((circuit) => !needless.has(circuit));
}

import { needK } from './comfort.ts';
import { shedCost } from './cost.ts';
import type { Circuit } from './state.ts';

/** Powers are compared in so many parts of what is needed: finer where there are few, coarser where that takes long. */
const FINE_PARTS = 512;
const COARSE_PARTS = 64;
const FEW = 16;

/**
 * The circuits that free what is needed and cost least together. All of them where they are not enough.
 * @param tiers a tier is touched only where those before it are not enough
 */
export function chooseEnough(tiers: readonly (readonly Circuit[])[], neededVA: number, now: number): Circuit[] {
	const chosen: Circuit[] = [];
	let needed = neededVA;
	for (const candidates of tiers) {
		if (needed <= 0) break;
		const taken = totalVA(candidates) > needed ? cheapest(candidates, needed, now) : candidates;
		needed -= totalVA(taken);
		chosen.push(...taken);
	}
	return needed > 0 ? chosen : withoutNeedless(chosen, -needed);
}

/** What circuits may draw together, VA. */
export function totalVA(circuits: readonly Circuit[]): number {
	return circuits.reduce((total, circuit) => total + circuit.powerVA, 0);
}

/**
 * The set that costs least and is enough (a knapsack turned over, in whole parts of what is needed).
 * Each power is rounded down, so that what is chosen is enough in truth.
 */
function cheapest(candidates: readonly Circuit[], neededVA: number, now: number): Circuit[] {
	const count = candidates.length <= FEW ? FINE_PARTS : COARSE_PARTS;
	const parts = Uint16Array.from(candidates, ({ powerVA }) => Math.min(count, (powerVA * count) / neededVA));
	const costs = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
	costs[0] = 0;
	const takes = new Uint8Array(candidates.length * (count + 1));
	for (const [index, circuit] of candidates.entries()) {
		const own = parts[index] as number;
		if (own === 0) continue;
		const cost = shedCost(circuit, now);
		for (let part = count; part > 0; part--) {
			const price = (costs[part > own ? part - own : 0] as number) + cost;
			if (price >= (costs[part] as number)) continue;
			costs[part] = price;
			takes[index * (count + 1) + part] = 1;
		}
	}
	if (costs[count] === Number.POSITIVE_INFINITY) return [...candidates];
	const taken: Circuit[] = [];
	let part = count;
	for (let index = candidates.length - 1; index >= 0 && part > 0; index--) {
		if (takes[index * (count + 1) + part] === 0) continue;
		taken.push(candidates[index] as Circuit);
		part = Math.max(0, part - (parts[index] as number));
	}
	return taken.sort((a, b) => needK(a, now) - needK(b, now));
}

/** A strong circuit of a later tier can make weaker ones needless: each of those is one switching less. */
function withoutNeedless(chosen: readonly Circuit[], spareVA: number): Circuit[] {
	let spare = spareVA;
	const needless = new Set<Circuit>();
	for (const circuit of chosen.toReversed()) {
		if (circuit.powerVA > spare) continue;
		needless.add(circuit);
		spare -= circuit.powerVA;
	}
	return needless.size === 0 ? [...chosen] : chosen.filter((circuit) => !needless.has(circuit));
}

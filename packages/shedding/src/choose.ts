import { needStep } from './comfort.ts';
import { shedCost } from './cost.ts';
import type { Circuit } from './state.ts';

/** Powers are compared in this many parts of what is needed. */
const PARTS = 64;

/**
 * The cheapest circuits that free what is needed: the least important first, of which it takes all before it touches the
 * next, and among equals the set that costs least. All of them where they are not enough.
 * @param tiers a tier is touched only where those before it are not enough
 */
export function chooseEnough(tiers: readonly (readonly Circuit[])[], neededVA: number, now: number): Circuit[] {
	const chosen: Circuit[] = [];
	let needed = neededVA;
	for (const candidates of tiers) {
		for (const equals of byNeedStep(candidates, now)) {
			if (needed <= 0) break;
			const taken = totalVA(equals) > needed ? cheapest(equals, needed, now) : equals;
			needed -= totalVA(taken);
			chosen.push(...taken);
		}
	}
	return needed > 0 ? chosen : withoutNeedless(chosen, -needed);
}

/** What circuits may draw together, VA. */
export function totalVA(circuits: readonly Circuit[]): number {
	return circuits.reduce((total, circuit) => total + circuit.powerVA, 0);
}

/** Circuits of equal need together, the least first. */
function byNeedStep(candidates: readonly Circuit[], now: number): Circuit[][] {
	const classes = new Map<number, Circuit[]>();
	for (const circuit of candidates) {
		const step = needStep(circuit, now);
		const equals = classes.get(step);
		if (equals === undefined) classes.set(step, [circuit]);
		else equals.push(circuit);
	}
	return [...classes].sort(([a], [b]) => a - b).map(([, equals]) => equals);
}

/**
 * Among equals: the set that costs least and is enough (a knapsack turned over, in whole parts of what is needed).
 * Each power is rounded down, so that what is chosen is enough in truth.
 */
function cheapest(equals: readonly Circuit[], neededVA: number, now: number): Circuit[] {
	const parts = Uint16Array.from(equals, ({ powerVA }) => Math.min(PARTS, (powerVA * PARTS) / neededVA));
	const costs = new Float64Array(PARTS + 1).fill(Number.POSITIVE_INFINITY);
	costs[0] = 0;
	const takes = new Uint8Array(equals.length * (PARTS + 1));
	for (const [index, circuit] of equals.entries()) {
		const own = parts[index] as number;
		if (own === 0) continue;
		const cost = shedCost(circuit, now);
		for (let part = PARTS; part > 0; part--) {
			const price = (costs[part > own ? part - own : 0] as number) + cost;
			if (price >= (costs[part] as number)) continue;
			costs[part] = price;
			takes[index * (PARTS + 1) + part] = 1;
		}
	}
	return costs[PARTS] === Number.POSITIVE_INFINITY ? [...equals] : traced(equals, parts, takes);
}

function traced(equals: readonly Circuit[], parts: Uint16Array, takes: Uint8Array): Circuit[] {
	const taken: Circuit[] = [];
	let part = PARTS;
	for (let index = equals.length - 1; index >= 0 && part > 0; index--) {
		if (takes[index * (PARTS + 1) + part] === 0) continue;
		taken.push(equals[index] as Circuit);
		part = Math.max(0, part - (parts[index] as number));
	}
	return taken.reverse();
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
	return needless.size === 0 ? [...chosen] : chosen.filter((circuit) => !needless.has(circuit));
}

import { defaultSettings, type SheddingSettings } from './settings.ts';

/** A circuit as its configuration says it. */
export interface ConfiguredCircuit {
	readonly id: string;
	readonly phase: number;
	readonly powerW: number;
	readonly minOnS?: number | undefined;
	readonly minOffS?: number | undefined;
	readonly maxWaitS?: number | undefined;
}

/** A longest wait that can't be met, even if nothing else in the house drew. */
export interface WaitFault {
	/** The setting that can't stand: a circuit's where there is an id, else the shedder's. */
	readonly setting: 'powerW' | 'minOnS' | 'minOffS' | 'maxWaitS';
	/** The circuit that it concerns; absent where they are too many together. */
	readonly id?: string;
	readonly phase: number;
	readonly expected: string;
	readonly received: string;
	readonly todo: string;
}

/** A circuit with all its figures, and what of its phase it takes. */
interface Claim {
	readonly circuit: ConfiguredCircuit;
	readonly phase: number;
	/** What must be free for it, VA. */
	readonly neededVA: number;
	/** Its shortest turn: its minimum time on, and what coming and going takes, s. */
	readonly turnS: number;
	readonly minOffS: number;
	readonly maxWaitS: number;
}

/**
 * The longest waits that can't be met: a circuit that must stay off for longer, one that never fits under its phase's limit,
 * one that must wait for longer than it may while another has its shortest turn, or circuits so many that their turns
 * take longer than the longest wait of one of them.
 * @param limitVA each phase's limit, VA; on a phase without one only times are judged
 */
export function waitFaults(
	circuits: readonly ConfiguredCircuit[],
	limitVA: ReadonlyMap<number, number>,
	given: Partial<SheddingSettings> = {},
): WaitFault[] {
	const settings = { ...defaultSettings, ...given };
	const claims = circuits.map((circuit) => claimOf(circuit, settings));
	const crowded = [...limitVA].flatMap(([phase, limit]) => {
		const own = claims.filter((claim) => claim.phase === phase);
		return roomFaults(own, phase, Math.floor(limit * settings.restoreBelow));
	});
	return [...claims.flatMap(tooLongOff), ...crowded];
}

function claimOf(circuit: ConfiguredCircuit, settings: SheddingSettings): Claim {
	const { phase, powerW, minOnS, minOffS, maxWaitS } = circuit;
	return {
		circuit,
		phase,
		neededVA: powerW * settings.powerMargin,
		turnS: (minOnS ?? settings.minOnS) + 2 * settings.responseS,
		minOffS: minOffS ?? settings.minOffS,
		maxWaitS: maxWaitS ?? settings.maxWaitS,
	};
}

function tooLongOff({ circuit, phase, minOffS, maxWaitS }: Claim): WaitFault[] {
	if (minOffS <= maxWaitS) return [];
	const expected = `at most the ${maxWaitS} s that ${circuit.id} may wait`;
	const received = `${minOffS} s, in which it could not come back`;
	return [{ setting: 'minOffS', id: circuit.id, phase, expected, received, todo: 'lower minOffS or raise maxWaitS' }];
}

function roomFaults(claims: readonly Claim[], phase: number, roomVA: number): WaitFault[] {
	const alone = claims.filter(({ neededVA }) => Math.ceil(neededVA) > roomVA).map((one) => tooStrong(one, roomVA));
	if (alone.length > 0) return alone;
	const held = claims.flatMap((one) => heldOff(one, claims, roomVA));
	return held.length > 0 ? held : tooMany(claims, phase, roomVA);
}

function tooStrong({ circuit: { id, powerW }, phase, neededVA }: Claim, roomVA: number): WaitFault {
	const expected = `at most the ${roomVA} VA that phase ${phase} has to give`;
	const received = `${powerW} W, which needs ${Math.ceil(neededVA)} VA`;
	return {
		setting: 'powerW',
		id,
		phase,
		expected,
		received,
		todo: 'lower its power, or put it on a phase with a higher limit',
	};
}

/** Beside a circuit with so long a turn another has no room, and may not wait that long. */
function heldOff(one: Claim, all: readonly Claim[], roomVA: number): WaitFault[] {
	const others = all.filter((other) => other !== one && other.neededVA + one.neededVA > roomVA);
	const waits = others.filter(({ maxWaitS }) => maxWaitS < one.turnS).sort((a, b) => a.maxWaitS - b.maxWaitS);
	const first = waits[0];
	if (first === undefined) return [];
	const { circuit, phase, turnS } = one;
	const expected = `a turn of at most the ${first.maxWaitS} s that ${first.circuit.id} may wait, since both don't fit on phase ${phase}`;
	const todo = `lower its minOnS, raise the maxWaitS of ${first.circuit.id}, or move one of them to another phase`;
	return [{ setting: 'minOnS', id: circuit.id, phase, expected, received: `${turnS} s`, todo }];
}

/** The share of the time that a circuit must have: a turn in each round of its longest wait and its turn. */
const shareOfTime = ({ turnS, maxWaitS }: Claim): number => turnS / (turnS + maxWaitS);

/**
 * Of those that need more than half of the room only one fits at a time: their turns must follow each other within each
 * one's longest wait. Of all, the energy of the turns must fit under the limit.
 */
function tooMany(claims: readonly Claim[], phase: number, roomVA: number): WaitFault[] {
	const todo = 'raise maxWaitS, lower minOnS, or move circuits to another phase';
	const large = claims.filter(({ neededVA }) => neededVA > roomVA / 2);
	const busy = large.reduce((total, claim) => total + shareOfTime(claim), 0);
	if (busy > 1) {
		const expected = `turns that follow each other within the longest waits, since phase ${phase} has room for one at a time`;
		const turnsS = large.reduce((total, { turnS }) => total + turnS, 0);
		const shortestS = Math.min(...large.map(({ maxWaitS }) => maxWaitS));
		const received = `${large.length} circuits whose turns take ${turnsS} s, of which one may wait ${shortestS} s`;
		return [{ setting: 'maxWaitS', phase, expected, received, todo }];
	}
	const neededVA = claims.reduce((total, claim) => total + claim.neededVA * shareOfTime(claim), 0);
	if (neededVA <= roomVA) return [];
	const expected = `turns that together need at most the ${roomVA} VA that phase ${phase} has to give`;
	const received = `${claims.length} circuits whose turns need ${Math.ceil(neededVA)} VA on average`;
	return [{ setting: 'maxWaitS', phase, expected, received, todo }];
}

import { defaultSettings, type SheddingSettings } from './settings.ts';

/** A circuit as its configuration says it. */
export interface ConfiguredCircuit {
	readonly id: string;
	readonly phase: number;
	readonly powerW: number;
	readonly minOnS?: number | undefined;
	readonly maxWaitS?: number | undefined;
}

/** A longest wait that can't be met, even if nothing else in the house drew. */
export interface WaitFault {
	/** The circuit that never fits; absent where they are too many together. */
	readonly id?: string;
	readonly phase: number;
	readonly expected: string;
	readonly received: string;
	readonly todo: string;
}

/**
 * The longest waits that can't be met: a circuit that never fits under its phase's limit, or circuits so many that their
 * turns take longer than the longest wait of one of them.
 * @param limitVA each phase's limit, VA; a phase without one is not judged
 */
export function waitFaults(
	circuits: readonly ConfiguredCircuit[],
	limitVA: ReadonlyMap<number, number>,
	given: Partial<SheddingSettings> = {},
): WaitFault[] {
	const settings = { ...defaultSettings, ...given };
	return [...limitVA].flatMap(([phase, limit]) => {
		const own = circuits.filter((circuit) => circuit.phase === phase);
		const roomVA = Math.floor(limit * settings.restoreBelow);
		const alone = own.flatMap((circuit) => tooStrong(circuit, roomVA, settings));
		return alone.length > 0 ? alone : tooMany(own, phase, roomVA, settings);
	});
}

function tooStrong({ id, phase, powerW }: ConfiguredCircuit, roomVA: number, settings: SheddingSettings): WaitFault[] {
	const neededVA = Math.ceil(powerW * settings.powerMargin);
	if (neededVA <= roomVA) return [];
	const expected = `at most the ${roomVA} VA that phase ${phase} has to give`;
	const received = `${powerW} W, which needs ${neededVA} VA`;
	return [{ id, phase, expected, received, todo: 'lower its power, or put it on a phase with a higher limit' }];
}

/**
 * In each round, a longest wait and a turn long, each has one turn, its minimum time on and what the change takes: the energy
 * of all turns must fit under the limit.
 */
function tooMany(
	circuits: readonly ConfiguredCircuit[],
	phase: number,
	roomVA: number,
	settings: SheddingSettings,
): WaitFault[] {
	const neededVA = circuits.reduce((total, { powerW, minOnS, maxWaitS }) => {
		const turnS = (minOnS ?? settings.minOnS) + 2 * settings.responseS;
		return total + (powerW * settings.powerMargin * turnS) / (turnS + (maxWaitS ?? settings.maxWaitS));
	}, 0);
	if (neededVA <= roomVA) return [];
	const expected = `turns that together need at most the ${roomVA} VA that phase ${phase} has to give`;
	const received = `${circuits.length} circuits whose turns need ${Math.ceil(neededVA)} VA on average`;
	return [{ phase, expected, received, todo: 'raise maxWaitS, or move circuits to another phase' }];
}

import { type SheddingState, type WaitFault, waitFaults } from '@pilotwire/shedding';

/** Tells once of each longest wait that can't be met under the limit that the meter says. */
export class WaitWatch {
	#judged = '';
	readonly #told = new Set<string>();

	/** @returns what is new since the last call */
	news({ phases, circuits, settings }: SheddingState): WaitFault[] {
		const limits = new Map([...phases.values()].map(({ phase, limitVA }) => [phase, limitVA]));
		const known = [...circuits.values()].map(({ id, phase, powerVA, minOnMs, minOffMs, maxWaitMs }) => {
			const times = { minOnS: minOnMs / 1000, minOffS: minOffMs / 1000, maxWaitS: maxWaitMs / 1000 };
			return { id, phase, powerW: powerVA, ...times };
		});
		const judged = JSON.stringify([...limits, ...known]);
		if (judged === this.#judged) return [];
		this.#judged = judged;
		const faults = waitFaults(known, limits, settings);
		const fresh = faults.filter((fault) => !this.#told.has(keyOf(fault)));
		this.#told.clear();
		for (const fault of faults) this.#told.add(keyOf(fault));
		return fresh;
	}
}

const keyOf = ({ id, phase, setting }: WaitFault): string => `${setting} ${id ?? `phase ${phase}`}`;

import type { Circuits, Decision, Moment } from '@pilotwire/circuit';
import { type BoardState, type CircuitState, type Phase, topics } from '@pilotwire/contract';
import { type Bus, instantOf } from '@pilotwire/runtime';
import type { BoardKeeper } from './board-keeper.ts';
import type { Outputs } from './outputs.ts';
import type { Radiator } from './radiator.ts';

/** A board where nothing changes says so this often. Milliseconds. */
const BOARD_AGAIN_MS = 60_000;

/** What a reporter reads from, and whom it tells. */
export interface ReporterParts {
	readonly bus: Bus;
	readonly circuits: Circuits<Radiator>;
	readonly outputs: Outputs;
	readonly busName: string;
	readonly phaseOf: (address: number) => Phase;
}

/** Publishes what is in force on each wire and how each board does, on every change and only then. */
export class Reporter {
	readonly #parts: ReporterParts;
	readonly #boardsSaid = new Map<string, { readonly text: string; readonly atMs: number }>();

	constructor(parts: ReporterParts) {
		this.#parts = parts;
	}

	/** Somebody cleared what was said of a board: it is said again with the next report. */
	forgetBoard(id: string): void {
		this.#boardsSaid.delete(id);
	}

	/** Publishes what has changed. What is on its way to a board is said when it stands there, or failed to. */
	report(decision: Decision, now: Moment): void {
		const { circuits, outputs } = this.#parts;
		for (const radiator of circuits.all) {
			const keeper = outputs.keeperOf(radiator);
			if (!keeper.pending) this.#circuit(radiator, keeper, decision, now);
		}
		for (const keeper of outputs.keepers) this.#board(keeper, now);
	}

	#circuit(radiator: Radiator, keeper: BoardKeeper, decision: Decision, now: Moment): void {
		const { bus, circuits } = this.#parts;
		const { id, wire } = radiator;
		const common = circuits.report(radiator, decision, now);
		if (common === undefined) return;
		const state: Omit<CircuitState, 'at'> = { ...common, kind: 'radiator', board: keeper.id, wire };
		if (!circuits.isNews(id, state)) return;
		bus.publish(topics.circuit, { circuit: id }, { at: instantOf(now.wallMs), ...state });
	}

	#board(keeper: BoardKeeper, { monotonicMs, wallMs }: Moment): void {
		const { bus, busName, phaseOf } = this.#parts;
		const state: Omit<BoardState, 'at' | 'readBackAt'> = {
			bus: busName,
			address: keeper.address,
			phase: phaseOf(keeper.address),
			reachable: keeper.reachable,
			resets: keeper.resets,
			drifts: keeper.drifts,
			failures: keeper.failures,
			...keeper.trouble(),
		};
		const text = JSON.stringify(state);
		const said = this.#boardsSaid.get(keeper.id);
		if (said?.text === text && monotonicMs - said.atMs < BOARD_AGAIN_MS) return;
		this.#boardsSaid.set(keeper.id, { text, atMs: monotonicMs });
		const readBack = keeper.readBackAtMs === undefined ? {} : { readBackAt: instantOf(keeper.readBackAtMs) };
		bus.publish(topics.board, { board: keeper.id }, { at: instantOf(wallMs), ...state, ...readBack });
	}
}

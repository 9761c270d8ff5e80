import type { Win } from '@pilotwire/circuit';
import { type BoardState, type CircuitState, type Order, type Phase, topics } from '@pilotwire/contract';
import { type Bus, type Clock, instantOf } from '@pilotwire/runtime';
import type { BoardKeeper } from './board-keeper.ts';
import type { Decision } from './decider.ts';
import type { Learning } from './learning.ts';
import type { Outputs } from './outputs.ts';
import type { Radiator } from './radiator.ts';
import type { Wishes } from './wishes.ts';

/** A board where nothing changes says so this often. Milliseconds. */
const BOARD_AGAIN_MS = 60_000;

/** What a reporter reads from, and whom it tells. */
export interface ReporterParts {
	readonly bus: Bus;
	readonly clock: Clock;
	readonly busName: string;
	readonly outputs: Outputs;
	readonly learning: Learning;
	readonly wishes: Wishes;
	readonly phaseOf: (address: number) => Phase;
	/** The order in force on a radiator's wire has changed. */
	inForceChanged(radiator: Radiator, from: Order, to: Order): void;
}

/** Publishes what is in force on each wire and how each board does, on every change and only then. */
export class Reporter {
	readonly #parts: ReporterParts;
	readonly #radiators: readonly Radiator[];
	readonly #inForce = new Map<string, { readonly order: Order; readonly sinceMs: number }>();
	readonly #said = new Map<string, string>();
	readonly #boardsSaidMs = new Map<string, number>();
	/** Radiators whose state from before a restart may still come from the broker, and must not be overwritten. */
	readonly #withheld: Set<string>;

	constructor(radiators: readonly Radiator[], parts: ReporterParts) {
		this.#parts = parts;
		this.#radiators = radiators;
		this.#withheld = new Set(radiators.map(({ id }) => id));
	}

	/** Whether nothing has been published about this radiator, nor asked of it, since the start. */
	withholds(id: string): boolean {
		return this.#withheld.has(id);
	}

	/** From now on this radiator's state (or everyone's) is published. */
	release(id?: string): void {
		if (id === undefined) this.#withheld.clear();
		else this.#withheld.delete(id);
	}

	/** Somebody cleared what was said of a circuit or a board: it is said again with the next report. */
	forget(what: 'circuit' | 'board', id: string): void {
		this.#said.delete(`${what} ${id}`);
	}

	/** Publishes what has changed. What is on its way to a board is said when it stands there, or failed to. */
	report(decision: Decision): void {
		for (const radiator of this.#radiators) {
			const win = decision.wins.get(radiator.id);
			const keeper = this.#parts.outputs.keeperOf(radiator);
			if (win !== undefined && !keeper.pending) this.#circuit(radiator, keeper, decision, win);
		}
		for (const keeper of this.#parts.outputs.keepers) this.#board(keeper);
	}

	#circuit(radiator: Radiator, keeper: BoardKeeper, { control }: Decision, win: Win): void {
		const { bus, clock, learning, wishes } = this.#parts;
		const { id, name, phase, powerW, priority, wire } = radiator;
		const since = this.#follow(radiator, keeper.inForce(wire));
		const override = wishes.overrideOf(id, clock.wallMs());
		const learnedPowerW = learning.learnedPowerW(id);
		const problem = keeper.problem(wire);
		const state: Omit<CircuitState, 'at'> = {
			owner: bus.service,
			name,
			kind: 'radiator',
			phase,
			powerW,
			...(learnedPowerW === undefined ? {} : { learnedPowerW }),
			priority,
			wanted: win.wanted,
			inForce: since.order,
			reason: keeper.reachable ? win.reason : 'unreachable',
			since: instantOf(since.sinceMs),
			programme: wishes.programmeOf(id, clock.wallMs()),
			...(override === undefined ? {} : { override: overrideText(override) }),
			control,
			board: keeper.id,
			wire,
			...(problem === undefined ? {} : { problem }),
		};
		if (this.#withheld.has(id) || !this.#news(`circuit ${id}`, state)) return;
		bus.publish(topics.circuit, { circuit: id }, { at: instantOf(clock.wallMs()), ...state });
	}

	#follow(radiator: Radiator, order: Order): { readonly order: Order; readonly sinceMs: number } {
		const known = this.#inForce.get(radiator.id);
		if (known?.order === order) return known;
		const since = { order, sinceMs: this.#parts.clock.wallMs() };
		this.#inForce.set(radiator.id, since);
		if (known !== undefined) this.#parts.inForceChanged(radiator, known.order, order);
		return since;
	}

	#board(keeper: BoardKeeper): void {
		const { bus, busName, clock, phaseOf } = this.#parts;
		const problem = keeper.problem();
		const state: Omit<BoardState, 'at' | 'readBackAt'> = {
			bus: busName,
			address: keeper.address,
			phase: phaseOf(keeper.address),
			reachable: keeper.reachable,
			resets: keeper.resets,
			drifts: keeper.drifts,
			failures: keeper.failures,
			...(problem === undefined ? {} : { problem }),
		};
		const nowMs = clock.monotonicMs();
		const quiet = nowMs - (this.#boardsSaidMs.get(keeper.id) ?? 0) < BOARD_AGAIN_MS;
		if (!this.#news(`board ${keeper.id}`, state) && quiet) return;
		this.#boardsSaidMs.set(keeper.id, nowMs);
		const readBack = keeper.readBackAtMs === undefined ? {} : { readBackAt: instantOf(keeper.readBackAtMs) };
		bus.publish(topics.board, { board: keeper.id }, { at: instantOf(clock.wallMs()), ...state, ...readBack });
	}

	#news(what: string, state: object): boolean {
		const text = JSON.stringify(state);
		if (this.#said.get(what) === text) return false;
		this.#said.set(what, text);
		return true;
	}
}

function overrideText({ order, untilMs }: { order: Order; untilMs?: number | undefined }) {
	return untilMs === undefined ? { order } : { order, until: instantOf(untilMs) };
}

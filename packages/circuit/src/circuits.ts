/** All circuits of one actuator: what is asked of them, learned, decided and said about them. */
import type { Circuit } from './circuit.ts';
import { type ControlSettings, Decider, type Decision } from './decider.ts';
import { FrostGuard, type GuardedRoom } from './frost-guard.ts';
import {
	type ForeignCircuit,
	Learning,
	type LearningMemory,
	type LearningSettings,
	type PhaseLoads,
} from './learning.ts';
import type { ShedSet } from './lease.ts';
import type { Moment } from './moment.ts';
import { type Order, orderLevel } from './order.ts';
import { OwnPast } from './own-past.ts';
import { type CircuitReport, Reports } from './reports.ts';
import type { Trouble } from './trouble.ts';
import { type Command, type DatedOrder, Wishes } from './wishes.ts';

/** The outputs of an actuator, as its decisions see them. */
export interface CircuitOutputs<C extends Circuit> {
	/** The order last confirmed; undefined while the output has never answered. */
	confirmed(circuit: C): Order | undefined;
	/** The order that is reported: comfort where nobody knows, since it may draw. */
	inForce(circuit: C): Order;
	/** Whether the output answers. */
	reachable(circuit: C): boolean;
	/** What is wrong with it. */
	trouble(circuit: C): Trouble | undefined;
}

/** What an actuator is, beside its circuits. */
export interface CircuitsSettings extends ControlSettings, LearningSettings {
	/** The service's name on the bus. */
	readonly owner: string;
	readonly rooms: readonly GuardedRoom[];
}

/** A state on the bus, as far as an actuator reads it. */
export interface HeardState extends ForeignCircuit {
	readonly owner: string;
	/** When it was published, ISO 8601. */
	readonly at: string;
	readonly override?: DatedOrder | undefined;
}

/** A probe's state, as far as an actuator reads it. */
export interface HeardProbe {
	readonly room?: string | undefined;
	/** °C; undefined while it has no right figure. */
	readonly temperatureC?: number | undefined;
	/** When it was true, ISO 8601. */
	readonly at: string;
}

/** What an actuator hears about a circuit's state: nothing new, something to decide on, or a leaving to clear. */
export type StateVerdict = 'nothing' | 'decide' | 'clear';

/** The order lets a circuit draw whatever it asks for: comfort, at whatever number of degrees. */
export const warms = (order: Order): boolean => orderLevel(order) >= orderLevel('comfort_-2');

/** All circuits of one actuator. What it hears goes in, decisions and states come out; it touches nothing. */
export class Circuits<C extends Circuit> {
	readonly all: readonly C[];
	readonly wishes: Wishes;
	readonly learning: Learning<C>;
	readonly #byId: ReadonlyMap<string, C>;
	readonly #settings: CircuitsSettings;
	readonly #outputs: CircuitOutputs<C>;
	readonly #decider: Decider<C>;
	readonly #reports: Reports;
	readonly #guard: FrostGuard;
	readonly #past: OwnPast;
	#written: { readonly learned: LearningMemory; readonly guard: string };

	constructor(circuits: readonly C[], outputs: CircuitOutputs<C>, settings: CircuitsSettings) {
		this.all = circuits;
		this.#byId = new Map(circuits.map((circuit) => [circuit.id, circuit]));
		this.#settings = settings;
		this.#outputs = outputs;
		this.wishes = new Wishes(circuits);
		this.learning = new Learning(circuits, settings);
		this.#decider = new Decider(circuits, this.wishes, settings);
		this.#reports = new Reports(settings.owner, circuits);
		this.#guard = new FrostGuard(settings.rooms);
		this.#past = new OwnPast(circuits.map(({ id }) => id));
		this.#written = { learned: this.learning.memory(), guard: JSON.stringify(this.#guard.memory()) };
	}

	/** Takes a shed set. */
	hearShedSet(set: ShedSet, retained: boolean, arrivedMs: number): void {
		this.#decider.shed(set, retained, arrivedMs);
	}

	/** Takes a command for a circuit or `all`; answers a sentence for each that was refused. */
	hearCommand(target: string, command: Command, now: Moment): { id: string; refusal: string }[] {
		const refused: { id: string; refusal: string }[] = [];
		for (const { id } of this.all) {
			if (id !== target && target !== 'all') continue;
			const refusal = this.wishes.command(id, command, now);
			if (refusal === undefined) this.#reports.release(id);
			else refused.push({ id, refusal });
		}
		return refused;
	}

	/** Takes a load that arrived live. */
	hearLoad(meter: string, load: PhaseLoads, arrivedMs: number): void {
		this.learning.load(meter, load, arrivedMs, (circuit) => warms(this.#outputs.inForce(circuit)));
	}

	/** Takes what a probe says; a copy that the broker kept is as old as it says. */
	hearProbe(id: string, state: HeardProbe, retained: boolean, now: Moment): void {
		const { room, temperatureC, at } = state;
		const ageMs = retained ? Math.max(0, now.wallMs - Date.parse(at)) : 0;
		this.#guard.probe(id, { room, temperatureC, atMs: now.monotonicMs - ageMs });
	}

	/** A probe's state was cleared. */
	forgetProbe(id: string): void {
		this.#guard.probe(id, undefined);
	}

	/**
	 * Takes a state of any circuit on the bus. Its own, retained from an earlier life, gives the override back; what this
	 * installation left there and has no longer is to be cleared; those of others are allowed for.
	 */
	hearState(id: string, state: HeardState, retained: boolean, now: Moment): StateVerdict {
		if (this.#byId.has(id)) {
			if (!retained || state.owner !== this.#settings.owner || !this.#reports.withholds(id)) return 'nothing';
			this.wishes.restore(id, state, now);
			this.#reports.release(id);
			return 'decide';
		}
		if (retained && state.owner === this.#settings.owner && this.#past.takeLeftOver(id)) return 'clear';
		this.learning.other(id, state);
		return 'nothing';
	}

	/** A circuit's state was cleared: its own is said again (who never hears of a circuit can't shed it). */
	hearCleared(id: string): void {
		this.learning.other(id, undefined);
		this.#reports.forget(id);
	}

	/** From now on all states are published. */
	release(): void {
		this.#reports.release();
	}

	/** What each output shall carry now. */
	decide(now: Moment): Decision {
		return this.#decider.decide(this.#situation(now));
	}

	/** What to leave standing when nobody will decide any more. */
	last(now: Moment): Decision {
		return this.#decider.last(this.#situation(now));
	}

	/** The state of a circuit under a decision; what changed on its output since the last call is learned from. */
	report(circuit: C, decision: Decision, now: Moment): CircuitReport | undefined {
		const win = decision.wins.get(circuit.id);
		if (win === undefined) return undefined;
		const { id } = circuit;
		const inForce = this.#outputs.inForce(circuit);
		const change = this.#reports.follow(id, inForce, now.wallMs);
		if (change !== undefined) {
			this.learning.changed(circuit, warms(change.from), warms(change.to), now.monotonicMs);
		}
		const facts = {
			win,
			control: decision.control,
			inForce,
			reachable: this.#outputs.reachable(circuit),
			learnedPowerW: this.learning.learnedPowerW(id),
			programme: this.wishes.programmeOf(id, now),
			override: this.wishes.overrideOf(id, now),
			trouble: this.#outputs.trouble(circuit) ?? this.learning.trouble(circuit),
		};
		return this.#reports.report(circuit, facts, now.wallMs);
	}

	/** Whether a state says anything new; afterwards it counts as said. */
	isNews(id: string, state: object): boolean {
		return this.#reports.isNews(id, state);
	}

	/** What survives a restart, to be written; `isWorthWriting` counts from here. */
	memory(): Record<string, unknown> {
		const learned = this.learning.memory();
		this.#written = { learned, guard: JSON.stringify(this.#guard.memory()) };
		return { ...learned, circuits: this.#past.memory(), guard: this.#guard.memory() };
	}

	/** Whether so much has changed since `memory` that a power cut before the next regular writing would cost something. */
	isWorthWriting(): boolean {
		const { learned, guard } = this.#written;
		return this.learning.hasMovedSince(learned) || JSON.stringify(this.#guard.memory()) !== guard;
	}

	/** Takes back what `memory` gave; anything else is left out. Answers whether the circuits are others than then. */
	recall(memory: unknown): boolean {
		const { circuits: former, guard } = (memory ?? {}) as { circuits?: unknown; guard?: unknown };
		this.learning.recall(memory);
		this.#guard.recall(guard);
		this.#past.recall(former);
		this.#written = { learned: this.learning.memory(), guard: JSON.stringify(this.#guard.memory()) };
		return JSON.stringify(former) !== JSON.stringify(this.#past.memory());
	}

	#situation({ monotonicMs, wallMs }: Moment) {
		return {
			nowMs: monotonicMs,
			wallMs,
			confirmed: (circuit: C) => this.#outputs.confirmed(circuit),
			reachable: (circuit: C) => this.#outputs.reachable(circuit),
			powerW: (circuit: C) => this.learning.powerW(circuit),
			budgetVA: (phase: number) => this.learning.budgetVA(phase),
			guard: (circuit: C) => this.#guard.order(circuit.room, monotonicMs),
			temperatureC: (circuit: C) => this.#guard.temperatureC(circuit.room, monotonicMs),
		};
	}
}

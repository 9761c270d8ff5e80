import { randomBytes } from 'node:crypto';
import { type CircuitState, type CommissioningState, type LoadState, type Order, topics } from '@pilotwire/contract';
import { type Arrival, type Bus, remoteMethod, type ServiceContext, serveRpc } from '@pilotwire/runtime';
import type { CircuitEvent, SheddingEvent } from '@pilotwire/shedding';
import * as z from 'zod';
import { commissioningImpossible, commissioningOver } from '../errors.ts';
import type { PhaseLoad, TrialCircuit } from './circuit.ts';
import { beginRun, stepRun, trialOrders } from './run.ts';
import type { RunEvent, RunState } from './state.ts';
import { commissioningView } from './view.ts';

/** What a commissioner needs of the load-shedder. */
export interface CommissionerParts {
	readonly context: ServiceContext;
	readonly bus: Bus;
	/** Id of the meter that is watched. */
	readonly meter: string;
	/** Whether the lease lives, without which no order is asked for. */
	readonly leads: () => boolean;
	/** The circuit as the decision hears it. */
	readonly eventOf: (id: string) => CircuitEvent | undefined;
	/** Other orders are asked for, or circuits are to be decided on as they stand now. */
	readonly changed: (events: readonly SheddingEvent[]) => void;
}

/** Figures that follow from whole amperes, or from one figure for three phases, are this coarse, VA. */
const COARSE_VA = 230;
const FINE_VA = 10;
/** A finer figure comes with each frame; changes that it alone says are seldom. Milliseconds. */
const FINE_FOR_MS = 60_000;

const circuitIds = z.array(z.string().max(64)).max(1_000);
const leaseSeconds = z.number().min(5).max(3_600);

/**
 * Runs commissioning by remote calls, and says on `commissioning/state` how it goes. The load-shedder does it, since it
 * hears the meter and all circuits of every actuator, and admits what raises the load; what it asks for goes with its
 * lease, so that nothing of a run outlives it.
 */
export class Commissioner {
	readonly #parts: CommissionerParts;
	readonly #states = new Map<string, CircuitState>();
	readonly #phases = new Map<number, PhaseLoad>();
	readonly #phaseAt = new Map<number, string>();
	#run: { readonly id: string; readonly leaseMs: number | undefined } | undefined;
	#state: RunState | undefined;
	#keptMs = 0;
	#fineMs = Number.NEGATIVE_INFINITY;
	#orders: Readonly<Record<string, Order>> = {};
	#said = '';

	constructor(parts: CommissionerParts) {
		this.#parts = parts;
	}

	/** Answers calls, and hears what a run needs. */
	start(): void {
		const { bus, meter } = this.#parts;
		serveRpc(bus, {
			/** Begins a run over these circuits, or all; with `leaseS` it ends unless it is kept that often. */
			commission: remoteMethod(
				z.strictObject({ circuits: circuitIds.optional(), leaseS: leaseSeconds.optional() }),
				({ circuits, leaseS }) => this.#begin(circuits, leaseS),
			),
			keepCommissioning: remoteMethod(z.strictObject({ run: z.string() }), ({ run }) => this.#keep(run)),
			stopCommissioning: remoteMethod(z.strictObject({ run: z.string() }), ({ run }) => this.#stop(run)),
		});
		bus.on(
			topics.circuit,
			{},
			(state, { circuit }) => {
				this.#states.set(circuit, state);
				this.#hear({ kind: 'circuit', circuit: this.#circuit(circuit, state) });
			},
			({ circuit }) => {
				this.#states.delete(circuit);
				this.#hear({ kind: 'gone', id: circuit });
			},
		);
		bus.on(topics.load, { meter }, (load, _, arrival) => this.#hearLoad(load, arrival));
		bus.on(topics.commissioning, {}, (state) => this.#leftBehind(state));
	}

	/** Once a second; the run ends with the lease. */
	tick(): void {
		const { leads, context } = this.#parts;
		if (this.#state === undefined || this.#state.ended !== undefined) return;
		const leaseMs = this.#run?.leaseMs;
		if (!leads()) this.#hear({ kind: 'stop', why: 'the load-shedder hears no load from the meter' });
		else if (leaseMs !== undefined && context.clock.monotonicMs() - this.#keptMs > leaseMs)
			this.#hear({ kind: 'stop', why: 'whoever began it went away' });
		else this.#hear({ kind: 'tick' });
	}

	/** The service stops. */
	stop(): void {
		this.#hear({ kind: 'stop', why: 'the load-shedder stopped' });
	}

	/** What it asks for of each circuit: goes into the shed set. */
	get orders(): Readonly<Record<string, Order>> {
		return this.#orders;
	}

	/** While a run switches them, radiators need no minimum times; what has its own keeps them. */
	eased(event: CircuitEvent): CircuitEvent {
		if (!this.#isRunning || this.#states.get(event.id)?.kind !== 'radiator') return event;
		return { ...event, minOnS: event.minOnS ?? 0, minOffS: event.minOffS ?? 0 };
	}

	get #isRunning(): boolean {
		return this.#state !== undefined && this.#state.ended === undefined;
	}

	#begin(ids: readonly string[] | undefined, leaseS: number | undefined): Record<string, unknown> {
		const { context, leads } = this.#parts;
		if (this.#isRunning) {
			const stop = `pilotwire call load-shedder stopCommissioning '{"run":"${this.#run?.id}"}'`;
			const action = `Wait for its end (commissioning/state tells how far it is), or stop it: ${stop}`;
			throw commissioningImpossible('one commissioning run at a time', 'another run under way', action);
		}
		if (!leads()) {
			const action = 'Check shedder.enabled and the meter: pilotwire up shows whether loads are heard.';
			throw commissioningImpossible('a load-shedder that hears the meter', 'none that sheds now', action);
		}
		const known = [...this.#states.keys()];
		const unknown = (ids ?? []).filter((id) => !known.includes(id));
		if (unknown.length > 0 || known.length === 0) {
			const received = unknown.length > 0 ? unknown.join(', ') : 'a house without circuits';
			const action = 'Correct the ids: they are those of radiators and switches in the configuration.';
			throw commissioningImpossible(`circuits out of ${known.sort().join(', ')}`, received, action);
		}
		const nowMs = context.clock.monotonicMs();
		const circuits = [...this.#states].map(([id, state]) => this.#circuit(id, state));
		this.#run = { id: randomBytes(6).toString('hex'), leaseMs: leaseS === undefined ? undefined : leaseS * 1000 };
		this.#keptMs = nowMs;
		let state = beginRun(circuits, ids === undefined || ids.length === 0 ? known : ids, this.#phases, nowMs);
		for (const circuit of circuits) state = stepRun(state, { kind: 'circuit', circuit }, nowMs);
		this.#take(state);
		const seconds = (ms: number): number => Math.round((ms - nowMs) / 1000);
		const { expectedEndMs, latestEndMs, targets } = state;
		const lengths = { expectedS: seconds(expectedEndMs), atMostS: seconds(latestEndMs) };
		return { run: this.#run.id, total: targets.length, ...lengths };
	}

	#keep(run: string): Record<string, unknown> {
		if (!this.#isRunning || this.#run?.id !== run) throw commissioningOver(run);
		this.#keptMs = this.#parts.context.clock.monotonicMs();
		return { run };
	}

	#stop(run: string): Record<string, unknown> {
		if (!this.#isRunning || this.#run?.id !== run) throw commissioningOver(run);
		this.#hear({ kind: 'stop', why: 'it was stopped' });
		return { run };
	}

	#hear(event: RunEvent): void {
		if (this.#state === undefined || !this.#isRunning) return;
		this.#take(stepRun(this.#state, event, this.#parts.context.clock.monotonicMs()));
	}

	/** Asks for what the state means, where that is something else, and says it. */
	#take(state: RunState): void {
		const wasRunning = this.#isRunning;
		this.#state = state;
		const orders = trialOrders(state);
		const isOther = JSON.stringify(orders) !== JSON.stringify(this.#orders);
		this.#orders = orders;
		// Minimum times are others from now on: the decision hears of every circuit again.
		const events = wasRunning === this.#isRunning ? [] : this.#allEvents();
		if (isOther || events.length > 0) this.#parts.changed(events);
		this.#say(state);
	}

	#allEvents(): SheddingEvent[] {
		const events = [...this.#states.keys()].map((id) => this.#parts.eventOf(id));
		return events.filter((event) => event !== undefined);
	}

	#say(state: RunState): void {
		const { clock } = this.#parts.context;
		const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
		const view = commissioningView(this.#run?.id ?? '', state, now);
		const text = JSON.stringify({ ...view, at: '', startedAt: '', expectedEnd: '', latestEnd: '' });
		if (text === this.#said) return;
		this.#said = text;
		this.#parts.bus.publish(topics.commissioning, {}, view);
	}

	/** A run of an earlier life: what it asked for ended with that life's lease. */
	#leftBehind(state: CommissioningState): void {
		if (state.state !== 'running' || state.run === this.#run?.id) return;
		const { current: _, ...rest } = state;
		const why = 'the load-shedder was started again meanwhile';
		this.#parts.bus.publish(topics.commissioning, {}, { ...rest, state: 'stopped', why });
	}

	#hearLoad(load: LoadState, { retained, arrivedMs }: Arrival): void {
		if (retained) return;
		for (const { phase, at, apparentPowerVA, limitVA, label } of load.phases) {
			if (this.#phaseAt.get(phase) === at || !(limitVA > 0)) continue;
			this.#phaseAt.set(phase, at);
			// In a house of one phase the reader keeps the finer PAPP while the whole amperes of IINST stay the same.
			if (label === 'PAPP' && load.phases.length === 1) this.#fineMs = arrivedMs;
			const isFine = /^SINST/.test(label) || arrivedMs - this.#fineMs < FINE_FOR_MS;
			const heard = { phase, limitVA, loadVA: apparentPowerVA, stepVA: isFine ? FINE_VA : COARSE_VA, atMs: arrivedMs };
			this.#phases.set(phase, heard);
			this.#hear({ kind: 'load', load: heard });
		}
	}

	#circuit(id: string, state: CircuitState): TrialCircuit {
		const { name, kind, phase, powerW, board, wire, inForce, reason, minOnS, minOffS, override } = state;
		return {
			...{ id, name, kind, phase, powerVA: powerW, board, wire, inForce },
			reachable: reason !== 'unreachable',
			controllable: state.controllable ?? true,
			frostGuard: state.frostGuard ?? false,
			byHand: JSON.stringify(override ?? null),
			minOnS: minOnS ?? 0,
			minOffS: minOffS ?? 0,
			roomC: this.#parts.eventOf(id)?.roomC,
		};
	}
}

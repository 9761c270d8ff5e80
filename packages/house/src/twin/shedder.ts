import type { Order } from '@pilotwire/circuit';
import {
	type BreakerEvent,
	type CircuitEvent,
	decide,
	emptyState,
	type SheddingEvent,
	type SheddingSettings,
	type SheddingState,
	shedSet,
} from '@pilotwire/shedding';
import type { Controller, TwinCircuit, Verdict } from './controller.ts';

export interface ShedderOptions {
	readonly settings?: Partial<SheddingSettings>;
	/** Each room has a probe, which says tenths of a degree. */
	readonly probes?: boolean;
	/** Whether a Linky's filter opens the breaker. */
	readonly linky?: boolean;
}

/** This project's shedder, as the load-shedder runs it: `decide` on every load, every circuit's news and every second. */
export class ShedderController implements Controller {
	readonly verdict: Verdict;
	readonly #circuits: readonly TwinCircuit[];
	readonly #index: ReadonlyMap<string, number>;
	readonly #settings: Partial<SheddingSettings>;
	readonly #news: (CircuitEvent | undefined)[];
	readonly #breakers: readonly BreakerEvent[];
	readonly #probes: boolean;
	#state: SheddingState;

	constructor(circuits: readonly TwinCircuit[], options: ShedderOptions = {}) {
		const { settings = {}, probes = false, linky = true } = options;
		this.#circuits = circuits;
		this.#news = new Array<CircuitEvent | undefined>(circuits.length).fill(undefined);
		this.#breakers = [...new Set(circuits.map(({ phase }) => phase))].map((phase) => ({
			kind: 'breaker',
			phase,
			linky,
		}));
		this.#probes = probes;
		this.#index = new Map(circuits.map(({ id }, index) => [id, index]));
		this.#settings = settings;
		this.#state = this.#fresh(0);
		this.verdict = {
			shed: new Uint8Array(circuits.length),
			admitted: new Array<Order | undefined>(circuits.length).fill(undefined),
			shedOrder: 'off',
		};
	}

	load(phase: number, apparentPowerVA: number, limitVA: number, _amps: number, nowMs: number): boolean {
		return this.#decide({ kind: 'load', phase, apparentPowerVA, limitVA }, nowMs);
	}

	tick(nowMs: number): boolean {
		return this.#decide(TICK, nowMs);
	}

	circuit(index: number, wanted: Order, inForce: Order, nowMs: number): boolean {
		const circuit = this.#circuits[index] as TwinCircuit;
		const known = this.#news[index] ?? { kind: 'circuit', ...circuit, wanted, inForce, controllable: true };
		const news = { ...known, wanted, inForce };
		this.#news[index] = news;
		this.#decide(news, nowMs);
		return this.#renew();
	}

	room(index: number, temperatureC: number, nowMs: number): boolean {
		const known = this.#news[index];
		const roomC = Math.round(temperatureC * 10) / 10;
		if (!this.#probes || known === undefined || known.roomC === roomC) return false;
		const news = { ...known, roomC };
		this.#news[index] = news;
		return this.#decide(news, nowMs);
	}

	/** A new life: it hears what is retained, the circuits, again. */
	restart(nowMs: number): void {
		this.#state = this.#fresh(nowMs);
		for (const news of this.#news) if (news !== undefined) this.#decide(news, nowMs);
		this.#renew();
	}

	#fresh(nowMs: number): SheddingState {
		return this.#breakers.reduce((state, event) => decide(state, event, nowMs).state, emptyState(this.#settings));
	}

	/** Every change of the set shows in an action, but for what follows a circuit's own news. */
	#decide(event: SheddingEvent, nowMs: number): boolean {
		const { state, actions } = decide(this.#state, event, nowMs);
		this.#state = state;
		if (actions.length === 0) return false;
		return this.#renew();
	}

	#renew(): boolean {
		const { shed, admitted } = this.verdict;
		const set = shedSet(this.#state);
		shed.fill(0);
		admitted.fill(undefined);
		for (const id of set.shed) shed[this.#index.get(id) as number] = 1;
		for (const [id, order] of Object.entries(set.admitted)) admitted[this.#index.get(id) as number] = order;
		return true;
	}
}

const TICK: SheddingEvent = { kind: 'tick' };

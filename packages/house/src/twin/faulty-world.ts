import {
	blindBudgetVA,
	type FallbackCircuit,
	followControl,
	type Lease,
	NO_FALLBACK,
	NO_LEASE,
	type Order,
	raises,
	receiveShedSet,
	runFallback,
	type ShedSet,
	UncontrolledLoad,
	viewLease,
	whoWins,
} from '@pilotwire/circuit';
import type { House } from '../house.ts';
import { createRandom } from '../random.ts';
import type { TwinActuator } from './actuator.ts';
import type { Controller, TwinCircuit } from './controller.ts';
import type { Faults } from './faults.ts';
import { Mail } from './mail.ts';

const STREAM = 7;
/** As the services are configured by default, s. */
const LEASE_S = 6;
const SILENCE_S = 10;
const READ_BACK_S = 5;
const NEWS_AGAIN_S = 10;
/** What may have changed unheard is looked at this often, s. */
const LOOK_AGAIN_S = 5;
/** Over this time all that chop draw together at least once: what is left then is the rest of the house, s. */
const LEARN_S = 300;

interface LoadNews {
	readonly phase: number;
	readonly va: number;
	readonly limitVA: number;
	readonly amps: number;
}

interface Learned {
	readonly load: UncontrolledLoad;
	limitVA: number;
	highestVA: number;
	sinceS: number;
}

/**
 * Meter, shedder and actuator as separate parties that can fail and whose messages can: the shedder leads while it hears
 * every phase, the actuator obeys a lease and runs the fallback without one, boards are read back.
 */
export class FaultyWorld {
	readonly #house: House;
	readonly #controller: Controller;
	readonly #actuator: TwinActuator;
	readonly #circuits: readonly TwinCircuit[];
	readonly #faults: Faults;
	readonly #loads: Mail<LoadNews>;
	readonly #sets: Mail<ShedSet>;
	readonly #news: Mail<number>;
	readonly #heardS = new Map<number, number>();
	readonly #learned = new Map<number, Learned>();
	readonly #reportedWanted: (Order | undefined)[];
	readonly #reportedInForce: (Order | undefined)[];
	#control = '';
	#obeyed = '';
	#lease: Lease = NO_LEASE;
	#fallback = NO_FALLBACK;
	#session = 0;
	#sequence = 0;
	#leads = false;
	#jumpedMs = 0;

	constructor(
		house: House,
		controller: Controller,
		actuator: TwinActuator,
		circuits: readonly TwinCircuit[],
		faults: Faults,
		seed: number,
	) {
		const random = createRandom(seed, STREAM);
		this.#house = house;
		this.#controller = controller;
		this.#actuator = actuator;
		this.#circuits = circuits;
		this.#faults = faults;
		this.#loads = new Mail(faults, random, (news) => this.#hearLoad(news));
		this.#sets = new Mail(faults, random, (set) => this.#hearSet(set));
		this.#news = new Mail(faults, random, (index) => this.#hearNews(index));
		this.#reportedWanted = circuits.map(() => undefined);
		this.#reportedInForce = circuits.map(() => undefined);
	}

	/** What the meter says. */
	load(phase: number, va: number, limitVA: number, amps: number): void {
		const nowS = this.#nowS;
		if (this.#faults.at('meter_silent', nowS) !== undefined) return;
		// Refused by the meter-reader: no household draws so much.
		if (this.#faults.at('meter_absurd', nowS) !== undefined) return;
		this.#loads.post({ phase, va, limitVA, amps }, this.#house.elapsedMs);
	}

	/** The rest of a second, after the house's step. */
	second(): void {
		const { elapsedMs } = this.#house;
		const nowS = this.#nowS;
		this.#jumpedMs += (this.#faults.now('clock_jump', nowS)?.amount ?? 0) * 1000;
		this.#breakBoards(nowS);
		this.#loads.arrive(elapsedMs);
		this.#news.arrive(elapsedMs);
		if (this.#faults.now('shedder_restart', nowS) !== undefined) this.#restart();
		if (!this.#isHung) this.#shedderSecond();
		this.#sets.arrive(elapsedMs);
		if (nowS % LOOK_AGAIN_S === 0 || viewLease(this.#lease, this.#clockMs).control !== this.#control) this.#act();
		for (let index = 0; index < this.#circuits.length; index++) this.#report(index, nowS % NEWS_AGAIN_S === 0);
	}

	get #nowS(): number {
		return this.#house.elapsedMs / 1000;
	}

	/** What shedder and actuator take for now, ms. */
	get #clockMs(): number {
		return this.#house.elapsedMs + this.#jumpedMs;
	}

	get #isHung(): boolean {
		return this.#faults.at('shedder_hung', this.#nowS) !== undefined;
	}

	#hearLoad({ phase, va, limitVA, amps }: LoadNews): void {
		this.#learn(phase, va, limitVA);
		if (this.#isHung) return;
		this.#heardS.set(phase, this.#clockMs / 1000);
		if (this.#controller.load(phase, va, limitVA, amps, this.#clockMs) && this.#mayLead()) this.#postSet(LEASE_S);
	}

	#shedderSecond(): void {
		this.#controller.tick(this.#clockMs);
		if (this.#mayLead()) this.#postSet(LEASE_S);
		else if (this.#leads) {
			this.#postSet(0);
			this.#leads = false;
		}
	}

	#restart(): void {
		this.#session++;
		this.#heardS.clear();
		this.#leads = false;
		this.#controller.restart?.(this.#clockMs);
	}

	/** Whether each phase with circuits was heard lately. */
	#mayLead(): boolean {
		const oldestS = this.#clockMs / 1000 - SILENCE_S;
		return this.#circuits.every(({ phase }) => (this.#heardS.get(phase) ?? Number.NEGATIVE_INFINITY) >= oldestS);
	}

	#postSet(leaseS: number): void {
		const { shed, admitted } = this.#controller.verdict;
		const ids = this.#circuits.filter((_, index) => shed[index] === 1).map(({ id }) => id);
		const orders: Record<string, Order> = {};
		for (const [index, order] of admitted.entries()) {
			if (order !== undefined) orders[(this.#circuits[index] as TwinCircuit).id] = order;
		}
		this.#leads = true;
		const set = { session: `${this.#session}`, sequence: this.#sequence++, leaseS, shed: ids, admitted: orders };
		this.#sets.post(set, this.#house.elapsedMs);
	}

	#hearSet(set: ShedSet): void {
		this.#lease = receiveShedSet(this.#lease, set, false, this.#clockMs).lease;
		const said = JSON.stringify([set.leaseS, set.shed, set.admitted]);
		if (said !== this.#obeyed) this.#act();
		this.#obeyed = said;
	}

	#act(): void {
		const view = viewLease(this.#lease, this.#clockMs);
		this.#control = view.control;
		const { inForce, wanted } = this.#actuator;
		const reachable = this.#circuits.flatMap((circuit, index): FallbackCircuit[] =>
			this.#isSilent(index) ? [] : [{ ...circuit, wanted: wanted[index] as Order, inForce: inForce[index] as Order }],
		);
		let orders = new Map<string, Order>();
		if (view.control === 'fallback') {
			const step = runFallback(this.#fallback, this.#clockMs, reachable, this.#budgets());
			this.#fallback = step.state;
			orders = new Map([...step.orders].map(([id, { order }]) => [id, order]));
		} else this.#fallback = followControl(this.#fallback, this.#clockMs, reachable);
		for (const [index, { id }] of this.#circuits.entries()) {
			const { target } = whoWins({
				nowMs: 0,
				programme: wanted[index] as Order,
				control: view.control,
				shed: view.shed.has(id),
				shedOrder: this.#controller.verdict.shedOrder,
				admitted: view.admitted.get(id),
				fallbackOrder: orders.get(id),
				inForce: inForce[index] as Order,
			});
			this.#put(index, target);
		}
	}

	#put(index: number, target: Order): void {
		this.#actuator.put(index, target, this.#isSilent(index), this.#isDeaf(index));
	}

	#isDeaf(index: number): boolean {
		return this.#faults.at('radiator_deaf', this.#nowS, index) !== undefined;
	}

	#isSilent(index: number): boolean {
		const board = this.#house.description.radiators[index]?.board ?? 0;
		const nowS = this.#nowS;
		if (this.#faults.at('plug_silent', nowS, index) !== undefined) return true;
		return (['board_silent', 'board_unpowered'] as const).some(
			(kind) => this.#faults.at(kind, nowS, board) !== undefined,
		);
	}

	/** A chip without power or after a reset drives nothing; whoever reads back sets it again. */
	#breakBoards(nowS: number): void {
		const reset = this.#faults.now('board_reset', nowS)?.which;
		const isReadBack = nowS % READ_BACK_S === 0;
		if (reset === undefined && !isReadBack) return;
		for (const [index, { board }] of this.#house.description.radiators.entries()) {
			const isUnpowered = this.#faults.at('board_unpowered', nowS, board) !== undefined;
			if (reset === board || isUnpowered) this.#actuator.forget(index);
			else if (!this.#isSilent(index) && !this.#isDeaf(index)) this.#actuator.rewrite(index);
		}
	}

	#report(index: number, again: boolean): void {
		const wanted = this.#actuator.wanted[index];
		const inForce = this.#actuator.inForce[index];
		if (!again && wanted === this.#reportedWanted[index] && inForce === this.#reportedInForce[index]) return;
		this.#reportedWanted[index] = wanted;
		this.#reportedInForce[index] = inForce;
		this.#news.post(index, this.#house.elapsedMs);
	}

	#hearNews(index: number): void {
		if (this.#isHung) return;
		const { wanted, inForce } = this.#actuator;
		this.#controller.circuit(index, wanted[index] as Order, inForce[index] as Order, this.#clockMs);
	}

	#learn(phase: number, va: number, limitVA: number): void {
		const nowS = this.#nowS;
		const known = this.#learned.get(phase);
		const learned = known ?? { load: new UncontrolledLoad(), limitVA, highestVA: 0, sinceS: nowS };
		if (known === undefined) this.#learned.set(phase, learned);
		let restVA = va;
		for (const [index, circuit] of this.#circuits.entries()) {
			if (circuit.phase === phase && raises('frost_protection', this.#actuator.inForce[index] as Order)) {
				restVA -= circuit.powerW;
			}
		}
		learned.limitVA = limitVA;
		if (nowS - learned.sinceS > LEARN_S) Object.assign(learned, { highestVA: restVA, sinceS: nowS });
		learned.highestVA = Math.max(learned.highestVA, restVA);
		learned.load.add(learned.highestVA, 0, this.#clockMs);
	}

	/** What the fallback may give away: less what boards that don't answer may draw. */
	#budgets(): Map<number, number> {
		const budgets = new Map<number, number>();
		for (const [index, { phase, powerW }] of this.#circuits.entries()) {
			const learned = this.#learned.get(phase);
			const wholeVA = budgets.get(phase) ?? blindBudgetVA(learned?.limitVA ?? 0, learned?.load);
			budgets.set(phase, this.#isSilent(index) ? Math.max(0, wholeVA - powerW) : wholeVA);
		}
		return budgets;
	}
}

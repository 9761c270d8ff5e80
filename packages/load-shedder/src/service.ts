import { randomBytes } from 'node:crypto';
import { type CircuitState, type LoadState, type ShedderState, topics } from '@pilotwire/contract';
import { type Arrival, type Bus, instantOf, type Service, type ServiceContext } from '@pilotwire/runtime';
import { type Action, decide, emptyState, type SheddingEvent, type SheddingState, shedSet } from '@pilotwire/shedding';
import { type LoadShedderConfig, sheddingSettings } from './config.ts';
import { TripWatch } from './trip-watch.ts';
import { type Moment, shedderView } from './view.ts';

/** The lease is renewed, and the state published, this often. Milliseconds. */
const TICK_MS = 1_000;

/** Load -> which circuits wait. Decides on every load that arrives; actuators carry it out while the lease lives. */
export class LoadShedder implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: LoadShedderConfig;
	readonly #session = randomBytes(8).toString('hex');
	readonly #trips = new TripWatch();
	readonly #phaseAt = new Map<number, string>();
	readonly #heardMs = new Map<number, number>();
	#state: SheddingState;
	#sequence = 0;
	#published = '';
	#leads = false;

	constructor(context: ServiceContext, bus: Bus, config: LoadShedderConfig) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#state = emptyState(sheddingSettings(config));
	}

	async start(): Promise<void> {
		const { meter } = this.#config;
		this.#bus.on(topics.load, { meter }, (load, _, arrival) => this.#hearLoad(load, arrival));
		this.#bus.on(
			topics.circuit,
			{},
			(state, { circuit }) => this.#hearCircuit(circuit, state),
			({ circuit }) => this.#decide({ kind: 'circuit_removed', id: circuit }),
		);
		// What an earlier life left there holds no longer.
		if (!this.#config.enabled) this.#bus.clear(topics.shed, {});
		this.#context.clock.every(TICK_MS, () => this.#tick());
		this.#bus.start();
	}

	/** Gives control up at once, so that no actuator waits for the lease to end. */
	async stop(): Promise<void> {
		if (this.#leads) this.#publishSet(0);
		this.#leads = false;
		await this.#bus.stop();
	}

	#hearLoad(load: LoadState, { retained, arrivedMs }: Arrival): void {
		// A stored load may be of any age: only what arrives live counts.
		if (retained) return;
		for (const { phase, at, apparentPowerVA, limitVA, alert } of load.phases) {
			// A share of nothing says nothing.
			if (this.#phaseAt.get(phase) === at || !(limitVA > 0)) continue;
			this.#phaseAt.set(phase, at);
			this.#heardMs.set(phase, arrivedMs);
			this.#trips.hear(phase, apparentPowerVA / limitVA, arrivedMs);
			this.#decide({ kind: 'load', phase, apparentPowerVA, limitVA, sureOver: alert });
		}
	}

	#hearCircuit(id: string, state: CircuitState): void {
		const { phase, powerW, learnedPowerW, priority, wanted, inForce } = state;
		const learned = learnedPowerW === undefined ? {} : { learnedPowerW };
		this.#decide({ kind: 'circuit', id, phase, powerW, ...learned, priority, wanted, inForce, controllable: true });
	}

	#decide(event: SheddingEvent): void {
		const { state, actions } = decide(this.#state, event, this.#context.clock.monotonicMs());
		this.#state = state;
		// The set first: it is what a radiator waits for.
		const news = !this.#leads || JSON.stringify(shedSet(state)) !== this.#published;
		if (news && this.#mayLead()) this.#publishSet(this.#config.leaseS);
		// A socket writes once this turn of the event loop ends: what people read is told in a later one.
		if (actions.length > 0) {
			const wallMs = this.#context.clock.wallMs();
			this.#context.clock.after(0, () => {
				for (const action of actions) this.#tell(action, wallMs);
			});
		}
	}

	#tick(): void {
		this.#decide({ kind: 'tick' });
		if (this.#mayLead()) this.#publishSet(this.#config.leaseS);
		else if (this.#leads) this.#giveUp();
		this.#bus.publish(topics.shedder, {}, shedderView(this.#state, this.#trips, this.#mode(), this.#now()));
	}

	/** Whether the meter is heard, on each phase that has circuits: a decision on half of what it says is none. */
	#mayLead(): boolean {
		return this.#config.enabled && this.#isHeard() && this.#unheard().length === 0;
	}

	#isHeard(phase?: number): boolean {
		const oldest = this.#context.clock.monotonicMs() - this.#config.silenceS * 1000;
		if (phase !== undefined) return (this.#heardMs.get(phase) ?? Number.NEGATIVE_INFINITY) >= oldest;
		return [...this.#heardMs.values()].some((at) => at >= oldest);
	}

	/** Phases with circuits of which the meter says nothing. */
	#unheard(): number[] {
		const phases = new Set([...this.#state.circuits.values()].map(({ phase }) => phase));
		return [...phases].filter((phase) => !this.#isHeard(phase)).sort();
	}

	#giveUp(): void {
		this.#publishSet(0);
		this.#leads = false;
		const { silenceS } = this.#config;
		const which = this.#isHeard() ? `of phase ${this.#unheard().join(' and ')} ` : '';
		this.#context.log.warn({}, `no load ${which}from the meter for ${silenceS} s: actuators run their fallback`);
	}

	#publishSet(leaseS: number): void {
		const set = shedSet(this.#state);
		this.#leads = true;
		this.#published = JSON.stringify(set);
		const at = instantOf(this.#context.clock.wallMs());
		this.#bus.publish(
			topics.shed,
			{},
			{
				at,
				session: this.#session,
				sequence: this.#sequence++,
				leaseS,
				shed: [...set.shed],
				admitted: { ...set.admitted },
			},
		);
	}

	#tell(action: Action, wallMs: number): void {
		const { kind, phase, id, figures, sentence } = action;
		this.#context.log.info({ kind, phase, circuit: id, ...figures }, sentence);
		this.#bus.publish(
			topics.shedderEvent,
			{},
			{
				at: instantOf(wallMs),
				kind,
				phase: phase as 1 | 2 | 3,
				...(id === undefined ? {} : { circuit: id }),
				why: sentence,
				figures: { ...figures },
			},
		);
	}

	#mode(): ShedderState['mode'] {
		if (!this.#config.enabled) return 'disabled';
		return this.#mayLead() ? 'shedding' : 'waiting_for_meter';
	}

	#now(): Moment {
		const { clock } = this.#context;
		return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
	}
}

import { randomBytes } from 'node:crypto';
import {
	type LoadState,
	pauseOf,
	type ShedderEvent,
	type ShedderSet,
	type ShedderState,
	type ShedState,
	topics,
} from '@pilotwire/contract';
import { type Arrival, type Bus, instantOf, type Service, type ServiceContext } from '@pilotwire/runtime';
import { type Action, decide, emptyState, type SheddingEvent, type SheddingState, shedSet } from '@pilotwire/shedding';
import { breakerFacts } from './breaker-facts.ts';
import { CircuitNews } from './circuit-news.ts';
import { Commissioner } from './commissioning/commissioner.ts';
import { type LoadShedderConfig, sheddingSettings } from './config.ts';
import { Pause } from './pause.ts';
import { shedderMetrics } from './shedder-metrics.ts';
import { type Moment, shedderView } from './view.ts';
import { WaitWatch } from './wait-watch.ts';

/** The lease is renewed, and the state published, this often. Milliseconds. */
const TICK_MS = 1_000;
/** A branch breaker is rated in amperes: the lowest voltage that the grid may have, V. */
const LOWEST_V = 207;

/** Why a pause begins or ends. */
type PauseFacts = Required<Pick<ShedderEvent, 'reason'>> & Partial<Pick<ShedderEvent, 'phase' | 'figures'>>;

/** Load -> which circuits wait. Decides on every load that arrives; actuators carry it out while the lease lives. */
export class LoadShedder implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: LoadShedderConfig;
	readonly #session = randomBytes(8).toString('hex');
	readonly #news = new CircuitNews();
	readonly #waits = new WaitWatch();
	readonly #pause = new Pause();
	readonly #commissioner: Commissioner;
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
		this.#commissioner = new Commissioner({
			...{ context, bus, meter: config.meter },
			leads: () => this.#mayLead(),
			eventOf: (id) => this.#news.known(id),
			changed: (events) => {
				for (const event of events) this.#decide(event);
				this.#decide({ kind: 'tick' });
			},
		});
	}

	async start(): Promise<void> {
		const { meter } = this.#config;
		this.#bus.on(topics.load, { meter }, (load, _, arrival) => this.#hearLoad(load, arrival));
		this.#bus.on(
			topics.circuit,
			{},
			(state, { circuit }) => this.#decide(this.#news.circuit(circuit, state)),
			({ circuit }) => {
				this.#news.circuitGone(circuit);
				this.#decide({ kind: 'circuit_removed', id: circuit });
			},
		);
		const decideAll = (events: readonly SheddingEvent[]): void => {
			for (const event of events) this.#decide(event);
		};
		this.#bus.on(
			topics.probe,
			{},
			(state, { probe }, { retained }) => decideAll(this.#news.probe(probe, state, retained, this.#now())),
			({ probe }) => decideAll(this.#news.probeGone(probe)),
		);
		// A stored reading may be of any day: its maximum bounds nothing.
		this.#bus.on(topics.reading, { meter }, (reading, _, { retained }) => {
			if (!retained) decideAll(breakerFacts(reading, this.#config.breaker));
		});
		this.#bus.on(topics.shedderSet, {}, (command) => this.#hearCommand(command));
		this.#commissioner.start();
		// What an earlier life left there holds no longer.
		if (!this.#config.enabled) this.#bus.clear(topics.shed, {});
		this.#context.measure(shedderMetrics(() => shedderView(this.#state, this.#mode(), this.#now())));
		this.#context.clock.every(TICK_MS, () => this.#tick());
		this.#bus.start();
	}

	/** Gives control up at once, so that no actuator waits for the lease to end. */
	async stop(): Promise<void> {
		this.#commissioner.stop();
		if (this.#leads) this.#publishSet(0);
		this.#leads = false;
		await this.#bus.stop();
	}

	#hearLoad(load: LoadState, { retained, arrivedMs }: Arrival): void {
		// A stored load may be of any age: only what arrives live counts.
		if (retained) return;
		const { branchBreakerA } = this.#config;
		const branchVA = branchBreakerA === undefined ? undefined : branchBreakerA * LOWEST_V;
		for (const { phase, at, apparentPowerVA, limitVA, alert } of load.phases) {
			// A share of nothing says nothing.
			if (this.#phaseAt.get(phase) === at || !(limitVA > 0)) continue;
			this.#phaseAt.set(phase, at);
			this.#heardMs.set(phase, arrivedMs);
			if (this.#pause.isBrokenBy(apparentPowerVA, limitVA, alert, branchVA)) {
				const why = `phase ${phase} carries ${apparentPowerVA} of ${limitVA} VA`;
				this.#resume(why, { reason: 'carries', phase, figures: { loadVA: apparentPowerVA, limitVA } });
			}
			this.#decide({ kind: 'load', phase, apparentPowerVA, limitVA, sureOver: alert });
		}
	}

	#hearCommand(command: ShedderSet): void {
		const seconds = pauseOf(command);
		if (seconds === undefined) {
			if (this.#pause.untilMs !== undefined) this.#resume('it was asked for', { reason: 'asked' });
			return;
		}
		this.#pause.begin(seconds, this.#context.clock.monotonicMs());
		this.#decide({ kind: 'paused' });
		const text = `Load shedding is paused for at most ${Math.round(seconds / 60)} minutes: it was asked for.`;
		this.#say('paused', text, { reason: 'asked', figures: { pauseS: seconds } });
	}

	#resume(why: string, facts: PauseFacts): void {
		this.#pause.end();
		this.#decide({ kind: 'resumed' });
		this.#say('resumed', `The pause of load shedding is over: ${why}.`, facts);
	}

	/** Tells of a pause, at once: screens and switches follow it. */
	#say(kind: 'paused' | 'resumed', why: string, facts: PauseFacts): void {
		const now = this.#now();
		this.#context.log.info({ kind }, why);
		this.#bus.publish(topics.shedderEvent, {}, { at: instantOf(now.wallMs), kind, why, figures: {}, ...facts });
		this.#publishState();
	}

	#publishState(): void {
		const { untilMs } = this.#pause;
		this.#bus.publish(topics.shedder, {}, shedderView(this.#state, this.#mode(), this.#now(), untilMs));
	}

	#decide(news: SheddingEvent): void {
		const event = news.kind === 'circuit' ? this.#commissioner.eased(news) : news;
		const { state, actions } = decide(this.#state, event, this.#context.clock.monotonicMs());
		this.#state = state;
		// The set first: it is what a radiator waits for.
		const set = this.#set();
		const text = JSON.stringify(set);
		if ((!this.#leads || text !== this.#published) && this.#mayLead()) this.#publishSet(this.#config.leaseS, set, text);
		// A socket writes once this turn of the event loop ends: what people read is told in a later one.
		if (actions.length > 0) {
			const wallMs = this.#context.clock.wallMs();
			this.#context.clock.after(0, () => {
				for (const action of actions) this.#tell(action, wallMs);
			});
		}
	}

	#tick(): void {
		const nowMs = this.#context.clock.monotonicMs();
		for (const event of this.#news.expired(nowMs)) this.#decide(event);
		if (this.#pause.isOver(nowMs)) this.#resume('its time has come', { reason: 'time_over' });
		this.#decide({ kind: 'tick' });
		this.#commissioner.tick();
		if (this.#mayLead()) this.#publishSet(this.#config.leaseS);
		else if (this.#leads) this.#giveUp();
		for (const { id, phase, expected, received, todo } of this.#waits.news(this.#state)) {
			const whose = id ?? `phase ${phase}`;
			this.#context.log.warn({ phase, circuit: id }, `${whose}: expected ${expected}, got ${received}: ${todo}`);
		}
		this.#publishState();
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

	/** Who waits, what may rise, and what commissioning asks for. */
	#set(): Omit<ShedState, 'at' | 'session' | 'sequence' | 'leaseS'> {
		const { shed, admitted } = shedSet(this.#state);
		const trial = this.#commissioner.orders;
		return {
			shed: [...shed],
			admitted: { ...admitted },
			...(Object.keys(trial).length === 0 ? {} : { trial: { ...trial } }),
		};
	}

	/** `text`: the set as `#decide` compares it. */
	#publishSet(leaseS: number, set = this.#set(), text = JSON.stringify(set)): void {
		this.#leads = true;
		this.#published = text;
		const at = instantOf(this.#context.clock.wallMs());
		this.#bus.publish(
			topics.shed,
			{},
			{
				at,
				session: this.#session,
				sequence: this.#sequence++,
				leaseS,
				...set,
			},
		);
	}

	#tell(action: Action, wallMs: number): void {
		const { kind, phase, id, forId, reason, figures, sentence } = action;
		this.#context.log.info({ kind, phase, circuit: id, ...figures }, sentence);
		this.#bus.publish(
			topics.shedderEvent,
			{},
			{
				at: instantOf(wallMs),
				kind,
				phase: phase as 1 | 2 | 3,
				...(id === undefined ? {} : { circuit: id }),
				reason,
				...(forId === undefined ? {} : { for: forId }),
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

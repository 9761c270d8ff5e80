import type {
	BoardState,
	CircuitState,
	LinkState,
	LoadState,
	ProbeState,
	ServiceStatus,
	ShedderState,
	TelemetryState,
} from '@pilotwire/contract';
import type { Happening, Moment } from './alert.ts';

/** So many of a kind are listened to: no house has more, and a foreign client may invent any number. */
const MOST_OF_A_KIND = 200;
/** A house draws no less than this while its breaker is closed. VA. */
const NOTHING_VA = 50;
/** Load of the moment in which the breaker opened may still be on its way. Milliseconds. */
const STILL_COMING_MS = 2_000;
/** Where nobody is at home it may draw less, but not nothing, VA, nor for a moment only, ms. */
const LITTLE_VA = 10;
const LASTING_MS = 600_000;

/** An opening of the breaker, as telemetry tells it. */
type Opening = NonNullable<NonNullable<TelemetryState['blackBox']>['opening']>;

/** What the bus has said last, of all that can be wrong. */
export class Facts {
	readonly links = new Map<string, LinkState>();
	readonly boards = new Map<string, BoardState>();
	readonly probes = new Map<string, ProbeState>();
	readonly circuits = new Map<string, CircuitState>();
	/** Whether each is there, and since when, monotonic ms. */
	readonly services = new Map<string, { readonly status: ServiceStatus; readonly sinceMs: number }>();
	telemetry: TelemetryState | undefined;
	/** The newest that came live, and when (monotonic ms). */
	shedder: { readonly state: ShedderState; readonly atMs: number } | undefined;
	/** By phase: since when more is drawn than its limit and no peak is being let pass, monotonic ms. */
	readonly overSince = new Map<number, number>();
	/** Breakers that are open, by meter. */
	readonly open = new Map<string, Opening>();
	/** When something was last drawn, by meter; ms since 1970. */
	readonly drawnMs = new Map<string, number>();
	/** Since when no more than a little is drawn, by meter; monotonic ms. */
	readonly #littleSinceMs = new Map<string, number>();
	/** Since when the bus is there, or away; monotonic ms. */
	connection: { readonly isUp: boolean; readonly sinceMs: number };
	#lastOpening: string | undefined;
	#happened: Happening[] = [];

	/** @param lastOpening when the last opening was that people were told of, as it was said */
	constructor(nowMs: number, lastOpening?: string) {
		this.connection = { isUp: false, sinceMs: nowMs };
		this.#lastOpening = lastOpening;
	}

	get lastOpening(): string | undefined {
		return this.#lastOpening;
	}

	/** The bus comes or goes. What was said before may no longer hold: it is said anew. */
	connected(isUp: boolean, nowMs: number): void {
		this.connection = { isUp, sinceMs: nowMs };
		this.shedder = undefined;
		this.overSince.clear();
	}

	/** Takes one thing's state, within the bound. */
	hear<State>(all: Map<string, State>, id: string, state: State): void {
		if (all.has(id) || all.size < MOST_OF_A_KIND) all.set(id, state);
	}

	/** What was said before and is said again, as after each connection, holds since it was said first. */
	hearService(service: string, status: ServiceStatus, nowMs: number): void {
		if (this.services.get(service)?.status !== status) this.hear(this.services, service, { status, sinceMs: nowMs });
	}

	hearShedder(state: ShedderState, atMs: number): void {
		this.shedder = { state, atMs };
		for (const { phase, headroomVA, restoreState } of state.phases) {
			if (headroomVA >= 0 || restoreState === 'passing') this.overSince.delete(phase);
			else if (!this.overSince.has(phase)) this.overSince.set(phase, atMs);
		}
	}

	/** A live load: a breaker before it is closed where anything is drawn. */
	hearLoad(meter: string, { phases }: LoadState, { monotonicMs, wallMs }: Moment): void {
		const mostVA = Math.max(0, ...phases.map(({ apparentPowerVA }) => apparentPowerVA));
		if (!this.#isDrawn(meter, mostVA, monotonicMs)) return;
		this.hear(this.drawnMs, meter, wallMs);
		this.open.delete(meter);
	}

	#isDrawn(meter: string, loadVA: number, nowMs: number): boolean {
		if (loadVA < LITTLE_VA || loadVA > NOTHING_VA) {
			this.#littleSinceMs.delete(meter);
			return loadVA > NOTHING_VA;
		}
		const sinceMs = this.#littleSinceMs.get(meter) ?? nowMs;
		this.hear(this.#littleSinceMs, meter, sinceMs);
		return nowMs - sinceMs >= LASTING_MS;
	}

	hearTelemetry(state: TelemetryState): void {
		this.telemetry = state;
		const opening = state.blackBox?.opening;
		if (opening === undefined || opening.at === this.#lastOpening) return;
		this.#lastOpening = opening.at;
		const sinceMs = Date.parse(opening.at);
		const { cause, meter } = opening;
		if (cause === 'power_lost' || meter === undefined) {
			// The machine runs again, or it could not say so.
			this.#happened.push({ kind: 'power_lost', subject: 'house', sinceMs, untilMs: sinceMs });
			return;
		}
		const drawnMs = this.drawnMs.get(meter);
		if (drawnMs !== undefined && drawnMs > sinceMs + STILL_COMING_MS) {
			this.#happened.push({ kind: 'breaker_opened', subject: meter, detail: cause, sinceMs, untilMs: drawnMs });
		} else this.hear(this.open, meter, opening);
	}

	/** What was wrong and is over, each told once. */
	takeHappened(): Happening[] {
		return this.#happened.splice(0);
	}
}

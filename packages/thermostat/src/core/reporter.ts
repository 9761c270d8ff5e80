import { type Order, type ProbeState, type ThermostatState, topics } from '@pilotwire/contract';
import { type Bus, type Clock, instantOf } from '@pilotwire/runtime';
import type { Probe } from './probe.ts';
import type { Thermostat } from './thermostat.ts';

/** A figure that moved less is not said again. K, percent, hPa. */
const WORTH = 0.05;
/** A probe is heard from this often though nothing moves: the time of its last reading is shown. Milliseconds. */
const PROBE_AGAIN_MS = 60_000;
/** What circuits are told holds so long, and is said again this often: losing this service ends it. Milliseconds. */
const ORDER_HOLDS_MS = 300_000;
const ORDER_AGAIN_MS = 120_000;

/** What circuits were told ends by the wall clock: where that steps by more, it is said again. Milliseconds. */
const STEP_MS = 5_000;

/** Publishes what changed, and what must not be forgotten. */
export class Reporter {
	readonly #clock: Clock;
	readonly #bus: Bus;
	readonly #probes: ReadonlyMap<string, Probe>;
	readonly #thermostats: ReadonlyMap<string, Thermostat>;
	readonly #saidProbes = new Map<string, { readonly state: ProbeState; readonly ms: number }>();
	readonly #saidThermostats = new Map<string, string>();
	readonly #saidOrders = new Map<string, { readonly order: Order; readonly ms: number }>();
	/** How far the wall clock is ahead of the monotonic one. Milliseconds. */
	#offsetMs: number;

	constructor(
		clock: Clock,
		bus: Bus,
		probes: ReadonlyMap<string, Probe>,
		thermostats: ReadonlyMap<string, Thermostat>,
	) {
		this.#clock = clock;
		this.#bus = bus;
		this.#probes = probes;
		this.#thermostats = thermostats;
		this.#offsetMs = clock.wallMs() - clock.monotonicMs();
	}

	/** Says what has changed. */
	report(): void {
		const offsetMs = this.#clock.wallMs() - this.#clock.monotonicMs();
		if (Math.abs(offsetMs - this.#offsetMs) >= STEP_MS) this.#saidOrders.clear();
		this.#offsetMs = offsetMs;
		for (const probe of this.#probes.values()) {
			const said = this.#saidProbes.get(probe.config.id);
			const state = this.#probeState(probe);
			const ageMs = this.#clock.monotonicMs() - (said?.ms ?? 0);
			const again = ageMs >= PROBE_AGAIN_MS && state.measuredAt !== said?.state.measuredAt;
			if (said === undefined || again || moved(said.state, state)) this.#publishProbe(probe, state);
		}
		for (const thermostat of this.#thermostats.values()) {
			this.#reportThermostat(thermostat);
			for (const [circuit, order] of thermostat.orders()) this.#order(circuit, order, thermostat);
		}
	}

	/** Says how a probe is, changed or not. */
	sayProbe(probe: Probe): void {
		this.#publishProbe(probe, this.#probeState(probe));
	}

	/** Takes back what circuits were told. */
	leave(): void {
		for (const circuit of this.#saidOrders.keys()) this.#bus.clear(topics.programme, { circuit });
	}

	#probeState(probe: Probe): ProbeState {
		const nowMs = this.#clock.monotonicMs();
		const measured = probe.measuredMs;
		return {
			at: instantOf(this.#clock.wallMs()),
			...(measured === undefined ? {} : { measuredAt: this.#wallOf(measured) }),
			...probe.state(nowMs),
		};
	}

	#publishProbe(probe: Probe, state: ProbeState): void {
		this.#saidProbes.set(probe.config.id, { state, ms: this.#clock.monotonicMs() });
		this.#bus.publish(topics.probe, { probe: probe.config.id }, state);
	}

	#reportThermostat(thermostat: Thermostat): void {
		const { id, probe } = thermostat.config;
		const [wallMs, nowMs] = [this.#clock.wallMs(), this.#clock.monotonicMs()];
		const state = thermostat.state({ wallMs, monotonicMs: nowMs });
		const reads = this.#probes.get(probe);
		const temperatureC = reads?.temperatureC(nowMs);
		const tenth = temperatureC === undefined ? undefined : Math.round(temperatureC * 10) / 10;
		const problem = temperatureC === undefined ? reads?.state(nowMs).problem : undefined;
		const said = JSON.stringify([state, tenth, problem, thermostat.sinceMs]);
		if (this.#saidThermostats.get(id) === said) return;
		this.#saidThermostats.set(id, said);
		const whole: ThermostatState = {
			at: instantOf(wallMs),
			...state,
			...(tenth === undefined ? {} : { temperatureC: tenth }),
			since: this.#wallOf(thermostat.sinceMs),
			...(problem === undefined ? {} : { problem }),
		};
		this.#bus.publish(topics.thermostat, { thermostat: id }, whole);
	}

	#order(circuit: string, order: Order, { config }: Thermostat): void {
		const nowMs = this.#clock.monotonicMs();
		const said = this.#saidOrders.get(circuit);
		if (said?.order === order && nowMs - said.ms < ORDER_AGAIN_MS) return;
		this.#saidOrders.set(circuit, { order, ms: nowMs });
		const wallMs = this.#clock.wallMs();
		this.#bus.publish(
			topics.programme,
			{ circuit },
			{
				at: instantOf(wallMs),
				order,
				until: instantOf(wallMs + ORDER_HOLDS_MS),
				why: 'thermostat',
				thermostat: config.id,
			},
		);
	}

	#wallOf(monotonicMs: number): string {
		return instantOf(this.#clock.wallMs() - (this.#clock.monotonicMs() - monotonicMs));
	}
}

/** Whether a reader would see another figure or word. */
function moved(before: ProbeState, now: ProbeState): boolean {
	const names = new Set([...Object.keys(before), ...Object.keys(now)] as (keyof ProbeState)[]);
	names.delete('at');
	names.delete('measuredAt');
	return [...names].some((name) => {
		const [a, b] = [before[name], now[name]];
		return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) >= WORTH : a !== b;
	});
}

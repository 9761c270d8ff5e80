import type { CircuitState, Order, TargetState, ThermostatSet, ThermostatState } from '@pilotwire/contract';
import type { ThermostatSetting } from '../config.ts';
import { atRest, type Decided, decide, type Mode, type Settings } from './control.ts';

/** What people set, kept across restarts. */
export interface Kept {
	readonly mode?: Mode;
	readonly setC?: number;
	readonly hysteresisC?: number;
	/** The programme's target that was set aside by hand. */
	readonly aside?: Aside;
}

/** A programme's target that somebody set aside: until then, milliseconds since 1970; absent: until there is another. */
interface Aside {
	readonly temperatureC: number;
	readonly untilMs?: number;
}

/** A programme's target that nobody follows up ends this long after it should have changed. Milliseconds. */
const PROGRAMME_GRACE_MS = 60_000;

interface Target {
	readonly temperatureC: number;
	/** When it changes, milliseconds since 1970. */
	readonly untilMs: number;
	/** The same by the monotonic clock: the other one may be set back by a year. */
	readonly endsMs: number;
}

interface Now {
	readonly monotonicMs: number;
	readonly wallMs: number;
}

/** One thermostat: what it goes by, and what was decided. */
export class Thermostat {
	readonly config: ThermostatSetting;
	#mode: Mode;
	#setC: number;
	#hysteresisC: number;
	/** The programme's target, until it changes or somebody sets another one by hand. */
	#programme: Target | undefined;
	#aside: Aside | undefined;
	#decided: Decided;
	#decidedMs: number;
	readonly #circuits = new Map<string, { readonly isOn: boolean; readonly waits: boolean }>();

	constructor(config: ThermostatSetting, nowMs: number) {
		this.config = config;
		this.#mode = config.mode;
		this.#setC = config.targetC;
		this.#hysteresisC = config.hysteresisC;
		this.#decided = atRest(nowMs);
		this.#decidedMs = nowMs;
	}

	/** Its circuits. */
	get circuits(): readonly string[] {
		return [this.config.heats, this.config.cools].filter((id) => id !== undefined);
	}

	/** What people set, to keep. */
	get kept(): Kept {
		const aside = this.#aside === undefined ? {} : { aside: this.#aside };
		return { mode: this.#mode, setC: this.#setC, hysteresisC: this.#hysteresisC, ...aside };
	}

	/** Takes back what was kept; what the configuration has no circuit for any more stays behind. */
	recall({ mode, setC, hysteresisC, aside }: Kept, wallMs: number): void {
		if (mode !== undefined && this.#can(mode)) this.#mode = mode;
		if (setC !== undefined) this.#setC = setC;
		if (hysteresisC !== undefined) this.#hysteresisC = hysteresisC;
		if (wallMs < (aside?.untilMs ?? Infinity)) this.#aside = aside;
	}

	/** Takes a command; answers why it was refused, or undefined where it was taken. */
	set({ mode, targetC, hysteresisC }: ThermostatSet): string | undefined {
		if (mode !== undefined && !this.#can(mode)) {
			return `expected a mode that its circuits can do (it ${this.config.heats === undefined ? 'only cools' : 'only heats'}), got ${mode}`;
		}
		this.#mode = mode ?? this.#mode;
		this.#hysteresisC = hysteresisC ?? this.#hysteresisC;
		if (targetC !== undefined) {
			this.#setC = targetC;
			// As with an override: the programme's next change ends it.
			if (this.#programme !== undefined) {
				const { temperatureC, untilMs } = this.#programme;
				this.#aside = { temperatureC, ...(untilMs === Infinity ? {} : { untilMs }) };
			}
		}
		return undefined;
	}

	/** Takes the programme's target; undefined: there is none any more. `nowMs`: monotonic clock. */
	follow(state: TargetState | undefined, nowMs: number): void {
		if (state?.temperatureC !== this.#aside?.temperatureC) this.#aside = undefined;
		if (state === undefined) {
			this.#programme = undefined;
			return;
		}
		const { temperatureC, until, at } = state;
		const untilMs = until === undefined ? Infinity : Date.parse(until);
		this.#programme = { temperatureC, untilMs, endsMs: nowMs + Math.max(untilMs - Date.parse(at), 0) };
	}

	/** Takes what an actuator says of one of its circuits. */
	hear(circuit: string, { inForce, reason, fault }: CircuitState): void {
		const waits = reason === 'shed' || reason === 'waits_for_admission' || reason === 'fallback';
		this.#circuits.set(circuit, { isOn: inForce !== 'off' && fault === undefined, waits });
	}

	/** Decides anew. `temperatureC`: undefined while its probe gives no right figure. */
	decide(temperatureC: number | undefined, now: Now): void {
		const { minOnS, minOffS, longestRunS } = this.config;
		const settings: Settings = {
			...{ mode: this.#mode, targetC: this.#targetC(now), hysteresisC: this.#hysteresisC },
			...{ minOnS, minOffS, longestRunS },
		};
		const running = this.#circuitOf(this.#decided.doing);
		const isOn = running !== undefined && (this.#circuits.get(running)?.isOn ?? true);
		const onMs = isOn ? now.monotonicMs - this.#decidedMs : 0;
		this.#decided = decide(this.#decided, settings, { nowMs: now.monotonicMs, temperatureC, onMs });
		this.#decidedMs = now.monotonicMs;
	}

	/** What each of its circuits is told. */
	orders(): ReadonlyMap<string, Order> {
		const running = this.#circuitOf(this.#decided.doing);
		return new Map(this.circuits.map((id) => [id, id === running ? 'comfort' : 'off']));
	}

	/** What the bus shows of it, but for the moments. */
	state(now: Now): Omit<ThermostatState, 'at' | 'since' | 'temperatureC' | 'problem'> {
		const { id, name = id, probe, heats, cools, minOnS, minOffS, longestRunS } = this.config;
		const running = this.#circuitOf(this.#decided.doing);
		return {
			...{ name, probe },
			...(heats === undefined ? {} : { heats }),
			...(cools === undefined ? {} : { cools }),
			...{ mode: this.#mode, targetC: this.#targetC(now), setC: this.#setC, hysteresisC: this.#hysteresisC },
			...{ minOnS, minOffS },
			...(longestRunS === undefined ? {} : { longestRunS }),
			...{ doing: this.#decided.doing, why: this.#decided.why },
			waits: running !== undefined && this.#circuits.get(running)?.waits === true,
		};
	}

	/** Whether it asks for heat or cold. */
	get runs(): boolean {
		return this.#decided.doing !== 'rest';
	}

	/** When what it does began, monotonic clock. */
	get sinceMs(): number {
		return this.#decided.sinceMs;
	}

	#targetC({ wallMs, monotonicMs }: Now): number {
		const programme = this.#programme;
		if (programme === undefined || this.#aside !== undefined) return this.#setC;
		const { untilMs, endsMs } = programme;
		const holds = wallMs < untilMs + PROGRAMME_GRACE_MS && monotonicMs < endsMs + PROGRAMME_GRACE_MS;
		return holds ? programme.temperatureC : this.#setC;
	}

	#circuitOf(doing: Decided['doing']): string | undefined {
		return doing === 'heat' ? this.config.heats : doing === 'cool' ? this.config.cools : undefined;
	}

	#can(mode: Mode): boolean {
		const heats = mode === 'heat' || mode === 'both';
		const cools = mode === 'cool' || mode === 'both';
		return !(heats && this.config.heats === undefined) && !(cools && this.config.cools === undefined);
	}
}

import { type Look, POWER_ON_C, type ProbeFault } from './one-wire.ts';

/** What people say of a probe. */
export interface Plausibility {
	/** Added to each reading: what a comparison with a good thermometer showed. K. */
	readonly offsetC: number;
	/** A reading this far from the one before is believed once the next one agrees. K. */
	readonly jumpC: number;
	/** Without a right reading for so long it is silent. Seconds. */
	readonly silentS: number;
}

/** What is believed of a probe. Moments: monotonic clock, milliseconds. */
export interface Believed {
	readonly temperatureC?: number;
	readonly humidityPercent?: number;
	readonly pressureHPa?: number;
	/** When it was last right. */
	readonly atMs: number;
}

/** Judges what a probe says, reading by reading. */
export class Judge {
	readonly #rules: Plausibility;
	#silentS: number;
	#believed: Believed | undefined;
	/** A reading that is too far from the believed one, until the next agrees with it. °C. */
	#doubtfulC: number | undefined;
	#fault: ProbeFault | undefined;
	#received = '';
	/** Since when it is waited for, where nothing was ever right. */
	#sinceMs: number;

	constructor(rules: Plausibility, nowMs: number) {
		this.#rules = rules;
		this.#silentS = rules.silentS;
		this.#sinceMs = nowMs;
	}

	/** Another rhythm, another silence. Seconds. */
	silentAfter(silentS: number): void {
		this.#silentS = silentS;
	}

	/** Takes a look. */
	take(look: Look, nowMs: number): void {
		if (!look.ok) {
			this.#fault = look.fault;
			this.#received = look.received;
			return;
		}
		const { ok: _, ...figures } = look;
		const doubt = figures.temperatureC === undefined ? undefined : this.#doubt(figures.temperatureC);
		if (doubt !== undefined) {
			this.#fault = doubt;
			this.#received = `${figures.temperatureC} °C`;
			return;
		}
		this.#fault = undefined;
		this.#doubtfulC = undefined;
		const { temperatureC } = figures;
		const calibrated = temperatureC === undefined ? {} : { temperatureC: round(temperatureC + this.#rules.offsetC) };
		this.#believed = { ...figures, ...calibrated, atMs: nowMs };
	}

	/** What is wrong now; undefined while what was believed last still holds. */
	trouble(nowMs: number): { readonly fault: ProbeFault; readonly received: string } | undefined {
		if (this.#fault !== undefined) return { fault: this.#fault, received: this.#received };
		const sinceMs = nowMs - (this.#believed?.atMs ?? this.#sinceMs);
		if (sinceMs <= this.#silentS * 1_000) return undefined;
		return { fault: 'silent', received: `nothing for ${this.#rules.silentS} s` };
	}

	/** The last right reading, however old. */
	get believed(): Believed | undefined {
		return this.#believed;
	}

	#doubt(temperatureC: number): ProbeFault | undefined {
		const { offsetC, jumpC } = this.#rules;
		const before = this.#believed?.temperatureC;
		const beforeC = before === undefined ? undefined : before - offsetC;
		const near = (other: number | undefined): boolean => other !== undefined && Math.abs(temperatureC - other) <= jumpC;
		if (near(beforeC)) return undefined;
		// Exactly this figure out of nowhere is a sensor that has just lost its supply; it may say so for ever.
		if (temperatureC === POWER_ON_C) return 'power_on';
		if (beforeC === undefined || near(this.#doubtfulC)) return undefined;
		this.#doubtfulC = temperatureC;
		return 'jump';
	}
}

const round = (celsius: number): number => Math.round(celsius * 1_000) / 1_000;

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
	/** When its temperature was last right; without one, when anything was. */
	readonly atMs: number;
}

/** What it says besides its temperature. */
type Aside = Pick<Believed, 'humidityPercent' | 'pressureHPa'>;

/** Judges what a probe says, reading by reading. */
export class Judge {
	readonly #rules: Plausibility;
	#silentS: number;
	#believed: Believed | undefined;
	/** When it last said anything besides the temperature. */
	#asideMs = Number.NEGATIVE_INFINITY;
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
		const { ok: _, temperatureC, ...aside } = look;
		if (temperatureC === undefined) this.#takeAside(aside, nowMs);
		else this.#takeTemperature(temperatureC, aside, nowMs);
	}

	#takeTemperature(temperatureC: number, aside: Aside, nowMs: number): void {
		const doubt = this.#doubt(temperatureC);
		if (doubt !== undefined) {
			this.#fault = doubt;
			this.#received = `${temperatureC} °C`;
			return;
		}
		this.#fault = undefined;
		this.#doubtfulC = undefined;
		const { humidityPercent, pressureHPa } = this.#believed ?? {};
		const before = nowMs - this.#asideMs > this.#silentS * 1_000 ? {} : { humidityPercent, pressureHPa };
		this.#noteAside(aside, nowMs);
		const calibrated = round(temperatureC + this.#rules.offsetC);
		this.#believed = { ...known(before), ...aside, temperatureC: calibrated, atMs: nowMs };
	}

	/** Some say each figure in a message of its own: that says nothing of the temperature, neither good nor bad. */
	#takeAside(aside: Aside, nowMs: number): void {
		this.#noteAside(aside, nowMs);
		const before = this.#believed;
		const isOfTemperature = this.#fault === 'jump' || this.#fault === 'power_on';
		if (!isOfTemperature) this.#fault = undefined;
		this.#believed = { ...before, ...aside, atMs: before?.temperatureC === undefined ? nowMs : before.atMs };
	}

	#noteAside(aside: Aside, nowMs: number): void {
		if (Object.keys(aside).length > 0) this.#asideMs = nowMs;
	}

	/** What is wrong now; undefined while what was believed last still holds. */
	trouble(nowMs: number): { readonly fault: ProbeFault; readonly received: string } | undefined {
		if (this.#fault !== undefined) return { fault: this.#fault, received: this.#received };
		const sinceMs = nowMs - (this.#believed?.atMs ?? this.#sinceMs);
		if (sinceMs <= this.#silentS * 1_000) return undefined;
		return { fault: 'silent', received: `nothing for ${this.#silentS} s` };
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

/** Without the figures that it doesn't give. */
function known(aside: { readonly [Name in keyof Aside]: Aside[Name] | undefined }): Aside {
	return Object.fromEntries(Object.entries(aside).filter(([, figure]) => figure !== undefined));
}

const round = (celsius: number): number => Math.round(celsius * 1_000) / 1_000;

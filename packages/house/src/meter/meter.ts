import type { MeterDescription, Period } from '../description.ts';
import { legalTime } from '../legal-time.ts';
import { isWithin } from '../water-heater.ts';

/** A highest power and when it was. */
interface Peak {
	va: number;
	atMs: number;
}

/** A mean over the last whole interval, and when that ended. */
interface Mean {
	value: number;
	atMs: number;
}

const HOUR_S = 3600;
const CURVE_MS = 30 * 60_000;
const VOLTAGE_MS = 10 * 60_000;

/** What the meter measures and counts: the state behind its frames. */
export class Meter {
	readonly description: MeterDescription;
	readonly offPeak: readonly Period[];
	/** Threshold of the alerts: ADPS, ADIRn above it. */
	readonly alertA: number;
	/** 0 base or off-peak, 1 peak. */
	tariff = 0;
	/** Means over the last whole second, a phase. */
	readonly drawnVA: Float64Array;
	readonly amps: Float64Array;
	readonly volts: Float64Array;
	injectedVA = 0;
	/** Highest power fed in, today and yesterday. */
	readonly injectedToday: Peak;
	readonly injectedYesterday: Peak;
	nowMs: number;
	/** Highest current a phase since the meter was set, and highest power today, W: an electronic meter's IMAX and PMAX. */
	readonly maxA: Float64Array;
	maxW = 0;
	/** Today's and yesterday's highest power: all phases, then each. */
	readonly today: Peak[];
	yesterday: Peak[];
	/** Mean power of the last half hours, W, latest first: drawn, and fed in. */
	readonly curve: Mean[];
	readonly injectedCurve: Mean[];
	readonly meanVolts: Mean[];
	/** In watt-seconds, so that whole watts and seconds add up exactly. */
	readonly #drawnWs: Float64Array;
	#fedInWs = 0;
	#day: number;
	#curveWs = 0;
	#injectedWs = 0;
	#curveSeconds = 0;
	readonly #voltSeconds: Float64Array;
	#voltageSeconds = 0;

	constructor(description: MeterDescription, branchA: number | undefined, startMs: number) {
		const { phases, prefKVA, tariff, kind } = description;
		const subscribedA = description.isouscA ?? (prefKVA * 1000) / phases / 200;
		this.description = description;
		this.offPeak = tariff.kind === 'peak' ? tariff.offPeak : [];
		this.alertA = kind === 'linky' || phases === 1 ? subscribedA : (branchA ?? subscribedA);
		const startWh = tariff.kind === 'peak' ? [0, 1] : [0];
		this.#drawnWs = Float64Array.from(startWh, (index) => (description.startWh[index] ?? 0) * HOUR_S);
		this.drawnVA = new Float64Array(phases);
		this.amps = new Float64Array(phases);
		this.volts = new Float64Array(phases);
		this.maxA = new Float64Array(phases);
		this.nowMs = startMs;
		this.today = Array.from({ length: phases + 1 }, () => ({ va: 0, atMs: startMs }));
		this.yesterday = Array.from({ length: phases + 1 }, () => ({ va: 0, atMs: startMs - 24 * 3_600_000 }));
		this.injectedToday = { va: 0, atMs: startMs };
		this.injectedYesterday = { va: 0, atMs: startMs - 24 * 3_600_000 };
		this.curve = emptyCurve(startMs);
		this.injectedCurve = emptyCurve(startMs);
		this.meanVolts = Array.from({ length: phases }, () => ({ value: 230, atMs: lastMark(startMs, VOLTAGE_MS) }));
		this.#voltSeconds = new Float64Array(phases);
		this.#day = legalTime(startMs).day;
	}

	/** Registers, Wh: base, or off-peak then peak. */
	get drawnWh(): Float64Array {
		return this.#drawnWs.map((ws) => ws / HOUR_S);
	}

	/** Register of what was fed in, Wh. */
	get injectedWh(): number {
		return this.#fedInWs / HOUR_S;
	}

	/** Counts energy, at every step. @param watts all phases together; below 0 the house feeds in */
	count(watts: number, dtS: number): void {
		if (watts >= 0) this.#drawnWs[this.tariff] = (this.#drawnWs[this.tariff] as number) + watts * dtS;
		else this.#fedInWs -= watts * dtS;
	}

	minute(minuteOfDay: number, day: number): void {
		if (this.offPeak.length > 0) this.tariff = isWithin(this.offPeak, minuteOfDay) ? 0 : 1;
		if (day === this.#day) return;
		this.#day = day;
		this.yesterday = this.today.map((peak) => ({ ...peak }));
		Object.assign(this.injectedYesterday, this.injectedToday);
		this.injectedToday.va = 0;
		this.maxW = 0;
		for (const peak of this.today) peak.va = 0;
	}

	/** Takes the means of the second that has just passed. @param watts all phases together, signed */
	second(nowMs: number, drawnVA: Float64Array, amps: Float64Array, volts: Float64Array, watts: number): void {
		this.nowMs = nowMs;
		let total = 0;
		for (let index = 0; index < drawnVA.length; index++) {
			const va = drawnVA[index] as number;
			const current = amps[index] as number;
			total += va;
			this.drawnVA[index] = va;
			this.amps[index] = current;
			this.volts[index] = volts[index] as number;
			this.#voltSeconds[index] = (this.#voltSeconds[index] as number) + (volts[index] as number);
			if (current > (this.maxA[index] as number)) this.maxA[index] = current;
			if (va > (this.today[index + 1] as Peak).va) this.#raise(this.today[index + 1] as Peak, va);
		}
		if (total > (this.today[0] as Peak).va) this.#raise(this.today[0] as Peak, total);
		if (watts > this.maxW) this.maxW = watts;
		this.injectedVA = watts < 0 ? -watts : 0;
		if (this.injectedVA > this.injectedToday.va) this.#raise(this.injectedToday, this.injectedVA);
		this.#curveWs += Math.max(watts, 0);
		this.#injectedWs += this.injectedVA;
		this.#curveSeconds++;
		this.#voltageSeconds++;
		if (nowMs % CURVE_MS < 1000) this.#closeCurve();
		if (nowMs % VOLTAGE_MS < 1000) this.#closeVoltage();
	}

	/** What SINSTS or PAPP says before rounding, VA. */
	get totalVA(): number {
		return this.drawnVA.reduce((sum, va) => sum + va, 0);
	}

	/** The phases (1 to 3) whose current, as the TIC rounds it, is over the alert's threshold. */
	get phasesOver(): number[] {
		return [...this.amps.keys()].filter((index) => this.#isOver(index)).map((index) => index + 1);
	}

	/** Whether any phase is over its share of PREF: STGE bit 7. */
	get isAbovePref(): boolean {
		const shareVA = (this.description.prefKVA * 1000) / this.drawnVA.length;
		return this.drawnVA.some((va) => va > shareVA);
	}

	#isOver(index: number): boolean {
		return (this.drawnVA[index] as number) > 0 && Math.round(this.amps[index] as number) > this.alertA;
	}

	#raise(peak: Peak, va: number): void {
		peak.va = va;
		peak.atMs = this.nowMs;
	}

	#closeCurve(): void {
		const atMs = lastMark(this.nowMs, CURVE_MS);
		pushMean(this.curve, this.#curveWs / this.#curveSeconds, atMs);
		pushMean(this.injectedCurve, this.#injectedWs / this.#curveSeconds, atMs);
		this.#curveWs = 0;
		this.#injectedWs = 0;
		this.#curveSeconds = 0;
	}

	#closeVoltage(): void {
		for (const [index, mean] of this.meanVolts.entries()) {
			mean.value = (this.#voltSeconds[index] as number) / this.#voltageSeconds;
			mean.atMs = lastMark(this.nowMs, VOLTAGE_MS);
		}
		this.#voltSeconds.fill(0);
		this.#voltageSeconds = 0;
	}
}

function emptyCurve(startMs: number): Mean[] {
	return [0, 1].map((age) => ({ value: 0, atMs: lastMark(startMs, CURVE_MS) - age * CURVE_MS }));
}

function pushMean(curve: Mean[], value: number, atMs: number): void {
	curve.pop();
	curve.unshift({ value, atMs });
}

function lastMark(atMs: number, everyMs: number): number {
	return atMs - (atMs % everyMs);
}

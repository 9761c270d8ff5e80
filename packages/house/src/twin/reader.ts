import { encodeGroup } from '@pilotwire/teleinfo';
import type { House } from '../house.ts';
import { meterFrame } from '../meter/frame.ts';

/** Between two frames, ms (Enedis-NOI-CPT_54E, 5.3.5). */
const FRAME_GAP_MS = 25;
/** A start bit, seven of data, parity, a stop bit. */
const BITS_A_BYTE = 10;
const SUBSCRIPTION_V = 200;
const NOMINAL_V = 230;
/** Above this a figure is no household's: the meter-reader refuses it. A phase, VA. */
const PLAUSIBLE_VA = { 1: 36_000, 3: 20_000 } as const;

/** Takes what the meter says of a phase. */
export type LoadHearer = (phase: number, apparentPowerVA: number, limitVA: number, amps: number, nowMs: number) => void;

/** Figures on their way: those of the moment the frame was composed, and when its groups have arrived, ms. */
interface Frame {
	readonly amps: Float64Array;
	readonly va: Float64Array;
	currentAtMs: number;
	powerAtMs: number;
}

function emptyFrame(phases: number): Frame {
	return {
		amps: new Float64Array(phases),
		va: new Float64Array(phases),
		currentAtMs: Number.POSITIVE_INFINITY,
		powerAtMs: Number.POSITIVE_INFINITY,
	};
}

/**
 * The meter as the shedder hears it: the figures of the moment a frame was composed, rounded as the line writes them,
 * at the moment the line has carried them. Frame lengths and places are those of the real encoding.
 */
export class TwinReader {
	/** What may be drawn on each phase, as the meter says it, VA. */
	readonly limitVA: number;
	readonly #house: House;
	readonly #isHistoric: boolean;
	readonly #phases: 1 | 3;
	readonly #periodMs: number;
	/** From the composing to the last group of the load: currents, and power. */
	readonly #currentMs: number;
	readonly #powerMs: number;
	/** The frame under way, and the one before, which may not have been delivered yet. */
	#frame: Frame;
	#before: Frame;
	#composeMs: number;

	constructor(house: House) {
		const { mode, phases, prefKVA, isouscA } = house.meter.description;
		this.#house = house;
		this.#phases = phases;
		this.#isHistoric = mode === 'historic';
		this.limitVA = this.#isHistoric && isouscA ? isouscA * SUBSCRIPTION_V : (prefKVA * 1000) / phases;
		const baud = this.#isHistoric ? 1200 : 9600;
		let bytes = 2;
		const endOf = new Map<string, number>();
		for (const { label, data, date } of meterFrame(house)) {
			bytes += encodeGroup(mode, label, data, date).length;
			endOf.set(label, bytes);
		}
		const ms = (count: number | undefined): number => Math.ceil(((count ?? bytes) * BITS_A_BYTE * 1000) / baud);
		this.#periodMs = ms(bytes) + FRAME_GAP_MS;
		this.#currentMs = ms(endOf.get(phases === 1 ? 'IINST' : 'IINST3'));
		this.#powerMs = ms(this.#isHistoric ? endOf.get('PAPP') : endOf.get(phases === 1 ? 'SINSTS' : 'SINSTS3'));
		this.#composeMs = house.elapsedMs;
		this.#frame = emptyFrame(phases);
		this.#before = emptyFrame(phases);
	}

	/** Takes down the figures of a frame that begins before the end of the coming second; before the house steps. */
	compose(): void {
		const { elapsedMs, meter } = this.#house;
		if (this.#composeMs >= elapsedMs + 1000) return;
		const frame = this.#before;
		this.#before = this.#frame;
		this.#frame = frame;
		for (let index = 0; index < this.#phases; index++) {
			frame.amps[index] = Math.round(meter.amps[index] as number);
			frame.va[index] = Math.round(meter.drawnVA[index] as number);
		}
		if (this.#isHistoric) frame.currentAtMs = this.#composeMs + this.#currentMs;
		frame.powerAtMs = this.#composeMs + this.#powerMs;
		// Figures change once a second: of two frames in one second the first is enough.
		this.#composeMs = Math.max(this.#composeMs + this.#periodMs, elapsedMs);
	}

	/** Gives what has arrived by now; after the house's step. */
	deliver(hear: LoadHearer): void {
		this.#deliver(this.#before, hear);
		this.#deliver(this.#frame, hear);
	}

	#deliver(frame: Frame, hear: LoadHearer): void {
		const { elapsedMs } = this.#house;
		if (frame.currentAtMs <= elapsedMs) {
			this.#sayCurrents(frame, hear);
			frame.currentAtMs = Number.POSITIVE_INFINITY;
		}
		if (frame.powerAtMs <= elapsedMs) {
			if (this.#isHistoric) this.#sayPapp(frame, hear);
			else this.#sayPowers(frame, hear);
			frame.powerAtMs = Number.POSITIVE_INFINITY;
		}
	}

	#sayCurrents({ amps: all, currentAtMs }: Frame, hear: LoadHearer): void {
		for (let index = 0; index < this.#phases; index++) {
			const amps = all[index] as number;
			this.#say(hear, index, amps * NOMINAL_V, amps, currentAtMs);
		}
	}

	/** PAPP, in steps of 10 VA; on three phases in proportion to the currents. */
	#sayPapp(frame: Frame, hear: LoadHearer): void {
		let totalVA = 0;
		let totalA = 0;
		for (let index = 0; index < this.#phases; index++) {
			totalVA += frame.va[index] as number;
			totalA += frame.amps[index] as number;
		}
		if (totalA === 0) return;
		const papp = Math.round(totalVA / 10) * 10;
		for (let index = 0; index < this.#phases; index++) {
			const amps = frame.amps[index] as number;
			this.#say(hear, index, Math.round((papp * amps) / totalA), amps, frame.powerAtMs);
		}
	}

	#sayPowers({ va, amps, powerAtMs }: Frame, hear: LoadHearer): void {
		for (let index = 0; index < this.#phases; index++) {
			this.#say(hear, index, va[index] as number, amps[index] as number, powerAtMs);
		}
	}

	#say(hear: LoadHearer, index: number, apparentPowerVA: number, amps: number, atMs: number): void {
		if (apparentPowerVA > PLAUSIBLE_VA[this.#phases]) return;
		hear(index + 1, apparentPowerVA, this.limitVA, amps, atMs);
	}
}

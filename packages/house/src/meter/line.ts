import { encodeGroup } from '@pilotwire/teleinfo';
import type { House } from '../house.ts';
import { meterFrame, shortFrame } from './frame.ts';
import type { MeterGroup } from './group.ts';

const STX = 0x02;
const ETX = 0x03;
const EOT = 0x04;
/** Between two frames: 16.7 to 33.4 ms (Enedis-NOI-CPT_54E, 5.3.5). */
const FRAME_GAP_MS = 25;
const SHORT_FRAMES_A_CYCLE = 20;
const ALERT_LASTS_MS = 60_000;

/** Bytes that leave the meter together. */
export interface LinePart {
	readonly bytes: Uint8Array;
	/** How long the line rests after them, ms. */
	readonly restMs: number;
}

/**
 * What the meter sends, part after part: a frame's values are those of the moment it was composed.
 * The caller lets the house's time pass while the bytes travel.
 */
export class MeterLine {
	readonly #house: House;
	#frame: readonly MeterGroup[] = [];
	#next = 0;
	#isLong = true;
	#shortLeft = SHORT_FRAMES_A_CYCLE;
	#alertUntilMs = Number.NEGATIVE_INFINITY;
	/** The frame under way was begun during the alert: nothing interrupts it. */
	#isAlertKnown = false;

	constructor(house: House) {
		this.#house = house;
	}

	/** Bits a second on the line. */
	get baud(): 1200 | 9600 {
		return this.#house.meter.description.mode === 'historic' ? 1200 : 9600;
	}

	/** The next group, with STX before the first and ETX after the last, or an EOT that interrupts the frame. */
	next(): LinePart {
		const isAlert = this.#isAlert();
		if (this.#next > 0 && isAlert && !this.#isAlertKnown && this.#isLong) {
			this.#frame = [];
			this.#next = 0;
			return { bytes: Uint8Array.of(EOT), restMs: FRAME_GAP_MS };
		}
		if (this.#next === 0) this.#compose(isAlert);
		return this.#encodeNext();
	}

	#compose(isAlert: boolean): void {
		this.#isAlertKnown = isAlert;
		if (!isAlert || this.#shortLeft === 0) {
			this.#isLong = true;
			this.#shortLeft = SHORT_FRAMES_A_CYCLE;
			this.#frame = meterFrame(this.#house);
		} else {
			this.#isLong = false;
			this.#shortLeft--;
			this.#frame = shortFrame(this.#house);
		}
	}

	#encodeNext(): LinePart {
		const { label, data, date } = this.#frame[this.#next] as MeterGroup;
		const group = encodeGroup(this.#house.meter.description.mode, label, data, date);
		const isFirst = this.#next === 0;
		const isLast = this.#next === this.#frame.length - 1;
		const bytes = Uint8Array.from([...(isFirst ? [STX] : []), ...group, ...(isLast ? [ETX] : [])]);
		this.#next = isLast ? 0 : this.#next + 1;
		return { bytes, restMs: isLast ? FRAME_GAP_MS : 0 };
	}

	/** Whether a three-phase meter in historic mode sends short frames: while it is over, and a minute longer. */
	#isAlert(): boolean {
		const { meter, nowMs } = this.#house;
		if (meter.description.mode !== 'historic' || meter.description.phases !== 3) return false;
		if (meter.phasesOver.length > 0) this.#alertUntilMs = nowMs + ALERT_LASTS_MS;
		return nowMs < this.#alertUntilMs;
	}
}

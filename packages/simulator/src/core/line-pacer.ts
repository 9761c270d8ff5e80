import type { LinePart } from '@pilotwire/house';
import type { Clock, Timer } from '@pilotwire/runtime';

/** Start bit, 7 data bits, parity, stop bit. */
const BITS_A_BYTE = 10;
/** Bytes travel together for about this long: a timer for each byte of 9600 bd would cost more than it shows. */
const BURST_MS = 5;
/** Whoever was held up longer than this hears the line as it is now, not what it sent meanwhile. */
const MOST_LATE_MS = 1000;

const NOTHING: LinePart = { bytes: new Uint8Array(0), restMs: 0 };

export interface LinePacerOptions {
	readonly clock: Clock;
	/** Bits a second. */
	readonly baud: number;
	/** Composes what is sent next, with the values of that moment. */
	readonly next: () => LinePart;
	/** Takes bytes at the moment the last of them has left. */
	readonly send: (bytes: Uint8Array) => void;
	/** Whether anybody hears; while nobody does, time passes in whole parts. */
	readonly isHeard: () => boolean;
}

/** Sends a meter's bytes one after another at the line's speed, for ever. */
export class LinePacer {
	readonly #options: LinePacerOptions;
	readonly #byteMs: number;
	readonly #burst: number;
	#timer: Timer | undefined;
	#part = NOTHING;
	/** Bytes of the part that have left. */
	#sent = 0;
	/** When the part's first bit left. */
	#begunMs = 0;

	constructor(options: LinePacerOptions) {
		this.#options = options;
		this.#byteMs = (BITS_A_BYTE * 1000) / options.baud;
		this.#burst = Math.max(1, Math.round(BURST_MS / this.#byteMs));
	}

	start(): void {
		this.#begunMs = this.#options.clock.monotonicMs();
		this.#part = this.#options.next();
		this.#sent = 0;
		this.#wait();
	}

	stop(): void {
		this.#timer?.cancel();
	}

	/** Somebody is about to hear, in the middle of a part: what has left goes to those who heard so far. */
	hear(): void {
		this.#timer?.cancel();
		this.#sendDue();
		this.#wait(true);
	}

	#wait(isHeard = this.#options.isHeard()): void {
		const { clock } = this.#options;
		const length = this.#part.bytes.length;
		const until = isHeard ? Math.min(length, this.#sent + this.#burst) : length;
		const dueMs = this.#begunMs + until * this.#byteMs;
		this.#timer = clock.after(Math.max(0, dueMs - clock.monotonicMs()), () => this.#wake());
	}

	/** Bytes of the part that have left by now; a hair generous, for a timer that came a rounding error early. */
	#due(): number {
		const elapsedMs = this.#options.clock.monotonicMs() - this.#begunMs;
		return Math.min(this.#part.bytes.length, Math.max(0, Math.floor(elapsedMs / this.#byteMs + 1e-6)));
	}

	#sendDue(): void {
		const due = this.#due();
		if (due <= this.#sent) return;
		this.#options.send(this.#part.bytes.subarray(this.#sent, due));
		this.#sent = due;
	}

	#wake(): void {
		const { bytes, restMs } = this.#part;
		const lateMs = this.#options.clock.monotonicMs() - this.#begunMs - bytes.length * this.#byteMs;
		if (lateMs > MOST_LATE_MS) this.#begunMs += lateMs;
		this.#sendDue();
		if (this.#sent < bytes.length) {
			this.#wait();
			return;
		}
		this.#begunMs += bytes.length * this.#byteMs + restMs;
		if (restMs === 0) this.#begin();
		else this.#rest();
	}

	#rest(): void {
		this.#part = NOTHING;
		this.#sent = 0;
		this.#wait();
	}

	#begin(): void {
		this.#part = this.#options.next();
		this.#sent = 0;
		this.#wait();
	}
}

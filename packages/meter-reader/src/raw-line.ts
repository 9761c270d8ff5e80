import { type LineLog, topics } from '@pilotwire/contract';
import { type Bus, type Clock, instantOf } from '@pilotwire/runtime';

/** A message holds at most so many bytes: 30 s at 9600 baud. */
const MOST_BYTES = 28_800;
/** What is held while the broker is away: five minutes at 9600 baud. Beyond it the oldest are given up. Bytes. */
const MOST_HELD = 288_000;

interface Chunk {
	readonly first: number;
	readonly atMs: number;
	readonly bytes: Uint8Array;
}

/** The line as it came, on its way to whoever records it. */
export class RawLine {
	readonly #bus: Bus;
	readonly #clock: Clock;
	readonly #meter: string;
	#chunks: Chunk[] = [];
	#held = 0;
	#next = 0;

	constructor(bus: Bus, clock: Clock, meter: string) {
		this.#bus = bus;
		this.#clock = clock;
		this.#meter = meter;
	}

	push(bytes: Uint8Array): void {
		if (bytes.length === 0) return;
		// The line may use its buffer again.
		this.#chunks.push({ first: this.#next, atMs: this.#clock.wallMs(), bytes: bytes.slice() });
		this.#next += bytes.length;
		this.#held += bytes.length;
		while (this.#held > MOST_HELD) this.#held -= this.#chunks.shift()?.bytes.length ?? 0;
	}

	/** Publishes what came since the last time. While the broker is away it is held. */
	publish(): void {
		if (!this.#bus.connected) return;
		const chunks = this.#chunks;
		this.#chunks = [];
		this.#held = 0;
		for (let from = 0; from < chunks.length; ) {
			let [to, length] = [from, 0];
			while (to < chunks.length && (to === from || length + (chunks[to]?.bytes.length ?? 0) <= MOST_BYTES)) {
				length += chunks[to++]?.bytes.length ?? 0;
			}
			this.#bus.publish(topics.line, { meter: this.#meter }, messageOf(chunks.slice(from, to)));
			from = to;
		}
	}
}

function messageOf(chunks: readonly Chunk[]): LineLog {
	const { first = 0, atMs = 0 } = chunks[0] ?? {};
	const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString('base64');
	return { at: instantOf(atMs), first, bytes };
}

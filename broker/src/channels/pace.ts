/** How much somebody may say. */
interface Rates {
	readonly messagesPerS: number;
	readonly bytesPerS: number;
}

/** What a source has left; negative: it is ahead, and waits. */
interface Bucket {
	messages: number;
	bytes: number;
	atMs: number;
}

/** Keeps each source to its rates, one second ahead at most: nobody is refused, who is too fast is read more slowly. */
export class Pace {
	readonly #rates: Rates;
	readonly #buckets = new Map<string, Bucket>();

	constructor(rates: Rates) {
		this.#rates = rates;
	}

	/** Counts a message; how long to wait before the next is read, ms. `nowMs`: monotonic. */
	take(source: string, bytes: number, nowMs: number): number {
		const { messagesPerS, bytesPerS } = this.#rates;
		const bucket = this.#buckets.get(source) ?? { messages: messagesPerS, bytes: bytesPerS, atMs: nowMs };
		this.#buckets.set(source, bucket);
		const elapsedS = (nowMs - bucket.atMs) / 1000;
		bucket.messages = Math.min(messagesPerS, bucket.messages + elapsedS * messagesPerS) - 1;
		bucket.bytes = Math.min(bytesPerS, bucket.bytes + elapsedS * bytesPerS) - bytes;
		bucket.atMs = nowMs;
		const aheadS = Math.max(-bucket.messages / messagesPerS, -bucket.bytes / bytesPerS);
		return aheadS > 0 ? Math.ceil(aheadS * 1000) : 0;
	}

	/** Forgets who is not ahead any more. */
	tidy(nowMs: number): void {
		const { messagesPerS, bytesPerS } = this.#rates;
		for (const [source, { messages, bytes, atMs }] of this.#buckets) {
			const fullInS = Math.max((messagesPerS - messages) / messagesPerS, (bytesPerS - bytes) / bytesPerS);
			if (nowMs - atMs >= fullInS * 1000) this.#buckets.delete(source);
		}
	}
}

import type { Limits } from '../options.ts';
import { filterMatches, hasWildcard } from './topic-filter.ts';

/** A retained message. One object per topic for as long as it is retained: see `matching`. */
export interface Retained {
	readonly cmd: 'publish';
	readonly topic: string;
	payload: Buffer;
	qos: 0 | 1 | 2;
	readonly retain: true;
}

/** What keeping a message came to. `full`: the bound is reached and nothing is retained for this topic any more. */
export type Kept = 'kept' | 'cleared' | 'unchanged' | 'full';

/** The retained messages of the broker, in memory. */
export class RetainedMessages {
	readonly #byTopic = new Map<string, Retained>();
	readonly #limits: Pick<Limits, 'retainedTopics' | 'retainedBytes'>;
	#bytes = 0;

	constructor(limits: Pick<Limits, 'retainedTopics' | 'retainedBytes'>) {
		this.#limits = limits;
	}

	get size(): number {
		return this.#byTopic.size;
	}

	/** Keeps the last message of a topic; an empty payload clears it (MQTT 3.1.1 section 3.3.1.3). */
	keep(topic: string, payload: Uint8Array, qos: 0 | 1 | 2): Kept {
		const present = this.#byTopic.get(topic);
		if (payload.length === 0) return this.#clear(topic) ? 'cleared' : 'unchanged';
		const grown = this.#bytes + payload.length - (present?.payload.length ?? -Buffer.byteLength(topic));
		const crowded = present === undefined && this.#byTopic.size >= this.#limits.retainedTopics;
		if (crowded || grown > this.#limits.retainedBytes) {
			// What stood before is not true any more: nothing is better than something stale.
			this.#clear(topic);
			return 'full';
		}
		// A copy: the payload is a view of the whole socket read it came in.
		const own = Buffer.allocUnsafeSlow(payload.length);
		own.set(payload);
		this.#bytes = grown;
		if (present === undefined) this.#byTopic.set(topic, { cmd: 'publish', topic, payload: own, qos, retain: true });
		else Object.assign(present, { payload: own, qos });
		return 'kept';
	}

	/**
	 * The messages that a filter takes in. They are read while they are sent, which takes many turns of the event loop;
	 * a message that is replaced meanwhile changes in place, so that no reader gets the older one after the newer.
	 */
	*matching(filter: string): Generator<Retained> {
		if (!hasWildcard(filter)) {
			const exact = this.#byTopic.get(filter);
			if (exact !== undefined) yield exact;
			return;
		}
		const levels = filter.split('/');
		for (const message of this.#byTopic.values()) if (filterMatches(levels, message.topic)) yield message;
	}

	/** What is retained for a topic now. */
	get(topic: string): Retained | undefined {
		return this.#byTopic.get(topic);
	}

	/** All of them. */
	all(): IterableIterator<Retained> {
		return this.#byTopic.values();
	}

	#clear(topic: string): boolean {
		const present = this.#byTopic.get(topic);
		if (present === undefined) return false;
		this.#byTopic.delete(topic);
		this.#bytes -= present.payload.length + Buffer.byteLength(topic);
		present.payload = Buffer.alloc(0);
		return true;
	}
}

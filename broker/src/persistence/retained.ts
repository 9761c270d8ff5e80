import type { SqlStatement } from '@pilotwire/runtime';
import type { Limits } from '../options.ts';
import { isExpired, type Message, ownMessage, weightOf } from './message.ts';
import type { Note, Storable } from './storable.ts';
import { retainedRow } from './tables.ts';
import { TopicTree } from './topic-tree.ts';

/** What keeping a message came to. `full`: the bound is reached and nothing is retained for this topic any more. */
export type Kept = 'kept' | 'cleared' | 'unchanged' | 'full';

/** The place of a topic: it outlives its message until the file has forgotten that too. */
class Entry implements Storable {
	stored = false;
	message: Message | undefined;
	/** Bytes that the message takes up. */
	weight = 0;
	readonly topic: string;
	readonly #owner: TopicTree<Entry>;

	constructor(topic: string, owner: TopicTree<Entry>) {
		this.topic = topic;
		this.#owner = owner;
	}

	get gone(): boolean {
		return this.message === undefined;
	}

	put(): SqlStatement {
		return retainedRow.put(this.message as Message);
	}

	remove(): SqlStatement[] {
		return [retainedRow.remove(this.topic)];
	}

	forgotten(): void {
		if (this.#owner.get(this.topic) === this) this.#owner.delete(this.topic);
	}
}

/** What the broker tells of itself is true for its own life only: it never goes to the file. */
function isOfBroker(topic: string): boolean {
	return topic.startsWith('$SYS/');
}

/** The retained messages of the broker, in memory. */
export class RetainedMessages {
	readonly #entries = new TopicTree<Entry>();
	readonly #limits: Pick<Limits, 'retainedTopics' | 'retainedBytes'>;
	readonly #note: Note;
	readonly #onExpired: ((message: Message) => void) | undefined;
	#bytes = 0;
	#size = 0;

	constructor(
		limits: Pick<Limits, 'retainedTopics' | 'retainedBytes'>,
		note: Note,
		onExpired?: (message: Message) => void,
	) {
		this.#limits = limits;
		this.#note = note;
		this.#onExpired = onExpired;
	}

	/** What those of the clients take up, bytes. */
	get bytes(): number {
		return this.#bytes;
	}

	/** How many the clients have: what the broker tells of itself takes nobody's room. */
	get size(): number {
		return this.#size;
	}

	/** Keeps the last message of a topic; an empty payload clears it (MQTT 3.1.1 section 3.3.1.3). */
	keep(message: Message): Kept {
		const { topic, payload, qos } = message;
		const entry = this.#entries.get(topic);
		const present = entry?.message;
		if (payload.length === 0) return this.#clear(entry, qos) ? 'cleared' : 'unchanged';
		const weight = weightOf(message);
		const grown = this.#bytes - (entry?.weight ?? 0) + weight;
		const crowded = present === undefined && this.#size >= this.#limits.retainedTopics;
		if (!isOfBroker(topic) && (crowded || grown > this.#limits.retainedBytes)) {
			// What stood before is not true any more: nothing is better than something stale.
			this.#clear(entry, qos);
			return 'full';
		}
		const kept = this.#set(entry, message, weight);
		this.#changed(kept, qos);
		return 'kept';
	}

	/** What the file held. */
	restore(message: Message): void {
		this.#set(undefined, message, weightOf(message)).stored = true;
	}

	/** The messages that a filter takes in, read one by one: each as it is when its turn comes. */
	*matching(filter: string): Generator<Message> {
		for (const { message } of this.#entries.matching(filter)) if (message !== undefined) yield message;
	}

	/** What is retained for a topic now. */
	get(topic: string): Message | undefined {
		return this.#entries.get(topic)?.message;
	}

	/** Drops what is past its expiry. `nowMs`: wall clock. */
	sweep(nowMs: number): void {
		for (const entry of this.#entries.all()) {
			const { message } = entry;
			if (message === undefined || !isExpired(message, nowMs)) continue;
			this.#clear(entry, 0);
			if (!isOfBroker(message.topic)) this.#onExpired?.(message);
		}
	}

	/** All of them, as they go to the file. */
	*storables(): Generator<Storable> {
		for (const entry of this.#entries.all()) if (entry.message !== undefined && !isOfBroker(entry.topic)) yield entry;
	}

	#set(present: Entry | undefined, message: Message, weight: number): Entry {
		const entry = present ?? this.#entries.set(message.topic, new Entry(message.topic, this.#entries));
		this.#count(entry, entry.message === undefined ? 1 : 0, weight);
		entry.message = ownMessage(message);
		return entry;
	}

	#clear(entry: Entry | undefined, qos: 0 | 1 | 2): boolean {
		if (entry?.message === undefined) return false;
		entry.message = undefined;
		this.#count(entry, -1, 0);
		this.#changed(entry, qos);
		return true;
	}

	#count(entry: Entry, more: 1 | 0 | -1, weight: number): void {
		if (isOfBroker(entry.topic)) return;
		this.#size += more;
		this.#bytes += weight - entry.weight;
		entry.weight = weight;
	}

	#changed(entry: Entry, qos: 0 | 1 | 2): void {
		if (!isOfBroker(entry.topic)) this.#note(entry, qos > 0 ? 'urgent' : 'lazy');
		else if (entry.gone) entry.forgotten();
	}
}

import type { SqlStatement } from '@pilotwire/runtime';
import type { Will } from './message.ts';
import type { Note, Storable } from './storable.ts';
import { willRow } from './tables.ts';

/** The place of a client's will: it outlives the will until the file has forgotten that too, so that none overtakes another. */
export class WillRecord implements Storable {
	stored = false;
	will: Will | undefined;
	readonly clientId: string;
	readonly #owner: Map<string, WillRecord>;

	constructor(clientId: string, owner: Map<string, WillRecord>) {
		this.clientId = clientId;
		this.#owner = owner;
	}

	get gone(): boolean {
		return this.will === undefined;
	}

	put(): SqlStatement {
		return willRow.put(this.clientId, this.will as Will);
	}

	remove(): SqlStatement[] {
		return [willRow.remove(this.clientId)];
	}

	forgotten(): void {
		if (this.#owner.get(this.clientId) === this) this.#owner.delete(this.clientId);
	}
}

/**
 * Wills of clients that are connected, or whose delay runs: kept so that they are said after the broker was killed. Both
 * ways are urgent: a broker that is killed neither forgets a will nor says one of a client that left in good order.
 */
export class StoredWills {
	/** By client id. */
	readonly #records = new Map<string, WillRecord>();
	readonly #note: Note;

	constructor(note: Note) {
		this.#note = note;
	}

	get(clientId: string): Will | undefined {
		return this.#records.get(clientId)?.will;
	}

	/** All of them, by client id. */
	all(): (readonly [clientId: string, will: Will])[] {
		return [...this.#records].flatMap(([clientId, { will }]) =>
			will === undefined ? [] : [[clientId, will] as const],
		);
	}

	/** Keeps the will of a client, in the place of the one there was. It must be structured-clonable. */
	put(clientId: string, will: Will): void {
		this.#note(this.#set(clientId, will), 'urgent');
	}

	/** It was said, or its client left in good order. */
	delete(clientId: string): void {
		const record = this.#records.get(clientId);
		if (record?.will === undefined) return;
		record.will = undefined;
		this.#note(record, 'urgent');
	}

	/** What the file held. */
	restore(clientId: string, will: Will): void {
		this.#set(clientId, will).stored = true;
	}

	/** All of them, as they go to the file. */
	*storables(): Generator<Storable> {
		for (const record of this.#records.values()) if (!record.gone) yield record;
	}

	#set(clientId: string, will: Will): WillRecord {
		const record = this.#records.get(clientId) ?? new WillRecord(clientId, this.#records);
		record.will = will;
		this.#records.set(clientId, record);
		return record;
	}
}

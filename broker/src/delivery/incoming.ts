import type { Session } from '../persistence/session.ts';
import type { BrokerStore } from '../persistence/store.ts';

/** QoS 2 identifiers of clients' own publishes that wait for their PUBREL: part of their sessions. */
export class Incoming {
	readonly #store: BrokerStore;

	constructor(store: BrokerStore) {
		this.#store = store;
	}

	has(clientId: string, messageId: number): boolean {
		return this.#store.sessions.get(clientId)?.incoming.has(messageId) === true;
	}

	count(clientId: string): number {
		return this.#store.sessions.get(clientId)?.incoming.size ?? 0;
	}

	/** To wait for before the PUBREC. */
	add(clientId: string, messageId: number): Promise<void> | undefined {
		return this.#changing(clientId, (session) => this.#store.addIncoming(session, messageId));
	}

	/** To wait for before the PUBCOMP. */
	delete(clientId: string, messageId: number): Promise<void> | undefined {
		return this.#changing(clientId, (session) => this.#store.removeIncoming(session, messageId));
	}

	#changing(clientId: string, change: (session: Session) => void): Promise<void> | undefined {
		const session = this.#store.sessions.get(clientId);
		if (session === undefined) return undefined;
		change(session);
		return session.kept ? this.#store.committed() : undefined;
	}
}

import { type Logger, messageOf } from '@pilotwire/runtime';
import type { Router } from '../delivery/router.ts';
import type { BrokerStore } from '../persistence/store.ts';
import type { ClusterLog } from './cluster-log.ts';
import { type Entry, type Notice, readEntry } from './entries.ts';
import type { Groups } from './groups.ts';
import type { LogId } from './log-id.ts';
import type { Hold } from './ops.ts';
import type { StoredEntry } from './shared-store.ts';

/** Whom arrivals are handed to. */
export interface ArrivalsOptions {
	/** The name of this node. */
	readonly node: string;
	readonly shared: ClusterLog;
	readonly groups: Groups;
	readonly delivery: () => { readonly router: Router; readonly store: BrokerStore };
	/** The session of a client, while it is this node's. */
	readonly holdOf: (client: string) => Hold | undefined;
	/** Ends the connection that a client has here. */
	readonly evict: (client: string) => void;
	readonly log: Logger;
}

/** What comes out of the log of all nodes: messages, and what nodes tell each other. */
export class Arrivals {
	readonly #options: ArrivalsOptions;

	constructor(options: ArrivalsOptions) {
		this.#options = options;
	}

	/** The next entry of the log. Never throws: what comes after it must arrive too. */
	take({ id, bytes, unkept }: StoredEntry): void {
		const { log } = this.#options;
		const entry = readEntry(bytes);
		try {
			if (entry?.kind === 'message') this.#deliver(id, entry, unkept === true);
			else if (entry?.kind === 'notice') this.#heed(entry.notice);
			else log.warn({ id }, 'Something in the log of the cluster can not be read; is a node of another version?');
		} catch (error) {
			log.error({ err: error, id }, `A message of the cluster could not be handled: ${messageOf(error)}`);
		}
	}

	#deliver(at: LogId, { message, group }: Extract<Entry, { readonly kind: 'message' }>, isUnkept: boolean): void {
		const { shared, delivery } = this.#options;
		const { router, store } = delivery();
		shared.watch(message, at, group);
		router.arrive(message, { at, group });
		if (isUnkept) store.retainNothing(message.topic);
	}

	#heed(notice: Notice): void {
		const { node, shared, groups, holdOf, evict } = this.#options;
		switch (notice.k) {
			case 'ask':
				if (holdOf(notice.client)?.epoch === notice.epoch) evict(notice.client);
				return;
			case 'gone':
				shared.nodeGone(notice.node, notice.by === node);
				return;
			case 'done':
				shared.groupsDone(notice.node, notice.at);
				return;
			case 'group':
				groups.set(notice.filter, notice.node, notice.members);
				return;
		}
	}
}

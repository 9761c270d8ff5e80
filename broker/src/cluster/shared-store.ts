import type { ClaimTerms } from '../edge/session-claims.ts';
import type { LogId } from './log-id.ts';

/** An entry of the log as it is stored. */
export interface StoredEntry {
	readonly id: LogId;
	readonly bytes: Buffer;
	/** It was to be retained, and there was no room for it. */
	readonly unkept?: boolean;
}

/** One thing to do there, with its arguments; see `ops.ts`. */
export type Operation = readonly (string | Buffer)[];

/** What became of a commit. */
export interface Committed {
	/** The end of the log. */
	readonly head: LogId;
	/** Sessions that are this node's no more: what was to be done for them was not. */
	readonly unheld: readonly { readonly client: string; readonly epoch: string }[];
	/** Why Redis could not do some of it, where it could not; the rest is done. */
	readonly fault: string | undefined;
}

/** `ask` has another node that has the session let go, `look` sees whether it did, `take` waits no longer. */
export type ClaimManner = 'ask' | 'look' | 'take';

/** What became of a claim: another account has the session, another node has it, or it is ours. */
export type ClaimAnswer =
	| { readonly kind: 'others' }
	| { readonly kind: 'held' }
	| {
			readonly kind: 'mine';
			/** What is written for the session holds only with this: whoever takes it next gets another one. */
			readonly epoch: string;
			/** What there was to go on with, by field; nothing where the session is a new one. */
			readonly fields: ReadonlyMap<string, Buffer> | undefined;
	  };

/** Parts of the log that somebody missed. */
export interface Page {
	/** In the order of the log, up to `until`. */
	readonly entries: readonly StoredEntry[];
	/** There are more after this one; nothing where that is all. */
	readonly until: LogId | undefined;
	/** Something later than where the reading began has fallen out of the bounds. */
	readonly cut: boolean;
}

/** What the nodes of a cluster have in common. What is asked rejects while it can't be reached, and does not wait for it. */
export interface SharedStore {
	/** Does all of it in one step, and once, however often it is sent. */
	commit(batch: number, operations: readonly Operation[]): Promise<Committed>;
	claim(client: string, terms: ClaimTerms, how: ClaimManner): Promise<ClaimAnswer>;
	/**
	 * This node lives; it is `wallMs` there. Whether the others took it for dead meanwhile, and which of them are.
	 */
	beat(wallMs: number): Promise<{ readonly lost: boolean; readonly dead: readonly string[] }>;
	/** Ends what a dead node had open. */
	reap(node: string): Promise<void>;
	/** This node stops in good order. */
	leave(): Promise<void>;
	/** Wills that are to be said now. */
	due(): Promise<readonly { readonly token: string; readonly will: Buffer }[]>;
	/** The end of the log. */
	head(): Promise<LogId>;
	/** What follows in the log of all; waits a second for it. */
	read(after: LogId, most: number): Promise<readonly StoredEntry[]>;
	/** What the logs of these homes have after a place. */
	page(shards: readonly string[], after: LogId, most: number): Promise<Page>;
	/** Homes that have a log. */
	shards(): Promise<readonly string[]>;
	/** All that is retained, a page at a time. */
	retained(): AsyncIterable<readonly Buffer[]>;
	/** How many connected members each node has in its shared subscriptions. */
	groups(): Promise<readonly { readonly node: string; readonly filter: string; readonly members: number }[]>;
	/** Told when it can be reached, and when not any more. */
	onState(listener: (reachable: boolean) => void): void;
	close(): Promise<void>;
}

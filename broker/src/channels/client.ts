import type { Peer } from '../delivery/peer.ts';
import type { Pass } from '../pass.ts';

/** A connection that has signed in, as channels see it. */
export interface ChannelClient {
	readonly peer: Peer;
	readonly pass: Pass;
	/** Whom its rates and guesses are counted to: its address, or where that is this machine's own, its account. */
	readonly source: string;
	/** Whether `source` is another machine's address. */
	readonly isRemote: boolean;
	/** Counts a refusal; the log learns no name of a channel or member. */
	refused(code: string): void;
}

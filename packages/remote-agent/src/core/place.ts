import type { AgentLog, AgentState } from '@pilotwire/contract';
import type { LinkEvents, LinkMessage } from '../io/link.ts';

/** Where an agent is to be found: its house's bus, or a channel. */
export interface Place extends LinkEvents {
	/** For the log. */
	readonly name: string;
	/** What the broker says when the agent is lost. */
	readonly will: LinkMessage;
	/** Says what it has measured. */
	readonly measured: (log: AgentLog) => void;
	/** Says goodbye. */
	readonly leave: () => void;
}

/** What a place needs of its agent. */
export interface Home {
	readonly id: string;
	/** What it can do, as of now. */
	readonly state: () => AgentState;
}

import type { CircuitSet } from '@pilotwire/contract';
import type { Clock, Logger } from '@pilotwire/runtime';
import type { ChangeableAccounts } from '../core/sign-in.ts';
import type { Caller, CallerParts } from './callers.ts';
import type { HouseStates } from './house-states.ts';

/** What the API needs of the service. */
export interface ApiParts {
	readonly callers: CallerParts;
	readonly accounts: Pick<ChangeableAccounts, 'list' | 'addMachine' | 'rotateSecret' | 'remove'>;
	readonly states: HouseStates;
	readonly clock: Clock;
	readonly log: Logger;
	readonly busConnected: () => boolean;
	/** Calls a method of a service on the bus. Rejects with `RPC_*`. */
	readonly call: (
		service: string,
		method: string,
		parameters: Record<string, unknown>,
		withinMs: number,
	) => Promise<unknown>;
	/** Gives an order to a circuit on the bus. */
	readonly order: (circuit: string, order: CircuitSet) => void;
	/** Puts on record what somebody did by the API. */
	readonly tell: (caller: Caller, what: string, whom: string) => void;
}

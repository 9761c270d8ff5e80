import type { Clock, Logger } from '@pilotwire/runtime';
import type { Channels } from '../channels/channels.ts';
import type { Router } from '../delivery/router.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../options.ts';
import type { SessionClaims } from './session-claims.ts';
import type { Traffic } from './traffic.ts';

/** What every connection of a broker has in common. */
export interface EdgeContext {
	readonly gate: Gate;
	readonly router: Router;
	/** Where the broker has them. */
	readonly channels: Channels | undefined;
	/** Where it is one of several brokers that share sessions. */
	readonly claims: SessionClaims | undefined;
	readonly limits: Limits;
	readonly traffic: Traffic;
	readonly log: Logger;
	readonly clock: Clock;
}

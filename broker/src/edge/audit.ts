import type { Principal } from '@pilotwire/accounts';
import { type Logger, messageOf } from '@pilotwire/runtime';
import type { Traffic } from './traffic.ts';

/** What a line is about: stable, for programs. */
type AuditKind =
	| 'signed_in'
	| 'sign_in_refused'
	| 'publish_refused'
	| 'subscription_refused'
	| 'channel_refused'
	| 'slow'
	| 'revoked'
	| 'cut_off'
	| 'gone';

/** Lines of the log for one connection's refusals; the others are counted. */
const mostRefusalLines = 20;
/** Characters of a name or topic that a client gave, in the log. */
const mostLogged = 200;

/**
 * The audit lines about one connection: who signs in and leaves, and what is refused. Never with a secret. Their `audit`
 * says which they are (docs/reference/audit.md).
 */
export class Audit {
	readonly #log: Logger;
	readonly #traffic: Traffic;
	readonly #from: string;
	#client: string | null = null;
	#account: string | null = null;
	#principal: Principal | undefined;
	/** QoS 0 messages it was too slow for. */
	#dropped = 0;
	/** Publishes and subscriptions that were refused. */
	#refused = 0;

	/** `from`: address and port of the other end. */
	constructor(log: Logger, traffic: Traffic, from: string) {
		this.#log = log;
		this.#traffic = traffic;
		this.#from = from;
	}

	/** What it says of itself, before anybody believed it. */
	claims(clientId: string, name: string | undefined): void {
		this.#client = clientId.slice(0, mostLogged);
		this.#account = name?.slice(0, mostLogged) ?? null;
	}

	signedIn(principal: Principal): void {
		this.#principal = principal;
		this.#traffic.signIns += 1;
		this.#log.info({ ...this.#facts('signed_in'), principal }, `${this.#who()} signed in`);
	}

	/** It was not let in. */
	turnedAway(why: string): void {
		this.#traffic.turnedAway += 1;
		this.#log.warn({ ...this.#facts('sign_in_refused'), why }, `${this.#who()} was refused: ${why}`);
	}

	/** It was let in once, and its connection was broken off. */
	cutOff(error: Error): void {
		const why = messageOf(error);
		this.#log.warn({ ...this.#facts('cut_off'), why }, `${this.#who()} was disconnected: ${why}`);
	}

	gone(): void {
		const counts = { dropped: this.#dropped, refused: this.#refused };
		this.#log.info({ ...this.#facts('gone'), ...counts }, `${this.#who()} is gone`);
	}

	refusedPublish(topic: string): void {
		this.#refuse('publish_refused', { topic: topic.slice(0, mostLogged) }, 'Publish refused');
	}

	refusedSubscription(filter: string): void {
		this.#refuse('subscription_refused', { filter: filter.slice(0, mostLogged) }, 'Subscription refused');
	}

	/** Something was refused in a channel. Of which, and what, the log says nothing; wrong passwords it counts. */
	refusedInChannel(code: string): void {
		const tells = code === 'wrong_password' || code === 'too_many_guesses';
		if (tells) this.#refuse('channel_refused', { code }, 'Join of a channel refused');
		else this.#count();
	}

	/** A message of QoS 0 was not sent, because it takes too little. */
	missed(): void {
		if (this.#dropped === 0) this.#log.warn(this.#facts('slow'), `${this.#who()} is slow: it misses QoS 0 messages`);
		this.#dropped += 1;
	}

	/** Its account is another one now, or gone. */
	revoked(): void {
		this.#log.info(this.#facts('revoked'), 'Client disconnected: its account has changed');
	}

	#count(): void {
		this.#refused += 1;
		this.#traffic.refused += 1;
	}

	#refuse(audit: AuditKind, facts: object, what: string): void {
		this.#count();
		if (this.#refused > mostRefusalLines) return;
		const last = this.#refused === mostRefusalLines ? ' (more of this connection are only counted)' : '';
		this.#log.warn({ ...this.#facts(audit), ...facts, principal: this.#principal }, `${what}${last}`);
	}

	#who(): string {
		return this.#account === null ? `A client from ${this.#from}` : `${this.#account} from ${this.#from}`;
	}

	#facts(audit: AuditKind): object {
		return { audit, client: this.#client, account: this.#account, from: this.#from };
	}
}

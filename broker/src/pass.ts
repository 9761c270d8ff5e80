import type { Principal, PrincipalRights } from '@pilotwire/accounts';
import { sharedParts } from './edge/wire/topics.ts';

/** Whose a session is: the account, whatever its role is now and whichever of its tokens signed in. */
export function ownerOf({ kind, name }: Principal): string {
	return `${kind}:${name}`;
}

/** Answers remembered for one connection: a client asks about the same few topics again and again. */
const mostRemembered = 1000;

/** What one signed-in connection may do. */
export class Pass {
	readonly principal: Principal;
	/** Mark of its account as it was at sign-in; undefined where that holds as long as the broker runs. */
	readonly stamp: string | undefined;
	readonly #rights: PrincipalRights;
	readonly #publish = new Map<string, boolean>();
	readonly #read = new Map<string, boolean>();
	#revoked = false;

	constructor(principal: Principal, rights: PrincipalRights, stamp: string | undefined) {
		this.principal = principal;
		this.#rights = rights;
		this.stamp = stamp;
	}

	/** Its account is gone or another one now: from here on it may do nothing, and its will stays unsaid. */
	revoke(): void {
		this.#revoked = true;
	}

	/** Whether a message, a clearing of a retained one, or a will may be published there. `$SYS` is the broker's own. */
	mayPublish(topic: string): boolean {
		return (
			!this.#revoked &&
			remembered(this.#publish, topic, () => !topic.startsWith('$SYS') && this.#rights.mayPublish(topic))
		);
	}

	/** Whether it may join channels; what it may do in one follows from its membership. */
	get mayUseChannels(): boolean {
		return !this.#revoked && this.#rights.mayUseChannels;
	}

	/** Whether a message of this topic may be forwarded. */
	mayRead(topic: string): boolean {
		return !this.#revoked && remembered(this.#read, topic, () => this.#rights.maySubscribe(topic));
	}

	/** Whether it may subscribe; to a shared subscription by the filter within. */
	maySubscribe(filter: string): boolean {
		return !this.#revoked && this.#rights.maySubscribe(sharedParts(filter)?.filter ?? filter);
	}
}

function remembered(memory: Map<string, boolean>, topic: string, decide: () => boolean): boolean {
	const known = memory.get(topic);
	if (known !== undefined) return known;
	const decided = decide();
	if (memory.size >= mostRemembered) memory.clear();
	memory.set(topic, decided);
	return decided;
}

import { type Clock, type Logger, messageOf } from '@pilotwire/runtime';
import type { Claimant, ClaimTerms } from '../edge/session-claims.ts';
import type { Committer } from './committer.ts';
import { disown, type Hold } from './ops.ts';
import type { ClaimAnswer, ClaimManner, SharedStore } from './shared-store.ts';

/** How long another node has to let go of a session before it is taken from it, ms. */
const patienceMs = 1500;
/** Between two looks whether it did, ms. */
const lookMs = 20;

/** What claims are made with. */
export interface ClaimsOptions {
	readonly store: Pick<SharedStore, 'claim'>;
	readonly committer: Committer;
	readonly clock: Clock;
	readonly log: Logger;
	/** Whether a client has a session here that is another account's. */
	readonly isOthers: (clientId: string, owner: string) => boolean;
	/** Ends the connection that a client has here. */
	readonly evict: (clientId: string) => void;
	/** A session that began elsewhere goes on here. */
	readonly adopt: (clientId: string, owner: string, fields: ReadonlyMap<string, Buffer>) => void;
	/** Lets go of a session again, as it was: its client did not wait. */
	readonly abandon: (hold: Hold, fields: ReadonlyMap<string, Buffer> | undefined, terms: ClaimTerms) => void;
}

type Mine = Extract<ClaimAnswer, { readonly kind: 'mine' }>;

/** Which sessions are this node's. A client id has one connection in the whole cluster: the newest. */
export class Claims {
	readonly #options: ClaimsOptions;
	readonly #holds = new Map<string, Hold>();
	/** One claim of a client after the other. */
	readonly #lines = new Map<string, Promise<void>>();

	constructor(options: ClaimsOptions) {
		this.#options = options;
	}

	/** The session of a client, while it is this node's. */
	holdOf(clientId: string): Hold | undefined {
		return this.#holds.get(clientId);
	}

	/** Clients that are here. */
	get clients(): IterableIterator<string> {
		return this.#holds.keys();
	}

	/** Makes the session of a client this node's, then it comes in. Rejects with what went wrong as it did. */
	async claim(claimant: Claimant): Promise<void> {
		const { clientId } = claimant;
		const before = this.#lines.get(clientId) ?? Promise.resolve();
		// What went wrong for one is nothing to the next.
		const turn = before.catch(() => {}).then(() => this.#claim(claimant));
		this.#lines.set(clientId, turn);
		try {
			await turn;
		} finally {
			if (this.#lines.get(clientId) === turn) this.#lines.delete(clientId);
		}
	}

	/** The connection is over. What belongs to its end is still written. */
	release(clientId: string): void {
		const hold = this.#holds.get(clientId);
		if (hold === undefined) return;
		hold.isOver = true;
		setImmediate(() => {
			if (this.#holds.get(clientId) === hold) this.#holds.delete(clientId);
		});
	}

	async #claim(claimant: Claimant): Promise<void> {
		const { clientId, isOpen, terms } = claimant;
		if (!isOpen()) return;
		// Before the connection that is here ends: a client id is no secret, and whoever names it is not its owner yet.
		if (this.#options.isOthers(clientId, terms.owner)) {
			claimant.refuse('others');
			return;
		}
		this.#options.evict(clientId);
		const answer = await this.#ask(claimant);
		if (answer?.kind === 'mine') this.#taken(claimant, answer);
		else if (isOpen()) claimant.refuse(answer?.kind === 'others' ? 'others' : 'away');
	}

	#taken({ clientId, isOpen, enter, terms }: Claimant, { epoch, fields }: Mine): void {
		const hold = { client: clientId, epoch, isOver: false };
		if (!isOpen()) {
			this.#options.abandon(hold, fields, terms);
			return;
		}
		this.#holds.set(clientId, hold);
		if (fields !== undefined) this.#options.adopt(clientId, terms.owner, fields);
		enter();
	}

	/** Nothing where Redis can't be asked. */
	async #ask({ clientId, terms }: Claimant): Promise<ClaimAnswer | undefined> {
		const { committer, clock } = this.#options;
		const claim = (how: ClaimManner): Promise<ClaimAnswer> => this.#options.store.claim(clientId, terms, how);
		try {
			// An older connection's last words come first.
			if (!(await committer.cleared())) return undefined;
			let answer = await claim('ask');
			const untilMs = clock.monotonicMs() + patienceMs;
			while (answer.kind === 'held') {
				await new Promise<void>((resolve) => clock.after(lookMs, resolve));
				answer = await claim(clock.monotonicMs() < untilMs ? 'look' : 'take');
			}
			return answer;
		} catch (error) {
			this.#options.log.warn({ err: error, client: clientId }, `A session can't be claimed: ${messageOf(error)}`);
			// Redis may have heard it all the same.
			void committer.add(disown(clientId));
			return undefined;
		}
	}
}

import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import type { Missed } from '../delivery/shared-log.ts';
import { Subscribers } from '../delivery/subscribers.ts';
import { isShared } from '../persistence/filters.ts';
import type { Behind, Session, SubscriptionRecord, Target } from '../persistence/session.ts';
import type { Body } from '../persistence/waiting.ts';
import { isWithin, readEntry, shardOfFilter } from './entries.ts';
import type { Flight } from './kept-session.ts';
import { beginning, compareIds, type LogId, later, placedMs } from './log-id.ts';
import type { Page, SharedStore, StoredEntry } from './shared-store.ts';

/** Entries that are asked for at first, and at most; of several logs together. */
const firstPage = 50;
const mostPerPage = 500;
/** Bytes above which the next page is smaller. */
const largePage = 1024 * 1024;
/** What waits for its client when the next page is read. */
const roomMessages = 250;
/** Messages that come live while the last page is read. */
const mostHeld = 1000;
const retryMs = 250;

/** What a session catches up with. */
export interface CatchUpOptions {
	readonly session: Session;
	/** Up to here it has everything. */
	readonly from: LogId;
	/** What was under way when its connection ended; absent where nobody knows: then all of it may have been. */
	readonly flight: Flight | undefined;
	readonly store: Pick<SharedStore, 'page' | 'shards'>;
	readonly clock: Clock;
	readonly log: Logger;
	/** How long the log is kept, s. */
	readonly keptForS: number;
	/** Up to where the log has arrived here. */
	readonly applied: () => LogId;
	/** Queues a message for it; false where there is no room. `messageId`: the identifier it had. */
	readonly feed: (entry: Missed) => boolean;
	/** Queues a message that came meanwhile. */
	readonly join: (body: Body, target: Target) => void;
	/** Sends what is queued. */
	readonly pump: () => void;
	/** Something fell out of the log before it came back. */
	readonly onCut: () => void;
}

/**
 * Gives a session what it missed, out of the log, no faster than its client takes it; then what came live meanwhile, and
 * from there on it is like any other.
 */
export class CatchUp implements Behind {
	readonly #options: CatchUpOptions;
	readonly #flight: ReadonlyMap<LogId, readonly [messageId: number, dup: boolean]>;
	/** What is no later may have been sent before. */
	readonly #doubtfulUntil: LogId;
	#covered: LogId;
	/** What came live since the page was asked for; nothing where it was too much. */
	#held: { readonly body: Body; readonly target: Target }[] | undefined;
	#heldBytes = 0;
	#most = firstPage;
	#stopped = false;
	#started = false;
	#wake: (() => void) | undefined;
	#retry: Timer | undefined;

	constructor(options: CatchUpOptions) {
		this.#options = options;
		this.#covered = options.from;
		const { flight } = options;
		this.#flight = new Map((flight?.items ?? []).map(([at, messageId, dup]) => [at, [messageId, dup]]));
		this.#doubtfulUntil = flight?.until ?? options.applied();
	}

	/** Up to here the log was looked at. */
	get covered(): LogId {
		return this.#covered;
	}

	/** What was under way before and was not given again yet; `unknown` where nobody knows what was. */
	get left(): Flight | 'unknown' | undefined {
		if (compareIds(this.#covered, this.#doubtfulUntil) >= 0) return undefined;
		const { flight } = this.#options;
		if (flight === undefined) return 'unknown';
		return { until: flight.until, items: flight.items.filter(([at]) => compareIds(at, this.#covered) > 0) };
	}

	/** Its client is there: begins. */
	start(): void {
		if (this.#started) return;
		this.#started = true;
		void this.#run();
	}

	/** Its client is gone. */
	stop(): void {
		this.#stopped = true;
		this.#retry?.cancel();
		this.#wake?.();
	}

	offer(body: Body, target: Target): void {
		if (this.#held === undefined) return;
		this.#held.push({ body, target });
		this.#heldBytes += body.weight;
		if (this.#held.length > mostHeld || this.#heldBytes > largePage) this.#held = undefined;
	}

	room(): void {
		if (this.#hasRoom) this.#wake?.();
	}

	get #hasRoom(): boolean {
		return this.#options.session.queue.length < roomMessages;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			try {
				if (await this.#round()) return;
				this.#held = undefined;
			} catch (error) {
				this.#options.log.debug({ err: error }, `A session can't catch up: ${messageOf(error)}`);
				await this.#until((resolve) => {
					this.#retry = this.#options.clock.after(retryMs, resolve);
				});
			}
		}
	}

	/** Reads a page; whether that was the last. */
	async #round(): Promise<boolean> {
		const { store, applied, session, onCut } = this.#options;
		await this.#until(
			() => {},
			() => this.#hasRoom,
		);
		if (this.#stopped) return true;
		this.#held = [];
		this.#heldBytes = 0;
		const reached = applied();
		const shards = await this.#shards();
		const each = Math.max(5, Math.ceil(this.#most / Math.max(1, shards.length)));
		const page = await store.page(shards, this.#covered, each);
		if (this.#stopped) return true;
		if (page.cut) onCut();
		this.#resize(page);
		// What has not arrived here yet comes live: given now, it would come a second time then.
		const now = applied();
		const entries = page.entries.filter(({ id }) => compareIds(id, now) <= 0);
		const fed = this.#feed(entries);
		this.#options.pump();
		if (!fed) return false;
		if (page.until !== undefined && compareIds(page.until, now) < 0) {
			this.#covered = later(this.#covered, page.until);
			return false;
		}
		this.#covered = later(this.#covered, reached);
		const held = this.#heldNow();
		if (held === undefined) return false;
		const known = new Set(entries.map(({ id }) => id));
		session.behind = undefined;
		for (const { body, target } of held) if (!known.has(body.at ?? beginning)) this.#options.join(body, target);
		this.#options.pump();
		return true;
	}

	#heldNow() {
		return this.#held;
	}

	/** False where there was no room for all of them. */
	#feed(entries: readonly StoredEntry[]): boolean {
		const { clock, keptForS, feed, session } = this.#options;
		const oldestMs = clock.wallMs() - keptForS * 1000;
		const subscribers = new SubscribersOfThen(session);
		for (const { id, bytes } of entries) {
			const flown = this.#flight.get(id);
			const sent = this.#options.flight !== undefined && compareIds(id, this.#doubtfulUntil) <= 0;
			const entry = placedMs(id) < oldestMs || (sent && flown === undefined) ? undefined : readEntry(bytes);
			const message = entry?.kind === 'message' ? entry.message : undefined;
			const target = message === undefined ? undefined : subscribers.targetOf(id, message);
			if (message !== undefined && target !== undefined) {
				const [messageId, dup] = flown ?? [0, compareIds(id, this.#doubtfulUntil) <= 0];
				if (!feed({ at: id, message, target, dup, messageId })) return false;
			}
			this.#covered = id;
		}
		return true;
	}

	#resize({ entries }: Page): void {
		const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
		this.#most = bytes > largePage ? Math.max(1, this.#most >> 1) : Math.min(mostPerPage, this.#most * 2);
	}

	/** The homes whose logs its subscriptions read. */
	async #shards(): Promise<string[]> {
		const filters = [...this.#options.session.subscriptions.values()]
			.filter(({ value: { filter, qos } }) => qos > 0 && !isShared(filter))
			.map(({ value: { filter } }) => filter);
		const named = filters.flatMap((filter) => shardOfFilter(filter) ?? []);
		const wide = filters.filter((filter) => shardOfFilter(filter) === undefined);
		if (wide.length === 0) return [...new Set(named)];
		const all = await this.#options.store.shards();
		return [...new Set([...named, ...all.filter((shard) => wide.some((filter) => isWithin(filter, shard)))])];
	}

	/** Waits until a condition holds, or somebody says so. */
	async #until(begin: (resolve: () => void) => void, condition = (): boolean => false): Promise<void> {
		if (this.#stopped || condition()) return;
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
			begin(resolve);
		});
		this.#wake = undefined;
	}
}

/** Which of a session's subscriptions there were when a message was published. */
class SubscribersOfThen {
	readonly #subscribers = new Subscribers();
	readonly #later: SubscriptionRecord[];

	constructor({ subscriptions }: Session) {
		const plain = [...subscriptions.values()].filter(({ value }) => !isShared(value.filter));
		this.#later = plain.sort((one, other) => compareIds(other.since ?? beginning, one.since ?? beginning));
	}

	/** How a message goes to the session; nothing where it does not, or at QoS 0: those do not wait. */
	targetOf(at: LogId, { topic, from, qos }: Body['message']): Target | undefined {
		for (let next = this.#later.at(-1); next !== undefined && compareIds(next.since ?? beginning, at) < 0; ) {
			this.#subscribers.add(next);
			this.#later.pop();
			next = this.#later.at(-1);
		}
		const [target] = this.#subscribers.of(topic, from, qos, () => undefined);
		return target === undefined || target.qos === 0 ? undefined : target;
	}
}

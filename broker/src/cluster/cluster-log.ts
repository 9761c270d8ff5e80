import type { Clock, Logger } from '@pilotwire/runtime';
import type { ClusterDelivery } from '../delivery/cluster-delivery.ts';
import type { SharedLog } from '../delivery/shared-log.ts';
import { isShared } from '../persistence/filters.ts';
import { type Message, ownMessage } from '../persistence/message.ts';
import type { Session, SubscriptionRecord } from '../persistence/session.ts';
import { CatchUp } from './catch-up.ts';
import type { Claims } from './claims.ts';
import type { Committer } from './committer.ts';
import { GroupWatch } from './group-watch.ts';
import type { Groups } from './groups.ts';
import { cursorOf, type Flight, flightOf, readSession } from './kept-session.ts';
import { before, type LogId } from './log-id.ts';
import type { LogReader } from './log-reader.ts';
import { acknowledged, count, drop, release, say, sayToGroup } from './ops.ts';
import type { SessionJournal } from './session-journal.ts';
import type { SharedStore } from './shared-store.ts';

/** What the log of a cluster works with. */
export interface ClusterLogOptions {
	readonly store: Pick<SharedStore, 'page' | 'shards'>;
	readonly node: string;
	readonly committer: Committer;
	readonly reader: () => LogReader;
	readonly claims: () => Claims;
	readonly journal: () => SessionJournal;
	readonly groups: Groups;
	readonly delivery: () => ClusterDelivery;
	readonly clock: Clock;
	readonly log: Logger;
	/** How long the log is kept, s. */
	readonly keptForS: number;
	/** How long a session outlives its connection at most, s. */
	readonly sessionForS: number;
}

/** What was left out since the start. */
export interface ClusterLosses {
	/** Messages, because too much waited for Redis. */
	unsaid: number;
	/** Times that a session came back for what the log had lost already. */
	cut: number;
}

/** The log of the cluster as one node's delivery sees it. */
export class ClusterLog implements SharedLog {
	readonly losses: ClusterLosses = { unsaid: 0, cut: 0 };
	readonly #options: ClusterLogOptions;
	/** Members of shared subscriptions that are connected here. */
	readonly #members = new Map<string, number>();
	readonly #watch = new GroupWatch();
	/** Something was given to members here since the others were told. */
	#mine = false;
	/** Retained messages that a session was given elsewhere and did not acknowledge. */
	readonly #unread = new Map<Session, readonly string[]>();

	constructor(options: ClusterLogOptions) {
		this.#options = options;
	}

	append(message: Message, messageId?: number): Promise<unknown> {
		const { committer } = this.#options;
		if (committer.isFull) {
			this.losses.unsaid += 1;
			return message.qos === 0 ? Promise.resolve() : Promise.reject(new Error('too much waits for Redis'));
		}
		// What a client said here and has not been told is done, it may have said at another node since: that is newer.
		const hold = message.from === undefined ? undefined : this.#claims.holdOf(message.from);
		return committer.add(say(message, hold, hold?.isOver === false ? messageId : undefined));
	}

	async settled(): Promise<void> {
		try {
			await this.#options.reader().reached(await this.#options.committer.barrier());
		} catch {
			// The node stops, or Redis could not do it: nobody is answered.
			await new Promise(() => {});
		}
	}

	subscribed({ value: { filter } }: SubscriptionRecord): void {
		if (isShared(filter)) this.#count(filter, 1);
	}

	unsubscribed({ value: { filter } }: SubscriptionRecord): void {
		if (isShared(filter)) this.#count(filter, -1);
	}

	attached(session: Session): void {
		const topics = this.#unread.get(session);
		if (topics !== undefined) this.#options.delivery().remind(session, topics);
		this.#unread.delete(session);
		if (session.behind instanceof CatchUp) session.behind.start();
	}

	released(session: Session, stays: boolean): void {
		const { committer, journal, sessionForS } = this.#options;
		const { clientId, expiryS, queue } = session;
		const hold = this.#claims.holdOf(clientId);
		const reached = this.reachedBy(session);
		const left = session.behind instanceof CatchUp ? session.behind.left : undefined;
		journal().forget(session);
		this.#unread.delete(session);
		session.behind?.stop();
		session.behind = undefined;
		for (const record of session.subscriptions.values()) this.unsubscribed(record);
		for (const { how, body } of queue.all()) {
			if (how.group !== undefined) void committer.add(sayToGroup(body.message, how.group));
		}
		if (hold === undefined) return;
		if (stays) {
			const flight = left === 'unknown' ? '' : JSON.stringify(flightOf(session, reached, left));
			const keptMs = Math.min(expiryS, sessionForS) * 1000;
			void committer.add(release(hold, cursorOf(session, reached), flight, keptMs));
		}
		// After its will, which is said right away and belongs to the session still.
		else queueMicrotask(() => void committer.add(drop(hold)));
		this.#claims.release(clientId);
	}

	fellBehind(session: Session, from: LogId): void {
		const until = before(from);
		this.#catchUp(session, until, { until, items: [] }).start();
	}

	isTurn(filter: string, at: LogId): boolean {
		return this.#options.groups.nodeFor(filter, at) === this.#options.node;
	}

	/** Remembers for which node's members a message is; `group`: the one shared subscription it is for. */
	watch(message: Message, at: LogId, group: string | undefined): void {
		if (message.qos === 0) return;
		const { groups, node: own } = this.#options;
		for (const filter of groups.of(message.topic)) {
			const node = group === undefined || group === filter ? groups.nodeFor(filter, at) : undefined;
			if (node === own) this.#mine = true;
			else if (node !== undefined) this.#watch.gave(node, { at, filter, message: ownMessage(message) });
		}
	}

	/** A node has had acknowledged what it was given up to here. */
	groupsDone(node: string, at: LogId): void {
		this.#watch.done(node, at);
	}

	/** These are the nodes that have members of shared subscriptions. */
	onlyNodes(nodes: ReadonlySet<string>): void {
		this.#watch.only(nodes);
	}

	/** A node is gone. `isOurs`: it died, and this node sees to what it left. */
	nodeGone(node: string, isOurs: boolean): void {
		this.#options.groups.remove(node);
		const left = this.#watch.take(node);
		if (isOurs) for (const { message, filter } of left) this.sayAgain(message, filter);
	}

	/** Tells the others up to where members of shared subscriptions here have acknowledged all. */
	tellDone(): void {
		if (!this.#mine) return;
		const { committer, node, reader, delivery } = this.#options;
		const oldest = delivery().oldestOfGroups();
		this.#mine = oldest !== undefined;
		void committer.add(acknowledged(node, oldest === undefined ? reader().applied : before(oldest)));
	}

	/** A member of a shared subscription has it no more, before it could acknowledge it. */
	sayAgain(message: Message, group: string): void {
		void this.#options.committer.add(sayToGroup(message, group));
	}

	/** Up to where the log was looked at for a session. */
	reachedBy({ behind }: Session): LogId {
		return behind instanceof CatchUp ? behind.covered : this.#options.reader().applied;
	}

	/** A session that began elsewhere goes on here; it catches up once its client is there. */
	adopt(clientId: string, owner: string, fields: ReadonlyMap<string, Buffer>): void {
		const kept = readSession(fields);
		const session = this.#options.delivery().adopt({ clientId, owner, ...kept });
		this.#options.journal().adopted(session, kept);
		if (kept.retained.length > 0) this.#unread.set(session, kept.retained);
		for (const record of session.subscriptions.values()) this.subscribed(record);
		this.#catchUp(session, kept.cursor, kept.flight);
	}

	get #claims(): Claims {
		return this.#options.claims();
	}

	#catchUp(session: Session, from: LogId, flight: Flight | undefined): CatchUp {
		const { store, clock, log, keptForS, reader, delivery } = this.#options;
		const catchUp = new CatchUp({
			...{ session, from, flight, store, clock, log, keptForS },
			applied: () => reader().applied,
			feed: (missed) => delivery().feed(session, missed),
			join: (body, target) => delivery().join(session, body, target),
			pump: () => delivery().pump(session),
			onCut: () => {
				this.losses.cut += 1;
				log.warn({ client: session.clientId, from }, 'A session came back too late: some of what it missed is gone');
			},
		});
		session.behind = catchUp;
		return catchUp;
	}

	#count(filter: string, more: 1 | -1): void {
		const { committer, node } = this.#options;
		const members = (this.#members.get(filter) ?? 0) + more;
		if (members > 0) this.#members.set(filter, members);
		else this.#members.delete(filter);
		void committer.add(count(node, filter, members));
	}
}

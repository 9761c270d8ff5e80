import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type Clock, type Logger, messageOf } from '@pilotwire/runtime';
import type { ClusterDelivery } from '../delivery/cluster-delivery.ts';
import type { Router } from '../delivery/router.ts';
import type { Edge } from '../edge/edge.ts';
import type { Claimant, ClaimTerms, SessionClaims } from '../edge/session-claims.ts';
import type { KeptWill } from '../edge/wills.ts';
import { clusterAway } from '../errors.ts';
import { RedisStore } from '../io/redis.ts';
import type { ClusterOptions, Limits } from '../options.ts';
import type { Message } from '../persistence/message.ts';
import type { BrokerStore } from '../persistence/store.ts';
import { Arrivals } from './arrivals.ts';
import { Claims } from './claims.ts';
import { ClusterLog } from './cluster-log.ts';
import { Committer } from './committer.ts';
import { Groups } from './groups.ts';
import { Lifeline } from './lifeline.ts';
import { loadRetained } from './load-retained.ts';
import { beginning, type LogId } from './log-id.ts';
import { LogReader } from './log-reader.ts';
import { drop, forget, type Hold, release, settleWill } from './ops.ts';
import { SessionJournal } from './session-journal.ts';
import type { SharedStore } from './shared-store.ts';

/** What a node needs. */
export interface NodeOptions {
	readonly cluster: ClusterOptions;
	readonly limits: Limits;
	/** The program's, for the other nodes. */
	readonly version: string;
	readonly clock: Clock;
	readonly log: Logger;
}

/** What a node delivers with. */
interface Parts {
	readonly router: Router;
	readonly delivery: ClusterDelivery;
	readonly store: BrokerStore;
}

/** How a node stands with the others. */
export interface ClusterFigures {
	/** Its name. */
	readonly node: string;
	/** Whether Redis answers. */
	readonly isReachable: boolean;
	/** Messages left out because too much waited for it. */
	readonly unsaid: number;
	/** Sessions that came back for what the log had lost already. */
	readonly cut: number;
}

/**
 * One node of a cluster: brokers that share a log, retained messages and sessions in one Redis. Which of them a client is
 * connected to makes no difference.
 */
export class Cluster implements SessionClaims {
	readonly node: string;
	readonly journal: SessionJournal;
	readonly shared: ClusterLog;
	readonly #store: SharedStore;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #committer: Committer;
	readonly #groups = new Groups();
	readonly #reader: LogReader;
	readonly #claims: Claims;
	readonly #lifeline: Lifeline;
	readonly #limits: Limits;
	#parts: Parts | undefined;
	#edge: Edge | undefined;
	#isLost = false;

	private constructor({ limits, clock, log }: NodeOptions, node: string, store: SharedStore, keptForS: number) {
		this.node = node;
		this.#store = store;
		this.#clock = clock;
		this.#log = log;
		this.#limits = limits;
		this.#committer = new Committer({
			...{ store, clock, log, waitingBytes: limits.queuedBytesInAll },
			onUnheld: (client, epoch) => this.#unheld(client, epoch),
		});
		this.shared = new ClusterLog({
			...{ store, node, committer: this.#committer, groups: this.#groups, clock, log, keptForS },
			sessionForS: limits.sessionForS,
			reader: () => this.#reader,
			claims: () => this.#claims,
			journal: () => this.journal,
			delivery: () => this.#joined.delivery,
		});
		const arrivals = new Arrivals({
			...{ node, shared: this.shared, groups: this.#groups, log },
			delivery: () => this.#joined,
			holdOf: (client) => this.#claims.holdOf(client),
			evict: (client) => this.#edge?.evict(client),
		});
		this.#reader = new LogReader({
			...{ store, clock, log },
			onEntry: (entry) => arrivals.take(entry),
			onGap: (why) => this.#startOver(why),
		});
		this.journal = new SessionJournal({
			...{ committer: this.#committer, clock },
			holdOf: (client) => this.#claims.holdOf(client),
			reachedBy: (session) => this.shared.reachedBy(session),
		});
		this.#claims = new Claims({
			...{ store, committer: this.#committer, clock, log },
			isOthers: (clientId, owner) => this.#parts?.router.sessions.isOthers(clientId, owner) === true,
			evict: (clientId) => this.#edge?.evict(clientId),
			adopt: (clientId, owner, fields) => this.shared.adopt(clientId, owner, fields),
			abandon: (hold, fields, terms) => this.#abandon(hold, fields, terms),
		});
		this.#lifeline = new Lifeline({
			...{ store, node, clock, log },
			onLost: () => this.#lost(),
			onWill: (token, clientId, will) => this.#say(token, clientId, will),
			onBeat: () => {
				this.journal.look();
				this.shared.tellDone();
			},
		});
	}

	/** Connects to Redis. Rejects with `BROKER_CLUSTER_AWAY`. */
	static async open(options: NodeOptions): Promise<Cluster> {
		const { cluster, limits, version, log } = options;
		const { url, password, name = hostname(), bounds, answerMs } = cluster;
		const node = `${name}-${randomBytes(4).toString('hex')}`;
		const { sessionForS } = limits;
		const retained = {
			home: { topics: limits.retainedTopicsOfHome, bytes: limits.retainedBytesOfHome },
			all: { topics: limits.retainedTopics, bytes: limits.retainedBytes },
		};
		const onTrouble = (error: Error): void => log.debug({ err: error }, `Redis: ${messageOf(error)}`);
		try {
			const store = await RedisStore.open({
				...{ url, password, node, bounds, sessionForS, retained, version, onTrouble },
				...(answerMs === undefined ? {} : { answerMs }),
			});
			const opened = new Cluster(options, node, store, bounds.keptForS);
			await opened.#lifeline.start();
			log.info({ node }, `Node ${node} of a cluster`);
			return opened;
		} catch (error) {
			throw clusterAway(url, error);
		}
	}

	/** How it stands. */
	get figures(): ClusterFigures {
		return { node: this.node, isReachable: !this.#committer.isFailing, ...this.shared.losses };
	}

	/** Up to here the log has arrived. */
	get applied(): LogId {
		return this.#reader.applied;
	}

	get isLost(): boolean {
		return this.#isLost;
	}

	get isFull(): boolean {
		return this.#committer.isFull;
	}

	/** Brings retained messages and the log up to now. Rejects with what Redis said. */
	async join(parts: Parts): Promise<void> {
		this.#parts = parts;
		this.#store.onState((reachable) => {
			if (reachable) this.#committer.tryNow();
		});
		const from = await this.#store.head();
		await this.#loadGroups();
		await this.#loadRetained();
		this.#reader.start(from);
		await this.#reader.reached(await this.#store.head());
	}

	/** Clients may come from now on. */
	serve(edge: Edge): void {
		this.#edge = edge;
	}

	claim(claimant: Claimant): Promise<void> {
		return this.#claims.claim(claimant);
	}

	/** A retained message is past its expiry. */
	expired(message: Message): void {
		void this.#committer.add(forget(message));
	}

	/** Leaves in good order, where Redis answers. All clients must be gone. */
	async close(): Promise<void> {
		await this.#lifeline.stop();
		if (!this.#committer.isStuck) {
			await this.#committer.committed()?.catch(() => {});
			await this.#store.leave().catch(() => {});
		}
		this.#committer.close();
		const reading = this.#reader.stop();
		await this.#store.close();
		await reading;
	}

	get #joined(): Parts {
		if (this.#parts === undefined) throw new Error('the node has not joined');
		return this.#parts;
	}

	/** Its client did not wait: everything is as it was. */
	#abandon(hold: Hold, fields: ReadonlyMap<string, Buffer> | undefined, { expiryS }: ClaimTerms): void {
		const keptMs = Math.min(expiryS, this.#limits.sessionForS) * 1000;
		const flight = fields?.get('flight')?.toString() ?? '';
		const cursor = fields?.get('cursor')?.toString() ?? beginning;
		const undo = fields === undefined || keptMs === 0 ? drop(hold) : release(hold, cursor, flight, keptMs);
		void this.#committer.add(undo);
	}

	/** A will of a client that is gone is due; nothing is said where it can't be read. */
	async #say(token: string, clientId: string, will: KeptWill | undefined): Promise<void> {
		if (will === undefined) {
			const why = 'A will can not be read, and is left unsaid; is a node on another version of Node.js?';
			this.#log.warn({ client: clientId }, why);
		}
		const message = will === undefined ? undefined : await this.#edge?.willNow(clientId, will);
		await this.#committer.add(settleWill(token, message));
	}

	/** The others have ended what was open here: so does this node, and its clients begin again. */
	#lost(): void {
		this.#log.error(
			{},
			'This node was silent for so long that the others took it for dead: all its clients begin again',
		);
		this.#endLost(() => this.#edge?.evictAll());
	}

	/** A session went to another node unasked: what its client does here is not done, and so it must not hear that it is. */
	#unheld(client: string, epoch: string): void {
		if (this.#claims.holdOf(client)?.epoch !== epoch) return;
		this.#endLost(() => this.#edge?.evict(client));
	}

	#endLost(end: () => void): void {
		this.#isLost = true;
		try {
			end();
		} finally {
			this.#isLost = false;
		}
	}

	/** Something of the log is missing here: nobody can say what its clients should have had. They begin again. */
	async #startOver(why: string): Promise<void> {
		this.#log.error({ why }, `The log of the cluster has a gap (${why}): all clients of this node begin again`);
		this.#edge?.evictAll();
		await this.#loadGroups();
		await this.#loadRetained();
	}

	/** What was known before may be of nodes that are gone. */
	async #loadGroups(): Promise<void> {
		const found = await this.#store.groups();
		this.#groups.clear();
		for (const { node, filter, members } of found) this.#groups.set(filter, node, members);
		this.shared.onlyNodes(new Set(found.map(({ node }) => node)));
	}

	async #loadRetained(): Promise<void> {
		const retained = this.#parts?.store.retained;
		if (retained === undefined) return;
		await loadRetained(this.#store, retained, {
			nowMs: this.#clock.wallMs(),
			onExpired: (message) => this.expired(message),
		});
	}
}

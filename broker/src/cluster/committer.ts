import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import { beginning, type LogId } from './log-id.ts';
import type { Committed, Operation, SharedStore } from './shared-store.ts';

/** Operations of one commit: Redis does nothing else meanwhile. */
const mostOperations = 500;
/** Bytes of one commit. */
const mostBytes = 2 * 1024 * 1024;
/** Between two tries of a commit that failed, ms. */
const retryMs = 250;
/** A commit that takes longer is a Redis that hangs, ms. */
const hangsMs = 1000;
/** What an operation, or somebody who waits, takes up besides its bytes, roughly. */
const weightOfOne = 300;

/** A commit that is gathered, or under way. */
interface Batch {
	readonly operations: Operation[];
	bytes: number;
	readonly done: Promise<LogId>;
	readonly resolve: (head: LogId) => void;
	readonly reject: (error: Error) => void;
}

/** What the committer needs. */
export interface CommitterOptions {
	readonly store: Pick<SharedStore, 'commit'>;
	readonly clock: Clock;
	readonly log: Logger;
	/** Bytes that may wait for a Redis that is away. */
	readonly waitingBytes: number;
	/** Something was not done, for the session is this node's no more; told before anybody hears that the rest is. */
	readonly onUnheld: (client: string, epoch: string) => void;
}

/**
 * Hands what this node does to Redis, in order: one commit at a time, and all that comes meanwhile is the next one. What
 * failed is sent again until it is answered; Redis does it once. Who waits for it goes on waiting.
 */
export class Committer {
	readonly #options: CommitterOptions;
	readonly #waiting: Batch[] = [];
	#number = 0;
	#bytes = 0;
	/** When the commit under way began, monotonic ms. */
	#begunMs: number | undefined;
	#failing = false;
	/** Who wants to know that it fails. */
	readonly #watchers = new Set<() => void>();
	#closed = false;
	#retry: Timer | undefined;
	#wake: (() => void) | undefined;

	constructor(options: CommitterOptions) {
		this.#options = options;
	}

	/** Whether nothing can be committed now. */
	get isFailing(): boolean {
		return this.#failing;
	}

	/** Whether who waits for a commit waits longer than a Redis that works takes. */
	get isStuck(): boolean {
		const nowMs = this.#options.clock.monotonicMs();
		return this.#failing || (this.#begunMs !== undefined && nowMs - this.#begunMs > hangsMs);
	}

	/** Operations that Redis has not done yet. */
	get unsaved(): number {
		return this.#waiting.reduce((sum, { operations }) => sum + operations.length, 0);
	}

	/** Whether there is no more room for what may be left out. */
	get isFull(): boolean {
		return this.#bytes > this.#options.waitingBytes;
	}

	/**
	 * Has something done. Resolves, once it is, with the end of the log; rejects where Redis could not do it, or the node
	 * stops before.
	 */
	add(operation: Operation): Promise<LogId> {
		let bytes = weightOfOne;
		for (const part of operation) bytes += part.length;
		const batch = this.#gathering();
		batch.operations.push(operation);
		this.#weigh(batch, bytes);
		return batch.done;
	}

	/** Resolves with the end of the log once all that was added is done; it asks for it where there is nothing. */
	barrier(): Promise<LogId> {
		const batch = this.#gathering();
		this.#weigh(batch, weightOfOne);
		return batch.done;
	}

	/** Resolves when all that was added up to now is done; undefined where it is. */
	committed(): Promise<unknown> | undefined {
		return this.#waiting.at(-1)?.done;
	}

	/** Resolves when all that was added up to now is done: true; or as soon as nothing can be committed: false. */
	async cleared(): Promise<boolean> {
		const last = this.#waiting.at(-1)?.done;
		if (this.#failing || last === undefined) return !this.#failing;
		let fails = (): void => {};
		const failing = new Promise<false>((resolve) => {
			fails = () => resolve(false);
		});
		this.#watchers.add(fails);
		try {
			return await Promise.race([last.then(() => true), failing]);
		} catch {
			return false;
		} finally {
			this.#watchers.delete(fails);
		}
	}

	/** Redis can be reached again: there is nothing to wait for. */
	tryNow(): void {
		this.#retry?.cancel();
		this.#wake?.();
	}

	/** Tries no more. */
	close(): void {
		this.#closed = true;
		this.tryNow();
		for (const { reject } of this.#waiting.splice(0)) reject(new Error('the node stopped before Redis answered'));
	}

	#weigh(batch: Batch, bytes: number): void {
		this.#bytes += bytes;
		batch.bytes += bytes;
	}

	#gathering(): Batch {
		const last = this.#waiting.at(-1);
		// The first is under way.
		const open = this.#waiting.length > (this.#begunMs === undefined ? 0 : 1);
		if (last !== undefined && open && last.operations.length < mostOperations && last.bytes < mostBytes) return last;
		const { promise: done, resolve, reject } = withResolvers<LogId>();
		done.catch(() => {});
		const batch = { operations: [], bytes: 0, done, resolve, reject };
		this.#waiting.push(batch);
		if (this.#waiting.length === 1) setImmediate(() => void this.#work());
		return batch;
	}

	async #work(): Promise<void> {
		for (let batch = this.#waiting[0]; batch !== undefined && !this.#closed; batch = this.#waiting[0]) {
			this.#begunMs = this.#options.clock.monotonicMs();
			this.#number += 1;
			const committed = await this.#commit(batch);
			if (committed === undefined) return;
			this.#tell(committed);
			this.#begunMs = undefined;
			this.#waiting.shift();
			this.#bytes -= batch.bytes;
			const { head, fault } = committed;
			if (fault === undefined) batch.resolve(head === '' ? beginning : head);
			else batch.reject(new Error(fault));
		}
	}

	/** Nothing where the node stops. */
	async #commit({ operations }: Batch): Promise<Committed | undefined> {
		while (!this.#closed) {
			try {
				const committed = await this.#options.store.commit(this.#number, operations);
				if (this.#failing) this.#options.log.info({}, 'The Redis of the cluster is there again');
				this.#failing = false;
				return committed;
			} catch (error) {
				await this.#failed(error);
			}
		}
		return undefined;
	}

	#tell({ unheld, fault }: Committed): void {
		const { log, onUnheld } = this.#options;
		if (fault !== undefined) log.error({ fault }, `Redis could not do all that it was told: ${fault}`);
		for (const { client, epoch } of unheld) onUnheld(client, epoch);
	}

	async #failed(error: unknown): Promise<void> {
		if (this.#closed) return;
		if (!this.#failing) {
			// What it says itself: that it is full, or can't write to its disk.
			const does =
				error instanceof Error && error.name === 'ReplyError' ? 'refuses what it is told' : 'does not answer';
			const what = `The Redis of the cluster ${does}: QoS 1 and 2 are not acknowledged until that is over`;
			this.#options.log.error({ err: error }, `${what}: ${messageOf(error)}`);
		}
		this.#failing = true;
		for (const tell of this.#watchers) tell();
		await new Promise<void>((resolve) => {
			this.#wake = resolve;
			this.#retry = this.#options.clock.after(retryMs, resolve);
		});
	}
}

function withResolvers<Value>() {
	let resolve: (value: Value) => void = () => {};
	let reject: (error: Error) => void = () => {};
	const promise = new Promise<Value>((settle, fail) => {
		resolve = settle;
		reject = fail;
	});
	return { promise, resolve, reject };
}

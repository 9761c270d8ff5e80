import { deserialize } from 'node:v8';
import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import type { KeptWill } from '../edge/wills.ts';
import type { SharedStore } from './shared-store.ts';

const everyMs = 1000;

/** What a node's life needs. */
export interface LifelineOptions {
	readonly store: Pick<SharedStore, 'beat' | 'reap' | 'due'>;
	readonly node: string;
	readonly clock: Clock;
	readonly log: Logger;
	/** The others took this node for dead. */
	readonly onLost: () => void;
	/** A will is due; undefined where it can't be read. */
	readonly onWill: (token: string, clientId: string, will: KeptWill | undefined) => Promise<void>;
	/** Something to do as often. */
	readonly onBeat: () => void;
}

/** Says every second that this node lives, ends what dead ones left, and has wills said that are due. */
export class Lifeline {
	readonly #options: LifelineOptions;
	#timer: Timer | undefined;
	#working: Promise<void> | undefined;

	constructor(options: LifelineOptions) {
		this.#options = options;
	}

	/** The first beat is awaited. Rejects where Redis does not answer. */
	async start(): Promise<void> {
		const { store, clock } = this.#options;
		await store.beat(clock.wallMs());
		this.#timer = clock.every(everyMs, () => this.#turn());
	}

	async stop(): Promise<void> {
		this.#timer?.cancel();
		await this.#working;
	}

	#turn(): void {
		this.#options.onBeat();
		this.#working ??= this.#work().finally(() => {
			this.#working = undefined;
		});
	}

	async #work(): Promise<void> {
		const { store, node, onLost, clock, log } = this.#options;
		try {
			const { lost, dead } = await store.beat(clock.wallMs());
			if (lost) onLost();
			for (const other of dead.filter((name) => name !== node)) {
				log.warn({ node: other }, `Node ${other} of the cluster is gone: what it had open is ended`);
				await store.reap(other);
			}
			for (const { token, will } of await store.due()) await this.#say(token, will);
		} catch (error) {
			log.debug({ err: error }, `The cluster can't be told that this node lives: ${messageOf(error)}`);
		}
	}

	async #say(token: string, bytes: Buffer): Promise<void> {
		const { onWill, log } = this.#options;
		const [clientId = ''] = token.split('\0');
		await onWill(token, clientId, willOf(bytes)).catch((error: unknown) => {
			log.debug({ err: error, client: clientId }, `A will can't be said now: ${messageOf(error)}`);
		});
	}
}

/** Nothing where it can't be read: a node on another version of Node.js may have written it. */
function willOf(bytes: Buffer): KeptWill | undefined {
	try {
		return deserialize(bytes) as KeptWill;
	} catch {
		return undefined;
	}
}

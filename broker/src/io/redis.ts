import { Redis, type RedisOptions } from 'ioredis';
import { compareIds, type LogId } from '../cluster/log-id.ts';
import type {
	ClaimAnswer,
	ClaimManner,
	Committed,
	Operation,
	Page,
	SharedStore,
	StoredEntry,
} from '../cluster/shared-store.ts';
import type { ClaimTerms } from '../edge/session-claims.ts';
import { prefix } from './redis-prelude.ts';
import {
	beatScript,
	claimScript,
	commitScript,
	dueScript,
	groupsScript,
	leaveScript,
	pageScript,
	reapScript,
} from './redis-scripts.ts';

/** Where the Redis of a cluster is, and who this node is there. */
export interface RedisStoreOptions {
	/** `redis://`, `rediss://`, or the path of a socket. */
	readonly url: string;
	readonly password?: string | undefined;
	/** This node, by a name that none had before. */
	readonly node: string;
	/** What the log of a home keeps: messages, bytes, and how long, s. */
	readonly bounds: { readonly messages: number; readonly bytes: number; readonly keptForS: number };
	/** What may be retained of a home, and of all together: topics, and bytes. */
	readonly retained: Readonly<Record<'home' | 'all', { readonly topics: number; readonly bytes: number }>>;
	/** How long a session outlives its connection at most, s. */
	readonly sessionForS: number;
	/** The program's, for the other nodes and whoever asks. */
	readonly version: string;
	/** How long Redis has to answer, ms; then its connection is given up, and another one made. */
	readonly answerMs?: number;
	/** A connection failed, or said something that it should not. */
	readonly onTrouble: (error: Error) => void;
}

/** How long the log is waited for, ms. */
const waitMs = 1000;
/** How long Redis has to answer unless said otherwise, ms. */
const usualMs = 5000;
/** Retained messages that are read at once. */
const retainedPerPage = 500;

type Script = (...args: (string | Buffer | number)[]) => Promise<unknown>;

/** The Redis that the nodes of a cluster share: one connection for what is asked, one that waits for the log. */
export class RedisStore implements SharedStore {
	readonly #options: RedisStoreOptions;
	readonly #asking: Redis;
	readonly #waiting: Redis;

	private constructor(options: RedisStoreOptions) {
		this.#options = options;
		const { answerMs = usualMs } = options;
		this.#asking = connectionOf(options, answerMs, { commandTimeout: answerMs });
		this.#waiting = connectionOf(options, waitMs + answerMs, { blockingTimeout: waitMs + answerMs });
		for (const redis of [this.#asking, this.#waiting]) redis.on('error', options.onTrouble);
	}

	/** Connects. Rejects with what the connection said. */
	static async open(options: RedisStoreOptions): Promise<RedisStore> {
		const store = new RedisStore(options);
		try {
			await Promise.all([connect(store.#asking), connect(store.#waiting)]);
			return store;
		} catch (error) {
			await store.close();
			throw error;
		}
	}

	async commit(batch: number, operations: readonly Operation[]): Promise<Committed> {
		const {
			bounds,
			retained: { home, all },
		} = this.#options;
		const ofLog = [bounds.messages, bounds.bytes, bounds.keptForS * 1000];
		const ofRetained = [home.topics, home.bytes, all.topics, all.bytes];
		const answer = await this.#run('pilotwireCommit', batch, ...ofLog, ...ofRetained, ...operations.flat());
		const [head, unheld, fault] = answer as [Buffer, Buffer[], Buffer];
		return {
			head: text(head),
			unheld: pairsOf(unheld).map(([client, epoch]) => ({ client, epoch: text(epoch) })),
			fault: fault.length === 0 ? undefined : text(fault),
		};
	}

	async claim(client: string, { clean, expiryS, owner }: ClaimTerms, how: ClaimManner): Promise<ClaimAnswer> {
		const keptMs = Math.min(expiryS, this.#options.sessionForS) * 1000;
		const flags = [flag(clean), String(keptMs), how] as const;
		const answer = (await this.#run('pilotwireClaim', client, owner, ...flags)) as [Buffer, Buffer, number, Buffer[]];
		const kind = text(answer[0]);
		if (kind !== 'mine') return { kind: kind as 'others' | 'held' };
		const [, epoch, goesOn, fields] = answer;
		return { kind, epoch: text(epoch), fields: goesOn === 1 ? new Map(pairsOf(fields)) : undefined };
	}

	async beat(wallMs: number): Promise<{ lost: boolean; dead: readonly string[] }> {
		const keptMs = this.#options.bounds.keptForS * 1000;
		const answer = await this.#run('pilotwireBeat', keptMs, wallMs, this.#options.version);
		const [lost, dead] = answer as [number, Buffer[]];
		return { lost: lost === 1, dead: dead.map(text) };
	}

	async reap(node: string): Promise<void> {
		while (((await this.#run('pilotwireReap', node)) as number) > 0);
	}

	async leave(): Promise<void> {
		await this.#run('pilotwireLeave');
	}

	async due(): Promise<{ token: string; will: Buffer }[]> {
		return pairsOf((await this.#run('pilotwireDue')) as Buffer[]).map(([token, will]) => ({ token, will }));
	}

	async head(): Promise<LogId> {
		return (await this.#asking.get(`${prefix}head`)) ?? '0-0';
	}

	async read(after: LogId, most: number): Promise<StoredEntry[]> {
		const live = `${prefix}live`;
		const answer = await this.#waiting.xreadBuffer('COUNT', most, 'BLOCK', waitMs, 'STREAMS', live, after);
		return entriesOf(answer?.[0]?.[1] as RawEntry[] | undefined);
	}

	async page(shards: readonly string[], after: LogId, most: number): Promise<Page> {
		if (shards.length === 0) return { entries: [], until: undefined, cut: false };
		const [logs, cuts] = (await this.#run('pilotwirePage', after, most, ...shards)) as [RawEntry[][], Buffer[]];
		const read = logs.map(entriesOf);
		// Of a log that goes on nothing is known beyond its last entry, and of the others nothing is told beyond that.
		const ends = read.filter(({ length }) => length >= most).map((entries) => entries.at(-1)?.id as LogId);
		const until = ends.sort(compareIds)[0];
		const entries = read.flat().sort((one, other) => compareIds(one.id, other.id));
		return {
			entries: until === undefined ? entries : entries.filter(({ id }) => compareIds(id, until) <= 0),
			until,
			cut: cuts.some((id) => compareIds(text(id), after) > 0),
		};
	}

	async shards(): Promise<string[]> {
		return this.#asking.zrange(`${prefix}shards`, '0', '-1');
	}

	async *retained(): AsyncGenerator<Buffer[]> {
		let cursor = '0';
		do {
			const [next, found] = await this.#asking.hscanBuffer(`${prefix}retained`, cursor, 'COUNT', retainedPerPage);
			cursor = text(next);
			yield pairsOf(found).map(([, bytes]) => bytes);
		} while (cursor !== '0');
	}

	async groups(): Promise<{ node: string; filter: string; members: number }[]> {
		const found = (await this.#run('pilotwireGroups')) as (Buffer | Buffer[])[];
		return pairsOf(found as Buffer[]).flatMap(([node, members]) =>
			pairsOf(members as unknown as Buffer[]).map(([filter, count]) => ({ node, filter, members: Number(count) })),
		);
	}

	onState(listener: (reachable: boolean) => void): void {
		this.#asking.on('ready', () => listener(true));
		this.#asking.on('close', () => listener(false));
	}

	async close(): Promise<void> {
		for (const redis of [this.#asking, this.#waiting]) redis.disconnect();
	}

	#run(name: string, ...args: (string | Buffer | number)[]): Promise<unknown> {
		const script = (this.#asking as unknown as Record<string, Script>)[`${name}Buffer`] as Script;
		return script.call(this.#asking, prefix, this.#options.node, ...args);
	}
}

/**
 * What fails is told at once, and tried again by who asked: nobody else knows whether it may be. `silentMs`: a connection
 * that says nothing for so long, though something was asked, is given up. One whose way is cut would else be waited for
 * until the system gives up, a quarter of an hour.
 */
function connectionOf(
	{ url, password }: RedisStoreOptions,
	silentMs: number,
	more: Pick<RedisOptions, 'commandTimeout' | 'blockingTimeout'>,
): Redis {
	return new Redis(url, {
		...(password === undefined ? {} : { password }),
		...more,
		...{ lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
		...{ protocol: 2, disableClientInfo: true, connectTimeout: usualMs, socketTimeout: silentMs },
		retryStrategy: (times) => Math.min(times * 50, 1000),
		scripts: {
			pilotwireCommit: { lua: commitScript, numberOfKeys: 0 },
			pilotwireClaim: { lua: claimScript, numberOfKeys: 0 },
			pilotwireBeat: { lua: beatScript, numberOfKeys: 0 },
			pilotwireReap: { lua: reapScript, numberOfKeys: 0 },
			pilotwireLeave: { lua: leaveScript, numberOfKeys: 0 },
			pilotwireDue: { lua: dueScript, numberOfKeys: 0 },
			pilotwireGroups: { lua: groupsScript, numberOfKeys: 0 },
			pilotwirePage: { lua: pageScript, numberOfKeys: 0 },
		},
	});
}

/** The connection may fail by a timer of its own before; what it said last is the reason. */
async function connect(redis: Redis): Promise<void> {
	let said: unknown;
	redis.on('error', (error) => {
		said = error;
	});
	try {
		await redis.connect();
	} catch (error) {
		throw said ?? error;
	}
}

type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]];

function entriesOf(raw: readonly RawEntry[] | undefined): StoredEntry[] {
	return (raw ?? []).map(([id, fields]) => {
		const entry = { id: text(id), bytes: fields[1] ?? Buffer.alloc(0) };
		return fields.length > 2 ? { ...entry, unkept: true } : entry;
	});
}

function pairsOf(flat: readonly Buffer[]): [name: string, value: Buffer][] {
	const pairs: [string, Buffer][] = [];
	for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([text(flat[at]), flat[at + 1] as Buffer]);
	return pairs;
}

function text(value: unknown): string {
	return String(value);
}

function flag(is: boolean): string {
	return is ? '1' : '';
}

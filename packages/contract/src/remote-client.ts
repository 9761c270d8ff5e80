import { REMOTE_CHUNK_BYTES, REMOTE_WINDOW, type RemoteFault, remoteSay } from './remote.ts';
import { decodeFrame, encodeFrame } from './remote-frame.ts';

/** What a client of remote agents needs of the world. */
export interface RemoteSurroundings {
	/** Sends to an agent, or `all`. */
	readonly publish: (agent: string, payload: Uint8Array<ArrayBuffer>) => void;
	/** Calls back after some milliseconds; the result takes that back. */
	readonly after: (ms: number, act: () => void) => () => void;
	/** A new word for each call, at random, letters and digits. */
	readonly newId: () => string;
}

/** What is asked, and who hears the answer. */
export interface RemoteWish {
	readonly params?: Readonly<Record<string, unknown>>;
	/** Facts that come before the end. */
	readonly onInfo?: (facts: Readonly<Record<string, unknown>>) => void;
	/** Bytes, with what is said of them; the agent waits while these are used. */
	readonly onBytes?: (bytes: Uint8Array, facts: Readonly<Record<string, unknown>>) => void | Promise<void>;
	/** Only the newest counts: what was left out on the way is no fault. */
	readonly live?: boolean;
	/** Not begun after this, ISO 8601. */
	readonly expiresAt?: string;
	readonly chunkBytes?: number;
	/** Gives up without a first word of the agent. Milliseconds. */
	readonly withinMs?: number;
}

/** A call that did not end well. */
export class RemoteCallError extends Error {
	override readonly name = 'RemoteCallError';
	readonly fault: RemoteFault;

	constructor(fault: RemoteFault) {
		super(`${fault.code}: expected ${fault.expected}, got ${fault.received}. ${fault.action}`);
		this.fault = fault;
	}
}

/** The agent ends a call whose client is silent for longer; this is said again before. Milliseconds. */
const ALIVE_MS = 10_000;
const ANSWER_WITHIN_MS = 20_000;
/** Several messages are answered at once. */
const ACK_EACH = 4;

/** A call of this client's, of one agent. */
export class RemoteCall {
	readonly id: string;
	/** What it ended with; rejects with a `RemoteCallError`. */
	readonly ended: Promise<Readonly<Record<string, unknown>>>;
	readonly #say: (head: object, body?: Uint8Array) => void;
	readonly #wish: RemoteWish;
	readonly #after: RemoteSurroundings['after'];
	#settle: { resolve: (end: Readonly<Record<string, unknown>>) => void; reject: (error: unknown) => void } | undefined;
	#cancelTimer: () => void = () => undefined;
	#next = 0;
	#used: Promise<void> = Promise.resolve();
	#done = -1;
	#acknowledged = -1;
	#sent = 0;
	#taken = 0;
	#roomWanted: (() => void)[] = [];

	constructor(
		id: string,
		wish: RemoteWish,
		say: (head: object, body?: Uint8Array) => void,
		after: RemoteSurroundings['after'],
	) {
		this.id = id;
		this.#wish = wish;
		this.#say = say;
		this.#after = after;
		this.ended = new Promise((resolve, reject) => {
			this.#settle = { resolve, reject };
		});
		// Whoever doesn't wait for the end needs no word of it.
		this.ended.catch(() => undefined);
		this.#cancelTimer = after(wish.withinMs ?? ANSWER_WITHIN_MS, () => this.fail(noAnswer()));
	}

	get isOver(): boolean {
		return this.#settle === undefined;
	}

	/** Sends bytes, as soon as the agent has taken enough of those before. */
	async send(bytes: Uint8Array): Promise<void> {
		while (!this.isOver && this.#sent - this.#taken >= REMOTE_WINDOW)
			await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
		if (this.isOver) await this.ended;
		this.#say({ id: this.id, chunk: this.#sent }, bytes);
		this.#sent += 1;
	}

	/** There are no more bytes. */
	finish(facts: object = {}): void {
		this.#say({ id: this.id, end: facts });
	}

	/** It is to stop. */
	cancel(): void {
		if (this.isOver) return;
		this.#say({ id: this.id, cancel: true });
		this.fail({ code: 'REMOTE_CANCELLED', expected: 'an end', received: 'the wish to stop', action: 'Nothing to do.' });
	}

	/** It has failed on this side. */
	fail(fault: RemoteFault): void {
		this.#end(({ reject }) => reject(new RemoteCallError(fault)));
	}

	/** Takes a message of the agent's. */
	hear(head: Readonly<Record<string, unknown>>, body: Uint8Array): void {
		const said = remoteSay.safeParse(head);
		if (!said.success || this.isOver) return;
		const what = said.data;
		if ('taken' in what) {
			this.#taken = Math.max(this.#taken, what.taken);
			for (const go of this.#roomWanted.splice(0)) go();
			return;
		}
		if (what.seq < this.#next) return;
		if (what.seq > this.#next && this.#wish.live !== true) {
			this.cancelWith(lost(this.#next, what.seq));
			return;
		}
		if (this.#next === 0) this.#stayAlive();
		this.#next = what.seq + 1;
		this.#used = this.#used.then(() => this.#use(what, body)).catch((error: unknown) => this.#broken(error));
	}

	/** It has failed on this side, and the agent is told. */
	cancelWith(fault: RemoteFault): void {
		this.#say({ id: this.id, cancel: true });
		this.fail(fault);
	}

	async #use(
		what: {
			seq: number;
			end?: Record<string, unknown>;
			error?: RemoteFault;
			info?: Record<string, unknown> | undefined;
		},
		body: Uint8Array,
	): Promise<void> {
		if (this.isOver) return;
		const { end, error, info = {} } = what;
		if (end !== undefined) this.#end(({ resolve }) => resolve(end));
		else if (error !== undefined) this.fail(error);
		else if (body.length > 0) await this.#wish.onBytes?.(body, info);
		else this.#wish.onInfo?.(info);
		this.#done = what.seq;
		if (!this.isOver && this.#done - this.#acknowledged >= ACK_EACH) this.#acknowledge();
	}

	#broken(error: unknown): void {
		this.#say({ id: this.id, cancel: true });
		this.#end(({ reject }) => reject(error));
	}

	#acknowledge(): void {
		this.#acknowledged = this.#done;
		this.#say({ id: this.id, ack: this.#done });
	}

	#stayAlive(): void {
		this.#cancelTimer();
		this.#cancelTimer = this.#after(ALIVE_MS, () => {
			this.#acknowledge();
			this.#stayAlive();
		});
	}

	#end(
		settle: (how: {
			resolve: (end: Readonly<Record<string, unknown>>) => void;
			reject: (error: unknown) => void;
		}) => void,
	): void {
		const how = this.#settle;
		if (how === undefined) return;
		this.#settle = undefined;
		this.#cancelTimer();
		settle(how);
		for (const go of this.#roomWanted.splice(0)) go();
	}
}

/** A client of remote agents, over whatever brings its messages there and back. */
export class RemoteClient {
	readonly #world: RemoteSurroundings;
	readonly #calls = new Map<string, RemoteCall>();
	/** Of calls to all, by their ids: who makes the call of an agent that answers. */
	readonly #toAll = new Map<string, (agent: string) => RemoteCall>();

	constructor(world: RemoteSurroundings) {
		this.#world = world;
	}

	/** Asks one agent. */
	call(agent: string, op: string, wish: RemoteWish = {}): RemoteCall {
		const id = this.#world.newId();
		const call = this.#add(agent, id, wish);
		this.#world.publish(agent, encodeFrame(requestOf(id, op, wish)));
		return call;
	}

	/** Asks every agent; each that answers has its own call. The result ends listening for more. */
	callAll(op: string, wish: RemoteWish, onAgent: (agent: string, call: RemoteCall) => void): () => void {
		const id = this.#world.newId();
		this.#toAll.set(id, (agent) => {
			const call = this.#add(agent, id, wish);
			onAgent(agent, call);
			return call;
		});
		this.#world.publish('all', encodeFrame(requestOf(id, op, wish)));
		return () => this.#toAll.delete(id);
	}

	/** Takes what an agent said to this client. */
	hear(agent: string, payload: Uint8Array): void {
		const frame = decodeFrame(payload);
		const id = frame?.head['id'];
		if (frame === undefined || typeof id !== 'string') return;
		const call =
			this.#calls.get(`${agent} ${id}`) ?? (frame.head['seq'] === 0 ? this.#toAll.get(id)?.(agent) : undefined);
		call?.hear(frame.head, frame.body);
	}

	/** The way to an agent, or to all, is lost: its calls fail. */
	lost(agent?: string): void {
		for (const [key, call] of [...this.#calls])
			if (agent === undefined || key.startsWith(`${agent} `)) call.fail(noAnswer());
	}

	/** Ends all that runs: nobody waits for it any more. */
	stop(): void {
		for (const call of [...this.#calls.values()]) call.cancel();
	}

	#add(agent: string, id: string, wish: RemoteWish): RemoteCall {
		const key = `${agent} ${id}`;
		const say = (head: object, body?: Uint8Array): void => this.#world.publish(agent, encodeFrame(head, body));
		const call = new RemoteCall(id, wish, say, this.#world.after);
		this.#calls.set(key, call);
		const forget = (): void => void this.#calls.delete(key);
		call.ended.then(forget, forget);
		return call;
	}
}

const requestOf = (
	id: string,
	op: string,
	{ params, expiresAt, chunkBytes = REMOTE_CHUNK_BYTES }: RemoteWish,
): object => ({
	...{ id, op, chunkBytes },
	...(params === undefined ? {} : { params }),
	...(expiresAt === undefined ? {} : { expiresAt }),
});

const noAnswer = (): RemoteFault => ({
	code: 'REMOTE_NO_ANSWER',
	expected: 'an answer of the agent',
	received: 'none',
	action: 'See that it runs and is connected, then ask again.',
});

const lost = (expected: number, received: number): RemoteFault => ({
	code: 'REMOTE_LOST',
	expected: `message ${expected}`,
	received: `message ${received}`,
	action: 'Messages were lost on the way: go on from where this side stands.',
});

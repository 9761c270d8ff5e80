import { encodeFrame, REMOTE_CHUNK_BYTES, REMOTE_WINDOW, type RemoteRequest } from '@pilotwire/contract';
import { callCancelled, messagesLost, type RemoteError, requestInvalid, tooFarAhead, tooMuchHeld } from '../errors.ts';
import type { Held } from './held.ts';

/** A message of an agent's; `live`: of no use when it is late. */
export type Send = (payload: Uint8Array, live: boolean) => void;

/** Chunks of a client's that wait to be used. */
const MOST_AHEAD = 64;
const MOST_AHEAD_BYTES = 4 * 1024 * 1024;
/** Live bytes are tried again after this, where no answer came: all that were on their way may be lost. Milliseconds. */
const TRY_LIVE_MS = 1_000;

/** What a client's bytes ended with. */
export type InputEnd = Readonly<Record<string, unknown>>;

/** One call that runs: its messages numbered, as many on their way as its client's window takes, and its client's bytes. */
export class Call {
	readonly client: string;
	readonly request: RemoteRequest;
	/** Bytes of one message. */
	readonly chunkBytes: number;
	/** When its client was last heard. Monotonic, ms. */
	heardMs: number;
	readonly #send: Send;
	readonly #held: Held;
	readonly #window: number;
	readonly #stop = new AbortController();
	#sequence = 0;
	#acknowledged = -1;
	#liveSentMs = Number.NEGATIVE_INFINITY;
	#roomWanted: (() => void)[] = [];
	#over = false;
	#nextChunk = 0;
	#taken = 0;
	#chunks: Uint8Array[] = [];
	#waitingBytes = 0;
	/** Counted among what is held for all. */
	#ownBytes = 0;
	#inputEnd: InputEnd | undefined;
	#inputWanted: (() => void) | undefined;

	/** `held`: what is held for all calls together. */
	constructor(client: string, request: RemoteRequest, send: Send, nowMs: number, held: Held) {
		this.client = client;
		this.request = request;
		this.chunkBytes = request.chunkBytes ?? REMOTE_CHUNK_BYTES;
		this.heardMs = nowMs;
		this.#send = send;
		this.#held = held;
		this.#window = request.window ?? REMOTE_WINDOW;
	}

	/** Aborted when the client wants no more, is gone, or the agent stops; the reason is a `RemoteError`. */
	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	/** Says facts: where it stands, what comes. */
	info(facts: object): void {
		this.#say({ info: facts });
	}

	/** Sends bytes, once the client's window has room. Throws the reason where the call is to stop. */
	async send(bytes: Uint8Array, facts?: object): Promise<void> {
		while (!this.#hasRoom()) {
			this.signal.throwIfAborted();
			await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
		}
		this.signal.throwIfAborted();
		this.#say(facts === undefined ? {} : { info: facts }, bytes);
	}

	/** Sends bytes now or not at all: whoever looks at something live wants the newest. False: they were left out. */
	offer(bytes: Uint8Array, nowMs: number, facts?: object): boolean {
		if (this.signal.aborted || (!this.#hasRoom() && nowMs - this.#liveSentMs < TRY_LIVE_MS)) return false;
		this.#liveSentMs = nowMs;
		this.#say(facts === undefined ? {} : { info: facts }, bytes, true);
		return true;
	}

	/** The client's bytes in their order, each answered once the next is asked for; ends with what it said at their end. */
	async *input(): AsyncGenerator<Uint8Array, InputEnd> {
		for (;;) {
			this.signal.throwIfAborted();
			const chunk = this.#chunks.shift();
			if (chunk !== undefined) {
				// From here on they are those of whoever asked for them.
				this.letGo(chunk.length);
				yield chunk;
				this.#waitingBytes -= chunk.length;
				this.#taken += 1;
				this.#send(encodeFrame({ id: this.request.id, taken: this.#taken }), false);
			} else if (this.#inputEnd !== undefined) return this.#inputEnd;
			else
				await new Promise<void>((resolve) => {
					this.#inputWanted = resolve;
				});
		}
	}

	/** The client has taken all up to this. */
	acknowledge(sequence: number): void {
		if (sequence >= this.#sequence) return;
		this.#acknowledged = Math.max(this.#acknowledged, sequence);
		if (this.#hasRoom()) for (const go of this.#roomWanted.splice(0)) go();
	}

	/** Bytes of the client's. One that came before is left out; one that is missing ends the call. */
	take(chunk: number, bytes: Uint8Array): void {
		if (this.#inputEnd !== undefined || chunk < this.#nextChunk) return;
		const isAhead = this.#chunks.length >= MOST_AHEAD || this.#waitingBytes > MOST_AHEAD_BYTES;
		if (chunk > this.#nextChunk || isAhead) {
			this.stop(isAhead ? tooFarAhead(MOST_AHEAD) : messagesLost(this.#nextChunk, chunk));
			return;
		}
		if (!this.hold(bytes.length)) {
			this.stop(this.tooMuch);
			return;
		}
		this.#nextChunk += 1;
		this.#waitingBytes += bytes.length;
		this.#chunks.push(bytes);
		this.#inputWanted?.();
	}

	/** The client has no more bytes. */
	endInput(end: InputEnd): void {
		this.#inputEnd ??= end;
		this.#inputWanted?.();
	}

	/** Counts bytes that are held in memory for it; false where all calls together hold too many. */
	hold(bytes: number): boolean {
		if (!this.#held.take(bytes)) return false;
		this.#ownBytes += bytes;
		return true;
	}

	/** They are not held any more; all of them once it is over. */
	letGo(bytes = this.#ownBytes): void {
		this.#held.give(bytes);
		this.#ownBytes -= bytes;
	}

	/** Why no more may be held. */
	get tooMuch(): RemoteError {
		return tooMuchHeld(this.#held.most);
	}

	/** It is to stop; whoever waits in it is told why. */
	stop(why: RemoteError = callCancelled()): void {
		this.#stop.abort(why);
		for (const go of this.#roomWanted.splice(0)) go();
		this.#inputWanted?.();
	}

	/** It has ended well. */
	finish(end: object): void {
		this.#say({ end });
		this.#over = true;
	}

	/** It has not. */
	fail({ fault }: RemoteError): void {
		this.#say({ error: fault });
		this.#over = true;
	}

	#hasRoom(): boolean {
		return this.#sequence - 1 - this.#acknowledged < this.#window;
	}

	#say(what: object, bytes?: Uint8Array, live = false): void {
		if (this.#over) return;
		const head = { id: this.request.id, seq: this.#sequence, ...what };
		this.#sequence += 1;
		this.#send(encodeFrame(head, bytes, this.request.text), live);
	}
}

/** All of a client's bytes, where they are few; held until the call ends. */
export async function wholeInput(call: Call, mostBytes: number, tooMuch: RemoteError): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of call.input()) {
		size += part.length;
		if (size > mostBytes) throw tooMuch;
		if (!call.hold(part.length)) throw call.tooMuch;
		parts.push(part);
	}
	if (size === 0) throw requestInvalid('bytes', 'none');
	return Buffer.concat(parts);
}

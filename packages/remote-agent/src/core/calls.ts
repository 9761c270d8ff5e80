import { decodeFrame, encodeFrame, REMOTE_LEASE_S, type RemoteRequest, remoteAsk } from '@pilotwire/contract';
import { type Clock, instantOf, type Logger } from '@pilotwire/runtime';
import type * as z from 'zod/mini';
import {
	callLeft,
	callUnknown,
	operationOff,
	RemoteError,
	requestExpired,
	requestInvalid,
	tooManyCalls,
	unforeseen,
} from '../errors.ts';
import { Call, type Send } from './call.ts';
import { Held } from './held.ts';

/** One thing that an agent can be asked for. */
export interface Operation {
	/** Checks what the client wants, and throws a ZodError. */
	readonly params: z.ZodMiniType;
	/** Whether each call has its line in the log; all that change something have. */
	readonly audited: boolean;
	/** Carries it out; its result is the call's end. Throws what a client should read as a `RemoteError`. */
	readonly run: (call: Call, params: never) => Promise<object>;
}

/** By what clients ask for, such as `files.list`. */
export type Operations = Readonly<Record<string, Operation>>;

/** An operation whose parameters have the schema's type. */
export function operation<Params>(
	params: z.ZodMiniType<Params>,
	run: (call: Call, params: Params) => Promise<object>,
	{ audited = true } = {},
): Operation {
	return { params, run: run as Operation['run'], audited };
}

/** Where a message came from. */
export interface Asker {
	/** Of which bus or channel, and which client there. */
	readonly place: string;
	readonly client: string;
	/** Whether the log may hold what is asked for there: of what is said in a channel nothing is ever kept. */
	readonly isLogged: boolean;
	readonly send: Send;
	/** What may be asked for there. */
	readonly operations: Operations;
}

/** Calls at once, of all clients and of one. */
const MOST_CALLS = 64;
const MOST_OF_ONE = 16;
/** Calls that have ended and are remembered, so that one that comes twice is done once. */
const MOST_KNOWN = 1_000;
const LOOK_EVERY_MS = 5_000;
/** Parameters in the log are cut after so much. Characters. */
const MOST_LOGGED = 500;

/** The calls of all clients: begins them, hands them what comes, and ends those whose client is gone. */
export class Calls {
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #calls = new Map<string, Call>();
	readonly #ended = new Set<string>();
	readonly #running = new Set<Promise<void>>();
	readonly #held: Held;
	#begun = 0;

	/** `held`: what they may hold in memory. */
	constructor(clock: Clock, log: Logger, held = new Held()) {
		this.#clock = clock;
		this.#held = held;
		this.#log = log;
		clock.every(LOOK_EVERY_MS, () => this.#endLeft());
	}

	/** How many run. */
	get count(): number {
		return this.#calls.size;
	}

	/** How many were begun since the start. */
	get begun(): number {
		return this.#begun;
	}

	/** Takes what a client said; `toAll`: it was said to every agent. Never throws. */
	receive(asker: Asker, payload: Uint8Array, toAll = false): void {
		const frame = decodeFrame(payload);
		const asked = remoteAsk.safeParse(frame?.head);
		if (frame === undefined || !asked.success) {
			this.#refuse(asker, frame?.head['id'], requestInvalid('a request, ack, chunk, end or cancel', faultOf(asked)));
			return;
		}
		const ask = asked.data;
		const key = `${asker.place} ${asker.client} ${ask.id}`;
		const call = this.#calls.get(key);
		if ('op' in ask) {
			if (call === undefined && !this.#ended.has(key)) this.#begin(key, asker, ask);
			return;
		}
		if (call === undefined) {
			// Of those that know nothing of it, the one that it is not for is silent.
			if (!toAll && ('chunk' in ask || 'end' in ask) && !this.#ended.has(key))
				this.#refuse(asker, ask.id, callUnknown());
			return;
		}
		call.heardMs = this.#clock.monotonicMs();
		if ('ack' in ask) call.acknowledge(ask.ack);
		else if ('chunk' in ask) call.take(ask.chunk, frame.body);
		else if ('end' in ask) call.endInput(ask.end);
		else call.stop();
	}

	/** Ends the calls of a client that has left. */
	endOf(place: string, client: string): void {
		for (const [key, call] of this.#calls) if (key.startsWith(`${place} ${client} `)) call.stop(callLeft());
	}

	/** Ends all; settles once they have. */
	async end(): Promise<void> {
		for (const call of this.#calls.values()) call.stop();
		await Promise.allSettled(this.#running);
	}

	#begin(key: string, asker: Asker, request: RemoteRequest): void {
		const call = new Call(asker.client, request, asker.send, this.#clock.monotonicMs(), this.#held);
		const run = this.#admitted(asker, request);
		if (run instanceof RemoteError) {
			call.fail(run);
			return;
		}
		this.#calls.set(key, call);
		this.#begun += 1;
		// At once, so that its client knows that it has come.
		call.info({ accepted: true });
		const running = this.#run(call, run).finally(() => {
			this.#running.delete(running);
			this.#calls.delete(key);
			this.#ended.add(key);
			const [oldest] = this.#ended;
			if (this.#ended.size > MOST_KNOWN && oldest !== undefined) this.#ended.delete(oldest);
		});
		this.#running.add(running);
	}

	/** What carries it out, or why it isn't. */
	#admitted(asker: Asker, request: RemoteRequest): ((call: Call) => Promise<object>) | RemoteError {
		const nowMs = this.#clock.wallMs();
		if (request.expiresAt !== undefined && Date.parse(request.expiresAt) < nowMs)
			return requestExpired(request.expiresAt, instantOf(nowMs));
		const found = Object.hasOwn(asker.operations, request.op) ? asker.operations[request.op] : undefined;
		if (found === undefined) return operationOff(request.op, Object.keys(asker.operations));
		const own = [...this.#calls.keys()].filter((key) => key.startsWith(`${asker.place} ${asker.client} `)).length;
		if (this.#calls.size >= MOST_CALLS) return tooManyCalls(MOST_CALLS);
		if (own >= MOST_OF_ONE) return tooManyCalls(MOST_OF_ONE);
		const params = found.params.safeParse(request.params ?? {});
		if (!params.success) return requestInvalid(`what ${request.op} takes`, faultOf(params));
		if (found.audited) this.#audit(asker, request);
		return (call) => found.run(call, params.data as never);
	}

	#audit({ place, client, isLogged }: Asker, { op, params = {} }: RemoteRequest): void {
		if (!isLogged) {
			this.#log.info({ audit: 'remote_call', place: 'channel', op }, `somebody in a channel asks for ${op}`);
			return;
		}
		const shown = JSON.stringify(params).slice(0, MOST_LOGGED);
		this.#log.info({ audit: 'remote_call', place, client, op, params: shown }, `${client} (${place}) asks for ${op}`);
	}

	async #run(call: Call, run: (call: Call) => Promise<object>): Promise<void> {
		try {
			call.finish(await run(call));
		} catch (error) {
			// Whatever broke because it was to stop, this is why.
			const why: unknown = call.signal.aborted ? call.signal.reason : error;
			if (!(why instanceof RemoteError)) this.#log.error({ err: why }, `${call.request.op} failed: ${String(why)}`);
			call.fail(why instanceof RemoteError ? why : unforeseen(why));
		} finally {
			call.stop();
			call.letGo();
		}
	}

	#refuse({ send }: Asker, id: unknown, { fault }: RemoteError): void {
		if (typeof id === 'string' && id.length <= 64) send(encodeFrame({ id, seq: 0, error: fault }), false);
	}

	#endLeft(): void {
		const nowMs = this.#clock.monotonicMs();
		for (const call of this.#calls.values()) {
			if (nowMs - call.heardMs > REMOTE_LEASE_S * 1_000) call.stop(callLeft());
		}
	}
}

/** What a schema found wrong, in words. */
function faultOf(result: { error?: z.core.$ZodError | undefined }): string {
	const words = result.error?.issues.slice(0, 3).map(({ path, message }) => [...path.map(String), message].join(': '));
	return words?.join('; ') || 'something else';
}

import type { RpcRequest, RpcResponse } from '@pilotwire/contract';

/** Calls under way at once; a dashboard has a handful. */
export const MOST_CALLS = 200;
/** A call is forgotten after this time: whoever asked has given up long ago. Milliseconds. */
export const CALL_LIFE_MS = 120_000;

/** Who outside waits for an answer. */
export interface Caller {
	readonly service: string;
	readonly client: string;
}

interface Call extends Caller {
	readonly id: RpcRequest['id'];
	readonly askedMs: number;
}

/**
 * Remote calls that came from outside. At home all of them are the bridge's own, by its own numbers; so nobody outside can
 * pass for a caller at home, or hear what that one is told.
 */
export class Calls {
	readonly #calls = new Map<string, Call>();
	#next = 0;

	/** The request as it goes on at home, with a number of the bridge's; undefined where too many wait. */
	ask(caller: Caller, request: RpcRequest, nowMs: number): RpcRequest | undefined {
		this.#forgetOld(nowMs);
		if (this.#calls.size >= MOST_CALLS) return undefined;
		const id = String(this.#next++);
		this.#calls.set(id, { ...caller, id: request.id, askedMs: nowMs });
		return { ...request, id };
	}

	/** Whom an answer is for, and as it was asked; undefined where nobody waits for it. */
	answered(service: string, response: RpcResponse): { caller: Caller; response: RpcResponse } | undefined {
		const id = String(response.id);
		const call = this.#calls.get(id);
		if (call === undefined || call.service !== service) return undefined;
		this.#calls.delete(id);
		return { caller: call, response: { ...response, id: call.id } };
	}

	#forgetOld(nowMs: number): void {
		for (const [id, { askedMs }] of this.#calls) {
			if (nowMs - askedMs < CALL_LIFE_MS) return;
			this.#calls.delete(id);
		}
	}
}

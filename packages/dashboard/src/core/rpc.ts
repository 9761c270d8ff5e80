// Questions to services over the bus: JSON-RPC 2.0 (jsonrpc.org/specification), each answered or given up in time.
import { decodePayload, encodePayload, matchTopic, topicName, topics } from '@pilotwire/contract';

interface Call {
	resolve(result: unknown): void;
	reject(error: Error): void;
}

/** The service would not; its sentence says why, in English. */
export class CallRefused extends Error {}

/** How a client reaches the bus. */
export interface Wire {
	publish(topic: string, payload: string): Promise<void>;
	after(ms: number, act: () => void): () => void;
}

const ANSWER_WITHIN_MS = 6_000;

/** Calls services' methods. */
export class RpcCaller {
	/** The last level of the topics on which it asks: its own among all clients. */
	readonly client: string;
	readonly #site: string;
	readonly #wire: Wire;
	readonly #calls = new Map<string, Call>();
	#next = 0;

	constructor(site: string, client: string, wire: Wire) {
		this.#site = site;
		this.client = client;
		this.#wire = wire;
	}

	/** Rejects where the service refuses (`CallRefused`), does not answer in time, or the bus is away. */
	async call(
		service: string,
		method: string,
		params: Record<string, unknown>,
		withinMs = ANSWER_WITHIN_MS,
	): Promise<unknown> {
		const id = String(this.#next++);
		let cancel: (() => void) | undefined;
		try {
			return await new Promise((resolve, reject) => {
				this.#calls.set(id, { resolve, reject });
				cancel = this.#wire.after(withinMs, () => reject(new Error(`${service} does not answer ${method}`)));
				const topic = topicName(this.#site, topics.rpc, { service, client: this.client });
				const request = encodePayload(topics.rpc, { jsonrpc: '2.0' as const, id, method, params });
				this.#wire.publish(topic, request).catch(reject);
			});
		} finally {
			cancel?.();
			this.#calls.delete(id);
		}
	}

	/** Takes a message; answers whether it was an answer to this client. */
	hear(topic: string, payload: Uint8Array): boolean {
		if (matchTopic(this.#site, topics.rpcReply, topic)?.client !== this.client) return false;
		const decoded = decodePayload(topics.rpcReply, payload);
		if (!decoded.ok) return true;
		const { id, result, error } = decoded.payload;
		const call = this.#calls.get(String(id));
		if (error === undefined) call?.resolve(result);
		else call?.reject(new CallRefused(error.message));
		return true;
	}
}

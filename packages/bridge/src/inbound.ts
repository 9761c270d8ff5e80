import { decodePayload, encodePayload, type RpcResponse, topicName, topics } from '@pilotwire/contract';
import type { Outgoing, RefusalLog } from '@pilotwire/runtime';
import { Calls } from './core/calls.ts';
import { Pace } from './core/pace.ts';
import type { Inward, Routes } from './core/routes.ts';

/** What comes in needs these. */
export interface InboundOptions {
	readonly routes: Routes;
	/** The house's name at home and outside. */
	readonly site: string;
	readonly house: string;
	/** The bridge's own name among the callers at home. */
	readonly client: string;
	/** Publishes at home; false where its broker is away: a command doesn't wait. */
	readonly sayAtHome: (message: Outgoing) => boolean;
	readonly refusals: RefusalLog;
}

const decoder = new TextDecoder();

/** What comes from outside: each message is checked as one at home would be, and goes in whole or not at all. */
export class Inbound {
	readonly #options: InboundOptions;
	readonly #calls = new Calls();
	readonly #pace = new Pace();
	received = 0;
	refused = 0;

	constructor(options: InboundOptions) {
		this.#options = options;
	}

	/** `nowMs`: monotonic. */
	take(name: string, payload: Uint8Array, nowMs: number): void {
		const inward = this.#options.routes.inward(name);
		if (inward === undefined) this.refuse(name, 'a topic that bridge.allow and bridge.role let in', 'another one');
		else if (!this.#pace.takes(nowMs)) this.refuse(name, 'at most 20 messages a second', 'more');
		else if (this.#passOn(name, inward, payload, nowMs)) this.received += 1;
	}

	/** The answer to a call, as it goes out; undefined where nobody outside asked. */
	answer(service: string, response: RpcResponse): Outgoing | undefined {
		const answered = this.#calls.answered(service, response);
		if (answered === undefined) return undefined;
		const name = topicName(this.#options.house, topics.rpcReply, { service, client: answered.caller.client });
		return { name, payload: encodePayload(topics.rpcReply, answered.response), qos: 1, retain: false };
	}

	refuse(name: string, expected: string, received: string): void {
		this.refused += 1;
		this.#options.refusals.refused(name, expected, received);
	}

	#passOn(name: string, inward: Inward, payload: Uint8Array, nowMs: number): boolean {
		const message =
			inward.kind === 'command' ? this.#command(inward, name, payload) : this.#call(inward, name, payload, nowMs);
		if (message === undefined) return false;
		if (this.#options.sayAtHome(message)) return true;
		this.refuse(name, 'the broker at home to be there', 'a command while it is away');
		return false;
	}

	#command(inward: Inward & { kind: 'command' }, name: string, payload: Uint8Array): Outgoing | undefined {
		const decoded = decodePayload(inward.topic, payload);
		if (decoded.ok) return { name: inward.name, payload: decoder.decode(payload), qos: 1, retain: false };
		this.refuse(name, decoded.expected, decoded.received);
		return undefined;
	}

	#call(
		{ service, client }: Inward & { kind: 'call' },
		name: string,
		payload: Uint8Array,
		nowMs: number,
	): Outgoing | undefined {
		const decoded = decodePayload(topics.rpc, payload);
		if (!decoded.ok) {
			this.refuse(name, decoded.expected, decoded.received);
			return undefined;
		}
		const request = this.#calls.ask({ service, client }, decoded.payload, nowMs);
		if (request === undefined) {
			this.refuse(name, 'fewer calls at once', 'one more');
			return undefined;
		}
		const { site, client: own } = this.#options;
		const inside = topicName(site, topics.rpc, { service, client: own });
		return { name: inside, payload: encodePayload(topics.rpc, request), qos: 1, retain: false };
	}
}

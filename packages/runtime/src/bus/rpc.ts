import { randomBytes } from 'node:crypto';
import { encodePayload, MAX_PAYLOAD_BYTES, type RpcResponse, topics } from '@pilotwire/contract';
import type * as z from 'zod';
import type { Clock } from '../clock.ts';
import { messageOf, PilotwireError } from '../errors.ts';
import type { Bus } from './bus.ts';

/** JSON-RPC 2.0 error codes (section 5.1). */
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

/** A method that other clients of the bus may call. */
export interface RemoteMethod {
	readonly parameters: z.ZodType;
	readonly run: (parameters: never) => unknown;
}

/** Declares a method: its handler gets the parameters as their schema reads them. */
export function remoteMethod<Schema extends z.ZodType>(
	parameters: Schema,
	run: (parameters: z.output<Schema>) => unknown,
): RemoteMethod {
	return { parameters, run };
}

/**
 * Answers calls on `services/<service>/rpc/<client>`.
 * @param service another name than the bus's own, for methods that fewer may call
 */
export function serveRpc(bus: Bus, methods: Readonly<Record<string, RemoteMethod>>, service = bus.service): void {
	const answer = async (method: string, parameters: unknown): Promise<Pick<RpcResponse, 'result' | 'error'>> => {
		const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
		if (known === undefined) {
			const message = `expected one of ${Object.keys(methods).join(', ')}, got ${method}`;
			return { error: { code: METHOD_NOT_FOUND, message } };
		}
		const checked = known.parameters.safeParse(parameters ?? {});
		if (!checked.success) return { error: { code: INVALID_PARAMS, message: checked.error.message } };
		try {
			return { result: (await known.run(checked.data as never)) ?? null };
		} catch (error) {
			return { error: { code: INTERNAL_ERROR, message: messageOf(error) } };
		}
	};
	bus.on(topics.rpc, { service }, async (request, { client, service: asked }) => {
		// A bus that answers under two names hears both.
		if (asked !== service) return;
		const response = { jsonrpc: '2.0', id: request.id } as const;
		const whole = { ...response, ...(await answer(request.method, request.params)) };
		// Longer payloads are refused by whoever hears them: the caller would wait for nothing.
		const bytes = Buffer.byteLength(encodePayload(topics.rpcReply, whole));
		const message = `expected an answer of at most ${MAX_PAYLOAD_BYTES} bytes, got ${bytes}: ask for less at once`;
		const fits = bytes <= MAX_PAYLOAD_BYTES;
		bus.publish(
			topics.rpcReply,
			{ service, client },
			fits ? whole : { ...response, error: { code: INTERNAL_ERROR, message } },
		);
	});
}

interface Call {
	resolve(result: unknown): void;
	reject(error: PilotwireError): void;
}

/** Calls other services' methods; each call ends with an answer or, after its time, with an error. */
export class RpcClient {
	readonly #bus: Bus;
	readonly #clock: Clock;
	readonly #client = `c${randomBytes(6).toString('hex')}`;
	readonly #calls = new Map<string, Call>();
	#next = 0;

	constructor(bus: Bus, clock: Clock) {
		this.#bus = bus;
		this.#clock = clock;
		bus.on(topics.rpcReply, { client: this.#client }, (response) => {
			const call = this.#calls.get(String(response.id));
			if (response.error === undefined) call?.resolve(response.result);
			else call?.reject(refused(response.error.code, response.error.message));
		});
	}

	/** Rejects with `RPC_TIMEOUT` or `RPC_REFUSED`. */
	async call(service: string, method: string, params: Record<string, unknown>, withinMs = 5_000): Promise<unknown> {
		const id = String(this.#next++);
		try {
			return await new Promise((resolve, reject) => {
				this.#calls.set(id, { resolve, reject });
				this.#clock.after(withinMs, () => reject(timedOut(service, method, withinMs)));
				this.#bus.publish(topics.rpc, { service, client: this.#client }, { jsonrpc: '2.0', id, method, params });
			});
		} finally {
			this.#calls.delete(id);
		}
	}
}

function timedOut(service: string, method: string, withinMs: number): PilotwireError {
	return new PilotwireError({
		code: 'RPC_TIMEOUT',
		expected: `an answer of ${service} to ${method} within ${withinMs / 1000} s`,
		received: 'none',
		action: `Check that ${service} runs: its status is on services/${service}/status.`,
	});
}

function refused(code: number, message: string): PilotwireError {
	return new PilotwireError({
		code: 'RPC_REFUSED',
		expected: 'a call that the service takes',
		received: `error ${code}: ${message}`,
		action: 'Correct the method or its parameters.',
	});
}

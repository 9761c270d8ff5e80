import * as z from 'zod/mini';

/** `services/<service>/status`: birth and last will. */
export const serviceStatus = z.enum(['online', 'offline']);
export type ServiceStatus = z.infer<typeof serviceStatus>;

const rpcId = z.union([z.string().check(z.maxLength(64)), z.int()]);

/** A JSON-RPC 2.0 request (jsonrpc.org/specification, section 4); notifications are not used. */
export const rpcRequest = z.object({
	jsonrpc: z.literal('2.0'),
	id: rpcId,
	method: z.string().check(z.maxLength(64)),
	params: z.optional(z.record(z.string(), z.unknown())),
});
export type RpcRequest = z.infer<typeof rpcRequest>;

/** A JSON-RPC 2.0 response (section 5): a result, or an error with its code. */
export const rpcResponse = z.object({
	jsonrpc: z.literal('2.0'),
	id: z.union([rpcId, z.null()]),
	result: z.optional(z.unknown()),
	error: z.optional(z.object({ code: z.int(), message: z.string(), data: z.optional(z.unknown()) })),
});
export type RpcResponse = z.infer<typeof rpcResponse>;

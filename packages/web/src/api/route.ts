import type { Role } from '@pilotwire/accounts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { refusals } from '../errors.ts';
import { type Caller, type CallerParts, callerOf } from './callers.ts';
import { ApiFault } from './fault.ts';

/** What a handler is given, checked. */
interface Asked<Params, Query, Body> {
	readonly params: Params;
	readonly query: Query;
	readonly body: Body;
	readonly caller: Caller;
	readonly request: FastifyRequest;
	readonly reply: FastifyReply;
}

/** One address of the API: what it takes and gives, for the server and for the document alike. */
interface Route<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
	readonly method: 'GET' | 'POST' | 'DELETE';
	readonly url: string;
	readonly tag: string;
	/** What it does, in a line. */
	readonly summary: string;
	readonly description?: string;
	/** The least that the caller must be. */
	readonly role: Role;
	readonly params?: Params;
	readonly query?: Query;
	readonly body?: Body;
	/** By HTTP status: what is answered where all goes well; undefined where nothing is. */
	readonly answers: Readonly<Record<number, Answer>>;
	/** Refusals of its own, besides those that every address has. */
	readonly refuses?: readonly (keyof typeof refusals)[];
	readonly run: (asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<unknown>;
}

/** An answer: in words, and its form; the type where it is no JSON. */
export interface Answer {
	readonly description: string;
	readonly schema?: z.core.$ZodType;
	readonly contentType?: string;
}

/** The largest request body: names of thousands of devices. Bytes. */
const MAX_BODY_BYTES = 256 * 1024;

const nothing = z.strictObject({});

/** Adds an address. The caller's role comes before what the request says: who may not ask is told nothing else. */
export function addRoute<
	Params extends z.ZodType = typeof nothing,
	Query extends z.ZodType = typeof nothing,
	Body extends z.ZodType = z.ZodUndefined,
>(app: FastifyInstance, callers: CallerParts, route: Route<Params, Query, Body>): void {
	const { method, url, role, run } = route;
	app.route({
		method,
		url,
		bodyLimit: MAX_BODY_BYTES,
		// Read by the document alone; requests are checked below, once it is known who asks.
		config: { route },
		handler: async (request, reply) => {
			const caller = await callerOf(callers, request, role);
			reply.header('cache-control', 'no-store');
			const asked = {
				params: read('the address', route.params ?? nothing, request.params),
				query: read('the question', route.query ?? nothing, request.query),
				body: route.body === undefined ? undefined : read('the body', route.body, request.body),
				...{ caller, request, reply },
			};
			return run(asked as Asked<z.output<Params>, z.output<Query>, z.output<Body>>);
		},
	});
}

function read(where: string, schema: z.ZodType, given: unknown): unknown {
	const result = schema.safeParse(given);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const path = issue?.path.map(String).join('.') ?? '';
	const at = issue?.path.reduce<unknown>(
		(value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
		given,
	);
	throw new ApiFault(refusals.badRequest, {
		expected: `${path === '' ? where : path}: ${issue?.message ?? ''}`,
		got: shown(at),
	});
}

/** What was given, as far as it is said again: JSON that is read at any depth is not written at any. */
function shown(given: unknown): string {
	try {
		return (JSON.stringify(given) ?? 'nothing').slice(0, 200);
	} catch {
		return 'something nested too deeply to show';
	}
}

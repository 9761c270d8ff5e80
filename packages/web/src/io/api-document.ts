import * as z from 'zod';
import { addApi } from '../api/api.ts';
import type { ApiParts } from '../api/parts.ts';
import type { Answer } from '../api/route.ts';
import { refusals } from '../errors.ts';

/** What the document reads of an address. */
interface Described {
	readonly tag: string;
	readonly summary: string;
	readonly description?: string;
	readonly role: string;
	readonly params?: z.core.$ZodType;
	readonly query?: z.core.$ZodType;
	readonly body?: z.core.$ZodType;
	readonly answers: Readonly<Record<string, Answer>>;
	readonly refuses?: readonly (keyof typeof refusals)[];
}

/** Every address may answer with these. */
const always: readonly (keyof typeof refusals)[] = ['badRequest', 'tokenNeeded', 'roleTooLow'];

const problem = {
	type: 'object',
	required: ['code', 'message'],
	properties: {
		code: { type: 'string', description: 'A stable word for programs.' },
		message: { type: 'string', description: 'A sentence for people.' },
		expected: { type: 'string', description: 'What the request should have said.' },
		got: { type: 'string', description: 'What it said.' },
	},
};

/**
 * The OpenAPI document of the API, made from its addresses on a server that never listens. The libraries that write it are
 * loaded only where somebody asks for it.
 */
export async function apiDocument(): Promise<object> {
	const [{ fastify }, { default: swagger }] = await Promise.all([import('fastify'), import('@fastify/swagger')]);
	const app = fastify();
	await app.register(swagger, {
		openapi: {
			openapi: '3.1.0',
			info: {
				title: 'Pilotwire',
				version: '1',
				description:
					'Devices, circuits, meters and history of a house, for a program that controls it. Everything here is also on the MQTT bus.',
			},
			servers: [{ url: '/' }],
			security: [{ token: [] }],
			tags: [],
			components: {
				securitySchemes: {
					token: { type: 'http', scheme: 'bearer', description: 'pilotwire account api-token add NAME --role ROLE' },
				},
			},
		},
		transform: ({ url, route }) => {
			const described = (route.config as { route?: Described } | undefined)?.route;
			return { url, schema: described === undefined ? { hide: true } : schemaOf(described) };
		},
	});
	// Nothing is asked of it but what its addresses are.
	await addApi(app, {} as ApiParts);
	await app.ready();
	const document = app.swagger();
	await app.close();
	return document;
}

function schemaOf({ tag, summary, description, role, params, query, body, answers, refuses = [] }: Described): object {
	const input = (schema: z.core.$ZodType): object => jsonSchema(schema, 'input');
	const responses = Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)] as const);
	const ofBody = body === undefined ? [] : (['tooLarge', 'notJson'] as const);
	const ofAddress = params === undefined ? [] : (['addressTooLong'] as const);
	const names = [...always, ...ofBody, ...ofAddress, ...refuses];
	const refused = [...new Set(names.map((name) => refusals[name].status))].map((status) => {
		const words = names
			.filter((name) => refusals[name].status === status)
			.map((name) => `${refusals[name].code}: ${refusals[name].message}`)
			.join(' ');
		return [status, { description: words, content: { 'application/json': { schema: problem } } }] as const;
	});
	return {
		...{
			tags: [tag],
			summary,
			description: `${description === undefined ? '' : `${description} `}For the role ${role} and above.`,
		},
		...(params === undefined ? {} : { params: input(params) }),
		...(query === undefined ? {} : { querystring: input(query) }),
		...(body === undefined ? {} : { body: input(body) }),
		response: Object.fromEntries([...responses, ...refused]),
	};
}

function answerOf({ description, schema, contentType = 'application/json' }: Answer): object {
	if (schema === undefined && contentType === 'application/json') return { type: 'null', description };
	const form = schema === undefined ? { type: 'string' } : jsonSchema(schema, 'output');
	return { description, content: { [contentType]: { schema: form } } };
}

function jsonSchema(schema: z.core.$ZodType, io: 'input' | 'output'): object {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
	return rest;
}

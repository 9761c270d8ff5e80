import { messageOf } from '@pilotwire/runtime';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Session } from '../core/sessions.ts';
import { refusals } from '../errors.ts';
import { refusalOf } from '../io/http-server.ts';
import { type RouteParts, sessionOf, signInWith } from '../io/session-routes.ts';
import type { ApiParts } from './parts.ts';

/** A form of an old program is short. Bytes. */
const MAX_FORM_BYTES = 4 * 1024;
/** What is waited for: the older gateway answered once the command was sent. Milliseconds. */
const COMMAND_WITHIN_MS = 12_000;

const text = z.string().max(256);
const signIn = z
	.object({ username: text.optional(), name: text.optional(), password: text.min(1) })
	.transform(({ username, name, password }) => ({ name: (username ?? name ?? '').trim().toLowerCase(), password }));
const whose = { device: text.optional(), client: text.optional(), name: text.optional() };
const command = z.object({
	...whose,
	command: z.string().min(1).max(64),
	value: z.union([z.string().max(1024), z.number(), z.boolean()]).nullish(),
});
const asked = z.object(whose);

/** The words in which the older gateway said no. */
const no = {
	authRequired: [401, { error: 'auth_required' }],
	unauthorized: [401, { error: 'unauthorized' }],
	forbidden: [403, { error: 'forbidden' }],
	tooMany: [429, { error: 'too many attempts' }],
	invalid: [400, { error: 'invalid request' }],
	notFound: [404, { error: 'unknown device' }],
	offline: [404, { error: 'offline' }],
	failed: [503, { error: 'unavailable' }],
	// As it answered where a device had said nothing yet: without a status of its own.
	noData: [200, { error: 'no data' }],
} as const;

/** `/login`, `/logout`, `/send_command` and `/get_telemetry`, for programs that were written for an older gateway. */
export async function addLegacyApi(app: FastifyInstance, parts: ApiParts & RouteParts): Promise<void> {
	await app.register(async (legacy) => {
		legacy.addContentTypeParser(
			'application/x-www-form-urlencoded',
			{ parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
			(_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
		);
		legacy.setErrorHandler((error: FastifyError, _request, reply) => {
			if (refusalOf(error) !== refusals.failed) return refuse(reply, 'invalid');
			parts.log.error({ err: error }, `A request failed: ${messageOf(error)}`);
			return refuse(reply, 'failed');
		});

		legacy.post('/login', async (request, reply) => {
			const given = signIn.safeParse(request.body);
			if (!given.success) return refuse(reply, 'invalid');
			const result = await signInWith(parts, request, reply, given.data, sessionOf(parts, request));
			if (result === 'signed_in') return reply.send({ status: 'ok' });
			return refuse(reply, result === 'too_many' ? 'tooMany' : 'unauthorized');
		});
		const signOut = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
			const session = sessionOf(parts, request);
			if (session !== undefined) {
				parts.sessions.end(session, 'signed_out');
				await parts.file.save();
			}
			const own = parts.proxies.ownOrigin(request.raw);
			return reply.clearCookie(parts.cookie.name(own), parts.cookie.cleared(own)).send({ status: 'ok' });
		};
		legacy.post('/logout', signOut);
		legacy.get('/logout', signOut);
		legacy.post('/send_command', (request, reply) => sendCommand(parts, request, reply));
		legacy.get('/get_telemetry', (request, reply) => tellTelemetry(parts, request, reply));
	});
}

async function sendCommand(parts: ApiParts & RouteParts, request: FastifyRequest, reply: FastifyReply) {
	const session = present(parts, request);
	if (session === undefined) return refuse(reply, 'authRequired');
	if (session.person.role === 'viewer') return refuse(reply, 'forbidden');
	const given = command.safeParse(request.body);
	const name = given.success ? nameIn(given.data) : undefined;
	if (!given.success || name === undefined) return refuse(reply, 'invalid');
	const { command: word, value } = given.data;
	parts.tell(session.person, `commanded ${word} to`, name);
	const order = { devices: [name], command: word, waitS: 0, ...(value == null ? {} : { value }) };
	try {
		const answer = await parts.call('device-gateway', 'device.command', order, COMMAND_WITHIN_MS);
		const [{ outcome, code }] = outcomes.parse(answer).outcomes;
		if (outcome === 'offline') return refuse(reply, 'offline');
		if (outcome === 'refused') return refuse(reply, code === 'DEVICE_UNKNOWN' ? 'notFound' : 'invalid');
		return reply.send({ status: 'ok' });
	} catch {
		return refuse(reply, 'failed');
	}
}

const outcomes = z.object({ outcomes: z.tuple([z.object({ outcome: z.string(), code: z.string().optional() })]) });

/** Of one device, or of all by name. */
async function tellTelemetry(parts: ApiParts & RouteParts, request: FastifyRequest, reply: FastifyReply) {
	if (present(parts, request) === undefined) return refuse(reply, 'authRequired');
	const given = asked.safeParse(request.query);
	if (!given.success) return refuse(reply, 'invalid');
	await parts.states.ready();
	const said = [...parts.states.devices].flatMap(([name, { status, telemetry }]) =>
		telemetry === undefined ? [] : [[name, { status, ...telemetry.values }] as const],
	);
	const name = nameIn(given.data);
	if (name !== undefined) {
		const own = said.find(([device]) => device === name)?.[1];
		return own === undefined ? refuse(reply, 'noData') : reply.send(own);
	}
	return said.length === 0 ? refuse(reply, 'noData') : reply.send(Object.fromEntries(said));
}

function present(parts: RouteParts, request: FastifyRequest): Session | undefined {
	const session = sessionOf(parts, request);
	if (session !== undefined) parts.sessions.touch(session);
	return session;
}

/** Old programs write names as their firmware does. */
function nameIn({ device, client, name }: z.output<typeof asked>): string | undefined {
	const given = (device ?? client ?? name)
		?.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-+|-+$/g, '');
	return given === '' ? undefined : given;
}

function refuse(reply: FastifyReply, why: keyof typeof no): FastifyReply {
	const [status, words] = no[why];
	return reply.code(status).header('cache-control', 'no-store').send(words);
}

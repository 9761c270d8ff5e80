import { fastifyCookie } from '@fastify/cookie';
import type { Logger, TrustedProxies } from '@pilotwire/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { originFault } from '../core/same-origin.ts';
import type { Session, Sessions } from '../core/sessions.ts';
import type { HouseAccounts } from '../core/sign-in.ts';
import { refusals } from '../errors.ts';
import { answerRefusal } from './http-server.ts';
import type { SessionCookie } from './session-cookie.ts';
import type { SessionFile } from './session-file.ts';

const signInBody = z.strictObject({
	name: z.string().trim().toLowerCase().min(1).max(64),
	password: z.string().min(1).max(256),
});

/** What the routes need of the service. */
export interface RouteParts {
	readonly site: string;
	/** Language of the dashboard, where one is configured. */
	readonly language: string | undefined;
	readonly accounts: HouseAccounts;
	readonly sessions: Sessions;
	readonly file: SessionFile;
	readonly cookie: SessionCookie;
	readonly proxies: TrustedProxies;
	/** Origins allowed besides the service's own. */
	readonly origins: readonly string[];
	/** Whether the bus is there. */
	readonly busConnected: () => boolean;
	readonly log: Logger;
}

/** The session that a request comes with. */
export function sessionOf(
	{ cookie, proxies, sessions }: Pick<RouteParts, 'cookie' | 'proxies' | 'sessions'>,
	request: FastifyRequest,
): Session | undefined {
	const id = cookie.idIn(request.headers.cookie, proxies.ownOrigin(request.raw));
	return id === undefined ? undefined : sessions.find(id);
}

/** Refuses what pages of other origins ask for that changes something; before any route that is to have it. */
export async function addOriginCheck(app: FastifyInstance, parts: RouteParts): Promise<void> {
	const { proxies, log } = parts;
	await app.register(fastifyCookie);
	app.addHook('onRequest', async (request, reply) => {
		if (request.method === 'GET' || request.method === 'HEAD') return;
		const fetchSite = request.headers['sec-fetch-site'];
		const own = proxies.ownOrigin(request.raw);
		const { origin } = request.headers;
		const given = { origin, fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined, own };
		const fault = originFault(given, parts.origins, false);
		if (fault === undefined) return;
		log.warn(
			{ origin, own, method: request.method },
			`${request.method} refused to ${fault}; behind a proxy, set web.trustProxy to its address or web.origins`,
		);
		await answerRefusal(reply, refusals.foreignOrigin);
	});
}

/** `/api/session`: sign-in, who is signed in, sign-out. */
export function addSessionRoutes(app: FastifyInstance, parts: RouteParts): void {
	const { site, language, sessions, file, cookie, proxies } = parts;
	app.get('/api/session', async (request, reply) => {
		const session = sessionOf(parts, request);
		if (session === undefined) return answerRefusal(reply, refusals.notSignedIn);
		sessions.touch(session);
		const { name, role } = session.person;
		return reply.header('cache-control', 'no-store').send({ name, role, site, ...(language ? { language } : {}) });
	});

	app.post('/api/session', async (request, reply) => {
		const body = signInBody.safeParse(request.body);
		if (!body.success) return answerRefusal(reply, refusals.badRequest);
		return signIn(parts, request, reply, body.data, sessionOf(parts, request));
	});

	app.delete('/api/session', async (request, reply) => {
		const session = sessionOf(parts, request);
		if (session !== undefined) {
			sessions.end(session, 'signed_out');
			await file.save();
		}
		const own = proxies.ownOrigin(request.raw);
		return reply.clearCookie(cookie.name(own), cookie.cleared(own)).code(204).send();
	});
}

/** `/healthz`: that the service runs, and whether the bus is there. */
export function addHealthRoute(app: FastifyInstance, { busConnected }: Pick<RouteParts, 'busConnected'>): void {
	app.get('/healthz', async (_request, reply) => {
		const bus = busConnected() ? 'online' : 'offline';
		return reply.header('cache-control', 'no-store').send({ status: 'ok', bus });
	});
}

async function signIn(
	parts: RouteParts,
	request: FastifyRequest,
	reply: FastifyReply,
	given: z.output<typeof signInBody>,
	earlier: Session | undefined,
): Promise<FastifyReply> {
	const result = await signInWith(parts, request, reply, given, earlier);
	if (result === 'signed_in') return reply.code(204).send();
	return answerRefusal(reply, result === 'too_many' ? refusals.tooManySignIns : refusals.signInRefused);
}

/** Checks a name and a password; where they are right the answer carries a session's cookie, and `earlier` is over. */
export async function signInWith(
	{ accounts, sessions, file, cookie, proxies, log }: RouteParts,
	request: FastifyRequest,
	reply: FastifyReply,
	{ name, password }: z.output<typeof signInBody>,
	earlier: Session | undefined,
): Promise<'signed_in' | 'refused' | 'too_many'> {
	const result = await accounts.signIn(name, password, request.ip);
	if (result.kind === 'too_many') {
		log.warn({ audit: 'sign_in_refused', account: name, from: request.ip }, `Sign-in put off: too many attempts`);
		reply.header('retry-after', Math.max(1, Math.ceil(result.retryAfterS)));
		return 'too_many';
	}
	const person = result.kind === 'signed_in' ? result.person : undefined;
	const stamp = person === undefined ? undefined : await accounts.stampOf(person.name);
	if (person === undefined || stamp === undefined) {
		log.warn({ audit: 'sign_in_refused', account: name, from: request.ip }, 'Sign-in refused: wrong name or password');
		return 'refused';
	}
	// A browser has one session: the one it came with is over.
	if (earlier !== undefined) sessions.end(earlier, 'signed_out');
	const { id } = sessions.open(person, stamp);
	await file.save();
	log.info({ audit: 'signed_in', account: person.name, from: request.ip }, `${person.name} signed in`);
	const own = proxies.ownOrigin(request.raw);
	reply.setCookie(cookie.name(own), id, cookie.options(own));
	return 'signed_in';
}

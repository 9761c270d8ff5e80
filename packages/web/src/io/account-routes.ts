import { roles } from '@pilotwire/accounts';
import { PilotwireError } from '@pilotwire/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Session } from '../core/sessions.ts';
import { type Refusal, refusals } from '../errors.ts';
import { answerRefusal } from './http-server.ts';
import { type RouteParts, sessionOf } from './session-routes.ts';

const name = z.string().trim().toLowerCase().max(200);
const password = z.string().max(1_000);
const role = z.enum(roles);
const added = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('person'), name, role, password }),
	z.strictObject({ kind: z.enum(['device', 'service']), name }),
]);
const changed = z.union([z.strictObject({ role }), z.strictObject({ password })]);
const ownPassword = z.strictObject({ current: z.string().min(1).max(256), password });
const named = z.object({ name: z.string().max(200) });

/** The HTTP status of what the accounts refuse; what is not among them is a failure of this service. */
const statusOf: Readonly<Record<string, number>> = {
	ACCOUNT_NAME_REFUSED: 400,
	PASSWORD_REFUSED: 400,
	ACCOUNT_UNKNOWN: 404,
	ACCOUNT_EXISTS: 409,
	LAST_ADMIN: 409,
};

/** What the routes need of the service. */
export interface AccountRouteParts extends RouteParts {
	/** Whether the broker is another program, which has to be given the accounts. */
	readonly outsideBroker: boolean;
}

/** `/api/accounts`: who may sign in, for administrators; and `/api/session/password`, one's own. */
export function addAccountRoutes(app: FastifyInstance, parts: AccountRouteParts): void {
	const { accounts, log, outsideBroker } = parts;
	const tell = (session: Session, what: string, whom: string): void => {
		const by = session.person.name;
		log.info(
			{ audit: 'account_change', account: whom, by, what },
			`${by}, at a page: ${what.replaceAll('_', ' ')} ${whom}`,
		);
	};

	app.get('/api/accounts', async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		const all = (await accounts.list()).map(({ principal, createdMs }) => ({ ...principal, createdMs }));
		return reply.header('cache-control', 'no-store').send({ accounts: all, outsideBroker });
	});

	app.post('/api/accounts', async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		const { success, data } = added.safeParse(request.body);
		if (!success) return answerRefusal(reply, refusals.badRequest);
		return unlessRefused(reply, async () => {
			if (data.kind === 'person') {
				await accounts.addPerson(data.name, data.role, data.password);
				tell(session, 'added_person', data.name);
				return reply.code(201).header('cache-control', 'no-store').send({});
			}
			const { secret } = await accounts.addMachine(data.kind, data.name);
			tell(session, `added_${data.kind}`, data.name);
			return reply.code(201).header('cache-control', 'no-store').send({ secret });
		});
	});

	app.patch('/api/accounts/:name', async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		const [whom, what] = [named.safeParse(request.params), changed.safeParse(request.body)];
		if (!whom.success || !what.success) return answerRefusal(reply, refusals.badRequest);
		return unlessRefused(reply, async () => {
			const change = what.data;
			if ('role' in change) await accounts.setRole(whom.data.name, change.role);
			else await accounts.setPassword(whom.data.name, change.password);
			tell(session, 'role' in change ? `gave_the_role_${change.role}_to` : 'set_the_password_of', whom.data.name);
			return reply.code(204).send();
		});
	});

	app.delete('/api/accounts/:name', async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		const whom = named.safeParse(request.params);
		if (!whom.success) return answerRefusal(reply, refusals.badRequest);
		return unlessRefused(reply, async () => {
			await accounts.remove(whom.data.name);
			tell(session, 'removed', whom.data.name);
			return reply.code(204).send();
		});
	});

	app.put('/api/session/password', async (request, reply) => {
		const session = sessionOf(parts, request);
		if (session === undefined) return answerRefusal(reply, refusals.notSignedIn);
		const { success, data } = ownPassword.safeParse(request.body);
		if (!success) return answerRefusal(reply, refusals.badRequest);
		// A page that somebody left open is not enough: the password of now is asked for, with the throttle of sign-in.
		const proof = await accounts.signIn(session.person.name, data.current, request.ip);
		if (proof.kind === 'too_many') {
			reply.header('retry-after', Math.max(1, Math.ceil(proof.retryAfterS)));
			return answerRefusal(reply, refusals.tooManySignIns);
		}
		if (proof.kind !== 'signed_in') return answerRefusal(reply, refusals.wrongPassword);
		return unlessRefused(reply, async () => {
			await accounts.setPassword(session.person.name, data.password);
			tell(session, 'set_the_own_password', session.person.name);
			return reply.code(204).send();
		});
	});
}

/** The administrator whose request it is, or why it is nobody's. */
export function adminOf(
	parts: Pick<RouteParts, 'cookie' | 'proxies' | 'sessions'>,
	request: FastifyRequest,
): Session | Refusal {
	const session = sessionOf(parts, request);
	if (session === undefined) return refusals.notSignedIn;
	return session.person.role === 'admin' ? session : refusals.adminsOnly;
}

async function unlessRefused(reply: FastifyReply, act: () => Promise<FastifyReply>): Promise<FastifyReply> {
	try {
		return await act();
	} catch (error) {
		const status = error instanceof PilotwireError ? statusOf[error.code] : undefined;
		if (!(error instanceof PilotwireError) || status === undefined) throw error;
		return answerRefusal(reply, { status, code: error.code, message: error.message });
	}
}

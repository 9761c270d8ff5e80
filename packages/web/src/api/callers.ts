import type { Role } from '@pilotwire/accounts';
import type { FastifyRequest } from 'fastify';
import { refusals } from '../errors.ts';
import { ApiFault } from './fault.ts';

/** Who calls the API. */
export interface Caller {
	readonly name: string;
	readonly role: Role;
}

/** How callers are known. */
export interface CallerParts {
	/** The API token with this secret. */
	readonly tokenOf: (secret: string) => Promise<Caller | undefined>;
	/** Whose session a request comes with; there are none where the pages are off. */
	readonly sessionOf: (request: FastifyRequest) => Caller | undefined;
}

/** From the one that may least to the one that may most. */
const ranks: readonly Role[] = ['viewer', 'resident', 'admin'];

/** The caller of a request, where the role suffices. Rejects with `ApiFault`. */
export async function callerOf(parts: CallerParts, request: FastifyRequest, least: Role): Promise<Caller> {
	const caller = await knownCaller(parts, request);
	if (caller === undefined) throw new ApiFault(refusals.tokenNeeded);
	if (ranks.indexOf(caller.role) < ranks.indexOf(least)) {
		throw new ApiFault(refusals.roleTooLow, { expected: `the role ${least}`, got: caller.role });
	}
	return caller;
}

/** With a token, else with the session of a page. */
export async function knownCaller(
	{ tokenOf, sessionOf }: CallerParts,
	request: FastifyRequest,
): Promise<Caller | undefined> {
	const { authorization } = request.headers;
	if (authorization === undefined) return sessionOf(request);
	const secret = /^Bearer +(\S.*?) *$/i.exec(authorization)?.[1];
	return secret === undefined ? undefined : tokenOf(secret);
}

import { type Logger, messageOf } from '@pilotwire/runtime';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { refusals } from '../errors.ts';
import { refusalOf } from '../io/http-server.ts';
import { addDeviceRoutes } from './device-routes.ts';
import { ApiFault, type Problem } from './fault.ts';
import { addHistoryApi } from './history-routes.ts';
import { addHouseRoutes } from './house-routes.ts';
import type { ApiParts } from './parts.ts';

/** Where the API is. */
export const API_PREFIX = '/api/v1';

/** All addresses of the API, each refusal as JSON. `document`: gives the description of the API. */
export async function addApi(app: FastifyInstance, parts: ApiParts, document?: () => Promise<object>): Promise<void> {
	await app.register(
		async (api) => {
			api.setErrorHandler((error: FastifyError | ApiFault, _request, reply) => answer(reply, error, parts.log));
			api.setNotFoundHandler((_request, reply) => answer(reply, new ApiFault(refusals.notFound), parts.log));
			if (document !== undefined) {
				api.get('/openapi.json', async (_request, reply) =>
					reply.header('cache-control', 'no-cache').send(await document()),
				);
			}
			addDeviceRoutes(api, parts);
			addHouseRoutes(api, parts);
			addHistoryApi(api, parts);
		},
		{ prefix: API_PREFIX },
	);
}

function answer(reply: FastifyReply, error: FastifyError | ApiFault, log: Logger): FastifyReply {
	const fault =
		error instanceof ApiFault ? error : new ApiFault(refusalOf(error), { got: error.message.slice(0, 200) });
	const { statusCode } = fault;
	if (statusCode === refusals.failed.status) log.error({ err: error }, `A request failed: ${messageOf(error)}`);
	const problem: Problem =
		statusCode === refusals.failed.status ? new ApiFault(refusals.failed).problem : fault.problem;
	if (statusCode === 401) reply.header('www-authenticate', 'Bearer');
	return reply.code(statusCode).header('cache-control', 'no-store').send(problem);
}

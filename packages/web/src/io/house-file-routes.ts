import { houseSections } from '@pilotwire/contract';
import { ConfigurationInvalid, PilotwireError } from '@pilotwire/runtime';
import type { FastifyInstance, FastifyReply } from 'fastify';
import * as z from 'zod';
import type { HouseFile } from '../core/house-file.ts';
import { refusals } from '../errors.ts';
import { adminOf } from './account-routes.ts';
import { answerRefusal } from './http-server.ts';
import type { RouteParts } from './session-routes.ts';

/** A house of many circuits. Bytes. */
const MAX_FILE_BYTES = 256 * 1024;

const change = z.strictObject({ version: z.string().min(1).max(100), sections: houseSections });

/** The HTTP status of what the file refuses. */
const statusOf: Readonly<Record<string, number>> = {
	CONFIGURATION_INVALID: 422,
	CONFIGURATION_NOT_YAML: 422,
	CONFIGURATION_NOT_EDITABLE: 422,
	CONFIGURATION_CHANGED: 409,
	CONFIGURATION_NOT_WRITABLE: 409,
	CONFIGURATION_READ_ONLY: 409,
	CONFIGURATION_MISSING: 409,
	CONFIGURATION_UNREADABLE: 409,
};

/** `/api/house-file`: the configuration's radiators, boards, plugs and rooms, for administrators. */
export function addHouseFileRoutes(app: FastifyInstance, parts: RouteParts, file: HouseFile): void {
	app.get('/api/house-file', async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		return unlessRefused(reply, async () => reply.header('cache-control', 'no-store').send(await file.read()));
	});

	app.put('/api/house-file', { bodyLimit: MAX_FILE_BYTES }, async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		const { success, data } = change.safeParse(request.body);
		if (!success) return answerRefusal(reply, refusals.badRequest);
		return unlessRefused(reply, async () => {
			const now = await file.change(data.sections, data.version);
			const by = session.person.name;
			parts.log.info({ audit: 'configuration_changed', account: by }, `${by} changed the configuration at a page`);
			return reply.header('cache-control', 'no-store').send(now);
		});
	});

	app.get('/api/house-file/starter', async (request, reply) => {
		const session = adminOf(parts, request);
		if ('code' in session) return answerRefusal(reply, session);
		return reply
			.header('cache-control', 'no-store')
			.header('content-disposition', 'attachment; filename="house.yaml"')
			.type('application/yaml; charset=utf-8')
			.send(file.starter());
	});
}

async function unlessRefused(reply: FastifyReply, act: () => Promise<FastifyReply>): Promise<FastifyReply> {
	try {
		return await act();
	} catch (error) {
		const status = error instanceof PilotwireError ? statusOf[error.code] : undefined;
		if (!(error instanceof PilotwireError) || status === undefined) throw error;
		const { code, message } = error;
		const faults = error instanceof ConfigurationInvalid ? { faults: error.faults } : {};
		return reply
			.code(status)
			.header('cache-control', 'no-store')
			.send({ code, message, ...faults });
	}
}

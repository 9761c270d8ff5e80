import { randomBytes } from 'node:crypto';
import { type DeviceState, deviceCommandAnswer, deviceType, MOST_COMMANDED, topics } from '@pilotwire/contract';
import { PilotwireError } from '@pilotwire/runtime';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { refusals } from '../errors.ts';
import { ApiFault } from './fault.ts';
import type { ApiParts } from './parts.ts';
import { addRoute } from './route.ts';

/** How long a device may take to confirm a command, and the call to be answered, besides what the caller asks for. Milliseconds. */
const COMMAND_WITHIN_MS = 12_000;

const tag = 'devices';
const accountName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected a name of [a-z0-9-], at most 64 letters');
const named = z.strictObject({ name: z.string().max(200) });
const state = topics.device.schema;
const device = z.intersection(z.object({ name: z.string() }), state).describe('A device.');
const secret = z.object({ name: z.string(), secret: z.string().describe('Its password; shown this once.') });
const telemetry = z.object({
	at: z.string(),
	values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
});
const order = {
	command: z.string().min(1).max(64).describe('What the device knows it by.'),
	value: z
		.union([z.string().max(1024), z.number(), z.boolean()])
		.optional()
		.describe('Goes to the device as text; left out where there is none.'),
	id: z
		.string()
		.regex(/^[A-Za-z0-9_-]{1,64}$/)
		.optional()
		.describe(
			'Your mark of the command: given again within a day it is not carried out again, and has the same outcome.',
		),
	until: z.iso.datetime({ offset: true }).optional().describe('Not carried out after this moment.'),
	waitS: z.number().min(0).max(30).optional().describe('How long new telemetry is waited for, s. Default: 3.'),
};
const toOne = z.strictObject(order);
const toMany = z.strictObject({
	devices: z.union([z.literal('all'), z.array(z.string().max(200)).min(1).max(5_000)]),
	...order,
});

/** `/devices` and `/commands`. */
export function addDeviceRoutes(app: FastifyInstance, parts: ApiParts): void {
	const { accounts, states, callers } = parts;

	const all = async (): Promise<({ name: string } & DeviceState)[]> => {
		await states.ready();
		const known = (await accounts.list()).filter(({ principal }) => principal.kind === 'device');
		return known.map(({ principal: { name }, type = 'device', createdMs }) => {
			const at = new Date(createdMs).toISOString();
			return { name, ...(states.devices.get(name) ?? { at, type, status: 'offline', connected: false }) };
		});
	};
	const one = async (name: string): Promise<{ name: string } & DeviceState> => {
		const found = (await all()).find((device) => device.name === name);
		if (found === undefined) throw new ApiFault(refusals.noDevice, { expected: 'the name of a device', got: name });
		return found;
	};
	const send = async (parameters: z.output<typeof toMany>): Promise<z.output<typeof deviceCommandAnswer>> => {
		await states.ready();
		if (!parts.busConnected()) throw new ApiFault(refusals.busAway);
		if (states.services.get('device-gateway') !== 'online') throw new ApiFault(refusals.gatewayAway);
		const withinMs = COMMAND_WITHIN_MS + (parameters.waitS ?? 3) * 1_000;
		const ask = async (some: typeof parameters & { once?: boolean }) =>
			deviceCommandAnswer.parse(await parts.call('device-gateway', 'device.command', some, withinMs));
		const names =
			parameters.devices === 'all' ? (await all()).map(({ name }) => name) : [...new Set(parameters.devices)];
		try {
			if (names.length <= MOST_COMMANDED) return await ask(parameters);
			// All under one mark, whoever made it.
			const { id = randomBytes(9).toString('base64url') } = parameters;
			const once = parameters.id === undefined;
			const answers = Array.from({ length: Math.ceil(names.length / MOST_COMMANDED) }, (_, part) =>
				ask({ ...parameters, devices: names.slice(part * MOST_COMMANDED, (part + 1) * MOST_COMMANDED), id, once }),
			);
			return { id, outcomes: (await Promise.all(answers)).flatMap(({ outcomes }) => outcomes) };
		} catch (error) {
			if (!(error instanceof PilotwireError)) throw error;
			throw new ApiFault(error.code === 'RPC_REFUSED' ? refusals.badRequest : refusals.gatewayAway, {
				got: error.received,
			});
		}
	};

	addRoute(app, callers, {
		...{ method: 'GET', url: '/devices', tag, role: 'viewer', summary: 'All devices, with their status and telemetry' },
		answers: { 200: { description: 'By name.', schema: z.object({ devices: z.array(device) }) } },
		run: async () => ({ devices: await all() }),
	});
	addRoute(app, callers, {
		...{ method: 'POST', url: '/devices', tag, role: 'admin', summary: 'Add a device' },
		body: z.strictObject({ name: accountName, type: z.optional(deviceType) }),
		answers: { 201: { description: 'It may sign in now.', schema: secret } },
		refuses: ['nameTaken'],
		run: async ({ body: { name, type }, caller, reply }) => {
			const added = await refusing(() => accounts.addMachine('device', name, type));
			parts.tell(caller, 'added the device', name);
			reply.code(201);
			return { name, ...added };
		},
	});
	addRoute(app, callers, {
		...{ method: 'GET', url: '/devices/:name', tag, role: 'viewer', summary: 'One device' },
		params: named,
		answers: { 200: { description: 'The device.', schema: device } },
		refuses: ['noDevice'],
		run: ({ params: { name } }) => one(name),
	});
	addRoute(app, callers, {
		...{
			method: 'DELETE',
			url: '/devices/:name',
			tag,
			role: 'admin',
			summary: 'Remove a device, and end what it has open',
		},
		params: named,
		answers: { 204: { description: 'It is removed.' } },
		refuses: ['noDevice'],
		run: async ({ params: { name }, caller, reply }) => {
			await one(name);
			await refusing(() => accounts.remove(name));
			parts.tell(caller, 'removed the device', name);
			return reply.code(204).send();
		},
	});
	addRoute(app, callers, {
		...{ method: 'POST', url: '/devices/:name/password', tag, role: 'admin' },
		summary: 'Give a device another password, and end what it has open with the old one',
		params: named,
		answers: { 200: { description: 'The new password.', schema: secret } },
		refuses: ['noDevice'],
		run: async ({ params: { name }, caller }) => {
			await one(name);
			const rotated = await refusing(() => accounts.rotateSecret(name));
			parts.tell(caller, 'gave another password to the device', name);
			return { name, ...rotated };
		},
	});
	addRoute(app, callers, {
		...{ method: 'GET', url: '/devices/:name/telemetry', tag, role: 'viewer', summary: 'What a device said last' },
		params: named,
		answers: { 200: { description: 'Numbers and texts, by the device’s own names.', schema: telemetry } },
		refuses: ['noDevice', 'noTelemetry'],
		run: async ({ params: { name } }) => {
			const { telemetry: said } = await one(name);
			if (said === undefined) throw new ApiFault(refusals.noTelemetry);
			return said;
		},
	});
	addRoute(app, callers, {
		...{ method: 'POST', url: '/devices/:name/commands', tag, role: 'resident', summary: 'Command a device' },
		description: 'Answers with the outcome: delivered, acknowledged by new telemetry, offline or refused.',
		params: named,
		body: toOne,
		answers: { 200: { description: 'What became of it.', schema: deviceCommandAnswer } },
		refuses: ['noDevice', 'gatewayAway'],
		run: async ({ params: { name }, body, caller }) => {
			await one(name);
			parts.tell(caller, `commanded ${body.command} to`, name);
			return send({ devices: [name], ...body });
		},
	});
	addRoute(app, callers, {
		...{ method: 'POST', url: '/commands', tag, role: 'resident', summary: 'Command several devices, or all' },
		body: toMany,
		answers: { 200: { description: 'What became of it, device by device.', schema: deviceCommandAnswer } },
		refuses: ['gatewayAway'],
		run: async ({ body, caller }) => {
			const whom = body.devices === 'all' ? 'all devices' : `${body.devices.length} devices`;
			parts.tell(caller, `commanded ${body.command} to`, whom);
			return send(body);
		},
	});
}

/** What the accounts refuse, as this API says it. */
async function refusing<Result>(act: () => Promise<Result>): Promise<Result> {
	try {
		return await act();
	} catch (error) {
		if (!(error instanceof PilotwireError)) throw error;
		const { code, expected, received: got } = error;
		if (code === 'ACCOUNT_EXISTS') throw new ApiFault(refusals.nameTaken, { expected, got });
		if (code === 'ACCOUNT_UNKNOWN') throw new ApiFault(refusals.noDevice, { expected, got });
		if (code === 'ACCOUNT_NAME_REFUSED') throw new ApiFault(refusals.badRequest, { expected, got });
		throw error;
	}
}

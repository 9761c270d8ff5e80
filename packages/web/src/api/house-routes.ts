import { topics } from '@pilotwire/contract';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { refusals } from '../errors.ts';
import { knownCaller } from './callers.ts';
import { streamEvents } from './events.ts';
import { ApiFault } from './fault.ts';
import { eventKinds } from './house-states.ts';
import type { ApiParts } from './parts.ts';
import { addRoute } from './route.ts';

const identified = z.object({ id: z.string() });
const byId = z.strictObject({ id: z.string().max(200) });
const circuit = z.intersection(identified, topics.circuit.schema);
const meter = z.object({
	id: z.string(),
	load: z.optional(topics.load.schema),
	reading: z.optional(topics.reading.schema),
});
const orders = ['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection', 'off', 'auto'] as const;
const order = z.strictObject({
	order: z.enum(orders).describe('`auto` ends the override.'),
	until: z.iso.datetime({ offset: true }).optional().describe('The override ends by itself then.'),
});
const kinds = z
	.string()
	.regex(
		new RegExp(`^(${eventKinds.join('|')})(,(${eventKinds.join('|')}))*$`),
		`expected some of ${eventKinds.join(',')}`,
	)
	.transform((given) => given.split(',') as (typeof eventKinds)[number][]);

/** `/circuits`, `/meters` and `/events`. */
export function addHouseRoutes(app: FastifyInstance, parts: ApiParts): void {
	const { states, callers } = parts;
	const circuits = 'circuits';
	addRoute(app, callers, {
		...{
			method: 'GET',
			url: '/circuits',
			tag: circuits,
			role: 'viewer',
			summary: 'All circuits: radiators, plugs, chargers',
		},
		answers: { 200: { description: 'By id.', schema: z.object({ circuits: z.array(circuit) }) } },
		run: async () => {
			await states.ready();
			return { circuits: [...states.circuits].map(([id, state]) => ({ id, ...state })) };
		},
	});
	addRoute(app, callers, {
		...{ method: 'GET', url: '/circuits/:id', tag: circuits, role: 'viewer', summary: 'One circuit' },
		params: byId,
		answers: { 200: { description: 'The circuit.', schema: circuit } },
		refuses: ['noCircuit'],
		run: async ({ params }) => {
			await states.ready();
			const state = states.circuits.get(params.id);
			if (state === undefined) throw new ApiFault(refusals.noCircuit, { got: params.id });
			return { id: params.id, ...state };
		},
	});
	addRoute(app, callers, {
		...{ method: 'POST', url: '/circuits/:id/order', tag: circuits, role: 'resident' },
		summary: 'Give an order to a circuit; `all` for all of them',
		description:
			'The actuator carries it out; what it comes to is in the state of the circuit. What raises the load waits for room.',
		params: byId,
		body: order,
		answers: { 202: { description: 'It is given.', schema: z.object({ id: z.string(), order: z.enum(orders) }) } },
		refuses: ['noCircuit', 'busAway'],
		run: async ({ params, body, caller, reply }) => {
			await states.ready();
			if (params.id !== 'all' && !states.circuits.has(params.id)) {
				throw new ApiFault(refusals.noCircuit, { got: params.id });
			}
			// An order that waited for the broker would be carried out when nobody expects it.
			if (!parts.busConnected()) throw new ApiFault(refusals.busAway);
			parts.order(params.id, body.until === undefined ? body.order : { order: body.order, until: body.until });
			parts.tell(caller, `ordered ${body.order} of`, params.id);
			reply.code(202);
			return { id: params.id, order: body.order };
		},
	});
	addRoute(app, callers, {
		...{
			method: 'GET',
			url: '/meters',
			tag: 'meters',
			role: 'viewer',
			summary: 'All meters, with load and last reading',
		},
		answers: { 200: { description: 'By id.', schema: z.object({ meters: z.array(meter) }) } },
		run: async () => {
			await states.ready();
			return { meters: [...states.meters].map(([id, said]) => ({ id, ...said })) };
		},
	});
	addRoute(app, callers, {
		...{ method: 'GET', url: '/meters/:id', tag: 'meters', role: 'viewer', summary: 'One meter' },
		params: byId,
		answers: { 200: { description: 'The meter.', schema: meter } },
		refuses: ['noMeter'],
		run: async ({ params }) => {
			await states.ready();
			const said = states.meters.get(params.id);
			if (said === undefined) throw new ApiFault(refusals.noMeter, { got: params.id });
			return { id: params.id, ...said };
		},
	});
	addRoute(app, callers, {
		...{ method: 'GET', url: '/events', tag: 'events', role: 'viewer', summary: 'What happens, as it happens' },
		description:
			'Server-sent events: `device`, `circuit` and `meter` carry the state, first as it is and then whenever it changes; `command` says what became of a command, `shedder` what the load shedding does. Whose it is is in `name`, `id` or `device`.',
		query: z.strictObject({ kinds: kinds.optional().describe('Which, with commas between. Default: all.') }),
		answers: { 200: { description: 'The stream; it has no end.', contentType: 'text/event-stream' } },
		refuses: ['tooManyStreams'],
		run: async ({ query, request, reply }) => {
			await states.ready();
			await streamEvents(states, parts.clock, reply, {
				kinds: query.kinds ?? eventKinds,
				holds: async () => (await knownCaller(callers, request)) !== undefined,
			});
			return reply;
		},
	});
}

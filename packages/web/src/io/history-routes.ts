import { Readable } from 'node:stream';
import { rightsOf } from '@pilotwire/accounts';
import { exportPage, topicName, topics } from '@pilotwire/contract';
import { messageOf, PilotwireError } from '@pilotwire/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Session } from '../core/sessions.ts';
import { type Refusal, refusals } from '../errors.ts';
import { answerRefusal } from './http-server.ts';

/** Exports at once: each keeps the history busy. */
const MOST_EXPORTS = 4;
/** Stands for the random id of a caller where only the right to call is asked. */
const ANY_CALLER = 'c0123456789ab';

/** What the routes need of the service. */
export interface HistoryRouteParts {
	readonly site: string;
	readonly sessionOf: (request: FastifyRequest) => Session | undefined;
	readonly busConnected: () => boolean;
	/** Calls a method of telemetry. */
	readonly ask: (method: string, parameters: Record<string, unknown>) => Promise<unknown>;
}

const text = z.string().max(200);
const several = z.union([text, z.array(text).max(100)]).transform((given) => (Array.isArray(given) ? given : [given]));
const tags = several
	.transform((all) => Object.fromEntries(all.map((one) => [one.split(':')[0] ?? '', one.slice(one.indexOf(':') + 1)])))
	.optional();
const range = { from: text, to: text };
const energy = z
	.strictObject({ ...range, by: text, meter: text.optional(), compare: text.optional() })
	.transform(present);

/** What each address takes, as it goes to telemetry, which checks it in full. */
const questions = {
	query: z
		.strictObject({ ...range, series: text, tag: tags, points: z.coerce.number().default(800) })
		.transform(({ tag, ...asked }) => present({ ...asked, tags: tag })),
	series: z.strictObject({ series: text.optional() }).transform(present),
	energy,
	cost: energy,
} as const;
const exported = z
	.strictObject({
		...range,
		series: several.optional(),
		tag: tags,
		format: z.enum(['csv', 'jsonl']).default('csv'),
		by: text.optional(),
		step: text.optional(),
		meter: text.optional(),
	})
	.transform(({ tag, format, ...asked }) => ({ ...present({ ...asked, tags: tag }), format }));

/** `GET /api/history/...`: the history for whoever is signed in and may ask telemetry on the bus. */
export function addHistoryRoutes(app: FastifyInstance, parts: HistoryRouteParts): void {
	let exports = 0;
	const refusalFor = (request: FastifyRequest): Refusal | undefined => {
		const session = parts.sessionOf(request);
		if (session === undefined) return refusals.notSignedIn;
		if (!mayAsk(parts.site, session)) return refusals.historyForbidden;
		return parts.busConnected() ? undefined : refusals.historyAway;
	};
	for (const [name, question] of Object.entries(questions)) {
		app.get(`/api/history/${name}`, async (request, reply) => {
			const refused = refusalFor(request);
			if (refused !== undefined) return answerRefusal(reply, refused);
			const asked = question.safeParse(request.query);
			if (!asked.success) return answerRefusal(reply, refusals.badRequest);
			const answer = await asking(reply, () => parts.ask(`history.${name}`, asked.data));
			return answer === undefined ? reply : reply.header('cache-control', 'no-store').send(answer.result);
		});
	}
	app.get('/api/history/export', async (request, reply) => {
		const refused = exports >= MOST_EXPORTS ? refusals.tooManyExports : refusalFor(request);
		if (refused !== undefined) return answerRefusal(reply, refused);
		const asked = exported.safeParse(request.query);
		if (!asked.success) return answerRefusal(reply, refusals.badRequest);
		const page = async (cursor: string | undefined) =>
			exportPage.parse(await parts.ask('history.export', present({ ...asked.data, cursor })));
		// Counted from here on: those who ask while the first page is made are too many as well.
		exports += 1;
		const leave = (): void => {
			exports -= 1;
		};
		const first = await asking(reply, () => page(undefined)).catch((error: unknown) => {
			leave();
			throw error;
		});
		if (first === undefined) {
			leave();
			return reply;
		}
		const stream = Readable.from(pagesFrom(first.result, page), { objectMode: false, highWaterMark: 1 });
		stream.once('close', leave);
		const type = asked.data.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8';
		return reply
			.header('cache-control', 'no-store')
			.header('content-disposition', `attachment; filename="pilotwire-history.${asked.data.format}"`)
			.type(type)
			.send(stream);
	});
}

type Page = z.output<typeof exportPage>;

/** One page after the other, each asked for once the client has taken the one before. */
async function* pagesFrom(first: Page, ask: (cursor: string) => Promise<Page>): AsyncGenerator<string> {
	let page = first;
	for (;;) {
		if (page.text !== '') yield page.text;
		if (page.next === undefined) return;
		page = await ask(page.next);
	}
}

/** What telemetry says; undefined where the request is refused and answered. */
async function asking<Result>(
	reply: FastifyReply,
	ask: () => Promise<Result>,
): Promise<{ readonly result: Result } | undefined> {
	try {
		return { result: await ask() };
	} catch (error) {
		if (!(error instanceof PilotwireError)) throw error;
		const isRefused = error.code === 'RPC_REFUSED';
		const { status, code, message } = isRefused ? refusals.historyRefused : refusals.historyAway;
		answerRefusal(reply, { status, code, message: isRefused ? `${message} ${messageOf(error)}` : message });
		return undefined;
	}
}

function mayAsk(site: string, { person: { name, role } }: Session): boolean {
	const call = topicName(site, topics.rpc, { service: 'telemetry', client: ANY_CALLER });
	return rightsOf(site, { kind: 'person', name, role }).mayPublish(call);
}

/** Without what is absent. */
function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

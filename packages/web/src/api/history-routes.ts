import { costAnswer, energyAnswer, historyAnswer } from '@pilotwire/contract';
import { PilotwireError } from '@pilotwire/runtime';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { refusals } from '../errors.ts';
import { ApiFault } from './fault.ts';
import type { ApiParts } from './parts.ts';
import { addRoute } from './route.ts';

/** An answer of the history may take a while: years on an SD card. Milliseconds. */
const WITHIN_MS = 60_000;

const moment = z.string().max(200).describe('A moment (ISO 8601) or a local date.');
const range = { from: moment, to: moment };
const word = z.string().max(200);
const tagged = z
	.union([word, z.array(word).max(100)])
	.describe('NAME:VALUE, such as phase:1; may be given several times.');
const energy = z.strictObject({
	...range,
	by: z.enum(['hour', 'day', 'week', 'month', 'year', 'total']),
	meter: word.optional(),
	compare: z.enum(['day', 'week', 'month', 'year']).optional(),
});
const series = z.object({
	series: z.array(
		z.object({ series: z.string(), tags: z.record(z.string(), z.string()), kind: z.enum(['number', 'text']) }),
	),
});

/** What each address asks of telemetry, and how it is answered. */
const questions = {
	query: {
		summary: 'One series over a range',
		query: z.strictObject({ ...range, series: word, tag: tagged.optional(), points: z.coerce.number().optional() }),
		answer: historyAnswer,
	},
	series: { summary: 'Which series there are', query: z.strictObject({ series: word.optional() }), answer: series },
	energy: { summary: 'Energy by period and tariff', query: energy, answer: energyAnswer },
	cost: { summary: 'Money by period and tariff', query: energy, answer: costAnswer },
} as const;

/** `/history/...`. */
export function addHistoryApi(app: FastifyInstance, parts: ApiParts): void {
	for (const [name, { summary, query, answer }] of Object.entries(questions)) {
		addRoute(app, parts.callers, {
			...{ method: 'GET', url: `/history/${name}`, tag: 'history', role: 'viewer', summary },
			query: query as z.ZodType<Record<string, unknown>>,
			answers: { 200: { description: 'The answer.', schema: answer } },
			refuses: ['historyRefused', 'historyAway'],
			run: async ({ query: { tag, ...asked } }) => {
				if (!parts.busConnected()) throw new ApiFault(refusals.historyAway);
				const parameters = { ...asked, ...(tag === undefined ? {} : { tags: tagsOf(tag as string | string[]) }) };
				try {
					return await parts.call('telemetry', `history.${name}`, withoutAbsent(parameters), WITHIN_MS);
				} catch (error) {
					if (!(error instanceof PilotwireError)) throw error;
					const refused = error.code === 'RPC_REFUSED' ? refusals.historyRefused : refusals.historyAway;
					throw new ApiFault(refused, { got: error.received });
				}
			},
		});
	}
}

function tagsOf(given: string | readonly string[]): Record<string, string> {
	const all = typeof given === 'string' ? [given] : given;
	return Object.fromEntries(all.map((one) => [one.split(':')[0] ?? '', one.slice(one.indexOf(':') + 1)]));
}

function withoutAbsent(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

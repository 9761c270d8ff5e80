import { type BoxStory, type HistoryAnswer, MAX_PAYLOAD_BYTES } from '@pilotwire/contract';
import { type RemoteMethod, remoteMethod } from '@pilotwire/runtime';
import * as z from 'zod';
import type { BlackBox } from './black-box/black-box.ts';
import type { Storyteller } from './black-box/storyteller.ts';
import { LATEST_MS } from './core/point.ts';
import type { HistoryReader } from './core/store.ts';
import { answerTooLong, emptyRange } from './errors.ts';

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/, 'a name such as load.apparentPowerVA');
const instant = z.iso.datetime({ offset: true, error: 'ISO 8601 such as 2026-01-31T22:00:00Z' });
/** Left for the rest of the reply. Bytes. */
const ENVELOPE_BYTES = 1_000;

const rangeParameters = z.strictObject({
	series: name.describe('Such as load.apparentPowerVA.'),
	tags: z.record(name, z.string().max(100)).default({}).describe('Only lines with these tags.'),
	from: instant.describe('Beginning of the range.'),
	to: instant.describe('Its end, not included.'),
	points: z.int().min(1).max(2_000).describe('At most so many points in each line.'),
});

/** The remote calls that telemetry answers, from this store. */
export function historyMethods(store: HistoryReader): Readonly<Record<string, RemoteMethod>> {
	const asked = remoteMethod(rangeParameters, (parameters) => query(store, parameters));
	return {
		'history.query': asked,
		// What it was called at first; pages that a browser has kept still ask so.
		query: asked,
		'history.series': remoteMethod(z.strictObject({ series: name.optional() }), async (parameters) => {
			const series = await store.series(parameters.series);
			return bounded({ series });
		}),
	};
}

/** Asks a store as `history.query` does. */
export function askerOf(store: HistoryReader): (question: unknown) => Promise<HistoryAnswer> {
	return async (question) => query(store, rangeParameters.parse(question));
}

/**
 * The remote calls about the black box: `blackBox.save` saves it aside and gives the file's name; `blackBox.story` tells
 * what led to the last opening, where there is someone who can.
 */
export function blackBoxMethods(
	blackBox: Pick<BlackBox, 'save'>,
	storyteller?: Storyteller,
): Readonly<Record<string, RemoteMethod>> {
	const nothing = z.strictObject({});
	const save = remoteMethod(nothing, async () => ({ saved: await blackBox.save() }));
	if (storyteller === undefined) return { 'blackBox.save': save };
	let telling: Promise<BoxStory> | undefined;
	const story = remoteMethod(nothing, async () => {
		// Many may ask at once: it is told once.
		telling ??= storyteller.tell().finally(() => {
			telling = undefined;
		});
		return bounded(await telling);
	});
	return { 'blackBox.save': save, 'blackBox.story': story };
}

/** Buckets of equal length, as few ms as hold the range in the number of points. */
async function query(store: HistoryReader, parameters: z.output<typeof rangeParameters>): Promise<HistoryAnswer> {
	const { series, tags, from, to, points } = parameters;
	const [fromMs, toMs] = [from, to].map((moment) => Math.min(Math.max(Date.parse(moment), 0), LATEST_MS)) as [
		number,
		number,
	];
	if (!(toMs > fromMs)) throw emptyRange(from, to);
	const bucketMs = Math.ceil((toMs - fromMs) / points);
	return bounded({ bucketMs, lines: await store.query({ series, tags, fromMs, toMs, bucketMs }) });
}

/** An answer, unless it is too long for the bus. */
export function bounded<Answer>(answer: Answer): Answer {
	const bytes = Buffer.byteLength(JSON.stringify(answer));
	const most = MAX_PAYLOAD_BYTES - ENVELOPE_BYTES;
	if (bytes > most) throw answerTooLong(bytes, most);
	return answer;
}

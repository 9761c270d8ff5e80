import type { AdviceState, HistoryAnswer } from '@pilotwire/contract';
import { AdviceFailed, type AdviceQuestion } from '@pilotwire/telemetry';
import { noProcessLeft } from '@pilotwire/test/processes';
import { expect } from 'chai';
import { adviseInProcess } from '../src/io/advice-process.ts';

const MINUTE_MS = 60_000;
const midnightMs = new Date(2026, 0, 20).getTime();
const radiators = [{ id: 'salon', powerW: 1_500, phase: 1 as const }];

/** The history of a house that draws 400 VA, and 5 kVA in the evening. */
async function history({ series, from, points, tags }: Record<string, unknown>): Promise<HistoryAnswer> {
	const shared = { series: String(series), tags: tags as Record<string, string> };
	if (series !== 'load.apparentPowerVA' || (tags as { phase?: string }).phase !== '1')
		return { bucketMs: 1, lines: [] };
	const fromMs = Date.parse(String(from));
	const atMs = Array.from({ length: Number(points) }, (_, minute) => fromMs + minute * MINUTE_MS);
	const mean = atMs.map((_, minute) => (minute > 1_080 && minute < 1_200 ? 5_000 : 400));
	const count = mean.map(() => 1);
	return { bucketMs: MINUTE_MS, lines: [{ kind: 'number', ...shared, atMs, count, mean, min: mean, max: mean }] };
}

describe('finding out which subscription would do', function () {
	this.timeout(120_000);
	noProcessLeft();
	const adviser = adviseInProcess({ meter: 'main', radiators, mode: 'tolerant' }, () => midnightMs + 1);
	const question: AdviceQuestion = { outsideC: 5, days: 1 };

	it('tries every size in a process of its own, and tells how far it is', async () => {
		const told: NonNullable<AdviceState['progress']>[] = [];
		const run = adviser.begin(question, { ask: history, told: (progress) => told.push(progress) });
		const { trials, learned } = await run.advice;
		expect(told[0]).to.deep.equal({ step: 'reading', done: 0, of: 1 });
		expect(told.at(-1)).to.deep.equal({ step: 'trying', done: 17, of: 18 });
		expect(learned).to.include({ days: 1, radiators: 1, phases: 1 });
		expect(trials).to.have.length(18);
		expect(trials.find(({ suffices }) => suffices)).to.include({ phases: 1, prefKVA: 6 });
		expect(trials.find(({ prefKVA, phases }) => prefKVA === 36 && phases === 1)).to.include({
			...{ openings: 0, minutesShed: 0, suffices: true },
		});
	});

	it('says how many days there are where they are too few', async () => {
		const ask = async (): Promise<HistoryAnswer> => ({ bucketMs: 1, lines: [] });
		const error: unknown = await adviser
			.begin({ ...question, days: 14 }, { ask, told: () => undefined })
			.advice.catch((thrown: unknown) => thrown);
		expect(error).to.be.instanceOf(AdviceFailed);
		expect((error as AdviceFailed).problem).to.include({ code: 'HISTORY_TOO_SHORT', days: 0, needed: 7 });
	});

	it('hands on why the history does not answer', async () => {
		const ask = (): Promise<never> => Promise.reject(new Error('the database is away'));
		const error: unknown = await adviser
			.begin(question, { ask, told: () => undefined })
			.advice.catch((thrown: unknown) => thrown);
		expect(String(error)).to.include('the database is away');
	});

	it('ends at once when it is stopped', async () => {
		const run = adviser.begin(question, { ask: () => new Promise(() => undefined), told: () => run.stop() });
		const error: unknown = await run.advice.catch((thrown: unknown) => thrown);
		expect(String(error)).to.include('SIGKILL');
	});
});

import type { HistoryAnswer, HistoryLine } from '@pilotwire/contract';
import { expect } from 'chai';
import { type AskHistory, readHistory } from '../src/advise/read-history.ts';

const MINUTE_MS = 60_000;
const midnightMs = new Date(2026, 0, 20).getTime();
const radiators = [
	{ id: 'salon', powerW: 1500, phase: 1 as const },
	{ id: 'bureau', powerW: 1000, phase: 2 as const },
];
const scope = { meter: 'main', radiators, days: 7, nowMs: midnightMs + 9 * 3_600_000 };

/** What is at a minute, counted from the last midnight back; undefined where nothing was recorded. */
interface Kept {
	readonly load?: (minute: number, phase: string) => number | undefined;
	readonly order?: (minute: number, circuit: string) => string | undefined;
	readonly reason?: (minute: number, circuit: string) => string | undefined;
	readonly learnedW?: number;
	readonly phases?: number;
}

/** Telemetry with a synthetic history: answers in the same buckets. */
function telemetry({
	load = () => 500,
	order = () => 'comfort',
	reason = () => 'programme',
	...kept
}: Kept): AskHistory {
	return async ({ series, tags, from, to, points }): Promise<HistoryAnswer> => {
		const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
		const bucketMs = Math.ceil((toMs - fromMs) / points);
		const { phase = '', circuit = '' } = tags;
		const at = <Value>(of: (minute: number) => Value | undefined): [number, Value][] =>
			Array.from({ length: points }, (_, bucket) => fromMs + bucket * bucketMs)
				.map((atMs) => [atMs, of((atMs - midnightMs) / MINUTE_MS)] as const)
				.filter((pair): pair is [number, Value] => pair[1] !== undefined);
		const shared = (found: readonly [number, unknown][]) => {
			return { series, tags, atMs: found.map(([atMs]) => atMs), count: found.map(() => 1) };
		};
		const numbers = (found: [number, number][]): HistoryLine => {
			const mean = found.map(([, value]) => value);
			return { kind: 'number', ...shared(found), mean, min: mean, max: mean };
		};
		const texts = (of: (minute: number) => string | undefined): HistoryLine => {
			// Only what changed, as the history keeps it.
			const all = at(of).filter(([atMs, value]) => of((atMs - midnightMs) / MINUTE_MS - 1) !== value);
			const value = of((fromMs - midnightMs) / MINUTE_MS - 1);
			const before = value === undefined ? {} : { before: { atMs: fromMs - 1, value } };
			return { kind: 'text', ...shared(all), text: all.map(([, text]) => text), ...before };
		};
		const lines = (): HistoryLine[] => {
			if (series === 'load.apparentPowerVA')
				return Number(phase) <= (kept.phases ?? 1) ? [numbers(at((minute) => load(minute, phase)))] : [];
			if (series === 'circuit.inForce') return [texts((minute) => order(minute, circuit))];
			if (series === 'circuit.reason') return [texts((minute) => reason(minute, circuit))];
			if (series === 'circuit.learnedPowerW' && kept.learnedW !== undefined && circuit === 'salon')
				return [numbers([[fromMs, kept.learnedW]])];
			return [];
		};
		return { bucketMs, lines: lines() };
	};
}

describe("the house's own history", () => {
	it('is read minute by minute from midnight to midnight', async () => {
		const history = await readHistory(telemetry({ load: (minute) => minute + 20_000 }), scope);
		expect(history).to.include({ days: 7, daysLeftOut: 0, filledMinutes: 0 });
		expect(history.loadVA).to.have.length(1);
		expect(history.loadVA[0]?.[0]).to.equal(20_000 - 7 * 1440);
		expect(history.loadVA[0]?.at(-1)).to.equal(19_999);
		expect([...history.hours.subarray(0, 1440)]).to.deep.equal(
			Array.from({ length: 1440 }, (_, at) => Math.floor(at / 60)),
		);
	});

	it('knows which orders let a radiator heat, half of the minute in which one changed', async () => {
		const order = (minute: number) => {
			const ofDay = (minute + 14_400) % 1440;
			return ofDay < 360 ? 'eco' : ofDay < 720 ? 'comfort_-1' : 'off';
		};
		const [salon] = (await readHistory(telemetry({ order }), scope)).circuits;
		expect([1400, 1440, 1441, 1799, 1800, 1801, 2160, 2161].map((at) => salon?.eco[at])).to.deep.equal([
			0, 0.5, 1, 1, 0.5, 0, 0, 0,
		]);
		expect([1400, 1799, 1800, 1801, 2159, 2160, 2161].map((at) => salon?.comfort[at])).to.deep.equal([
			0, 0, 0.5, 1, 1, 0.5, 0,
		]);
	});

	it('tells what people chose from what shedding or a fault did', async () => {
		const reasons = ['programme', 'override', 'shed', 'waits_for_admission', 'fallback', 'unreachable'];
		const reason = (minute: number) => reasons[Math.floor(((minute + 14_400) % 1440) / 240)];
		const [salon] = (await readHistory(telemetry({ reason }), scope)).circuits;
		expect([100, 300, 500, 800, 1000, 1300].map((at) => salon?.chosen[at])).to.deep.equal([1, 1, 0, 0, 0, 0]);
	});

	it('takes a radiator of which nothing is known to heat, and learns nothing from it', async () => {
		const [salon] = (await readHistory(telemetry({ order: () => undefined, reason: () => undefined }), scope)).circuits;
		expect(salon?.comfort[5000]).to.equal(1);
		expect(salon?.chosen[5000]).to.equal(0);
	});

	it('prefers the power that was learned', async () => {
		const { circuits } = await readHistory(telemetry({ learnedW: 1380 }), scope);
		expect(circuits.map(({ powerW, learned }) => ({ powerW, learned }))).to.deep.equal([
			{ powerW: 1380, learned: true },
			{ powerW: 1000, learned: false },
		]);
	});

	it('has as many phases as the meter: all radiators on the one, or each on its own', async () => {
		const [one, three] = await Promise.all([1, 3].map((phases) => readHistory(telemetry({ phases }), scope)));
		expect(one?.circuits.map(({ phase }) => phase)).to.deep.equal([1, 1]);
		expect(three?.circuits.map(({ phase }) => phase)).to.deep.equal([1, 2]);
		expect(three?.loadVA).to.have.length(3);
	});

	it('fills small gaps with what was before, and leaves out days with large ones', async () => {
		const load = (minute: number) => {
			const [day, ofDay] = [Math.floor(minute / 1440), (minute + 14_400) % 1440];
			if (day === -3 && ofDay > 600) return undefined;
			return day === -1 && ofDay >= 60 && ofDay < 120 ? undefined : minute;
		};
		const history = await readHistory(telemetry({ load }), { ...scope, days: 8 });
		expect(history).to.include({ days: 7, daysLeftOut: 1, filledMinutes: 60 });
		expect(history.loadVA[0]?.at(-1440 + 100)).to.equal(-1440 + 59);
		expect(history.loadVA[0]?.length).to.equal(7 * 1440);
	});

	it('says that it is too short, unless less was asked for', async () => {
		const young = telemetry({ load: (minute) => (minute < -3 * 1440 ? undefined : 500) });
		const error: unknown = await readHistory(young, { ...scope, days: 14 }).catch((thrown: unknown) => thrown);
		expect(error).to.have.property('code', 'HISTORY_TOO_SHORT');
		expect(String(error)).to.include('7 whole days').and.include('got 3');
		expect((await readHistory(young, { ...scope, days: 3 })).days).to.equal(3);
		const none: unknown = await readHistory(telemetry({ load: () => undefined }), { ...scope, days: 1 }).catch(
			(thrown: unknown) => thrown,
		);
		expect(none).to.have.property('code', 'HISTORY_TOO_SHORT');
	});

	it('ends at the last midnight: today is not whole yet', async () => {
		let latest = 0;
		const ask = telemetry({});
		await readHistory((question) => {
			if (question.series === 'load.apparentPowerVA') latest = Math.max(latest, Date.parse(question.to));
			return ask(question);
		}, scope);
		expect(latest).to.equal(midnightMs);
	});
});

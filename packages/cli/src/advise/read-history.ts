import type { HistoryAnswer, HistoryLine } from '@pilotwire/contract';
import { HistoryTooShort } from '../errors.ts';
import type { RecordedCircuit, RecordedHouse } from './recorded-house.ts';

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** A day with fewer minutes than that share of it has gaps that can't be filled honestly. */
const DAY_KNOWN_SHARE = 0.95;
/** A week knows every day's habits. */
const DAYS_NEEDED = 7;
/** Nothing on the wire is comfort: so heats a radiator of which nothing is known. */
const UNKNOWN_ORDER = 'comfort';
const CHOSEN_BY = ['programme', 'override'];

/** Asks telemetry for a range of one series. */
export type AskHistory = (question: {
	readonly series: string;
	readonly tags: Readonly<Record<string, string>>;
	readonly from: string;
	readonly to: string;
	readonly points: number;
}) => Promise<HistoryAnswer>;

/** Whose history. */
export interface HistoryScope {
	readonly meter: string;
	readonly radiators: readonly { readonly id: string; readonly powerW: number; readonly phase: 1 | 2 | 3 }[];
	/** At most so many days, up to the last midnight. */
	readonly days: number;
	readonly nowMs: number;
	/** Told before each day is read: its number, from 1. */
	readonly onDay?: (day: number) => void;
}

/** One day as it was asked for. */
interface Day {
	readonly loadVA: readonly Float64Array[];
	readonly circuits: readonly Pick<RecordedCircuit, 'comfort' | 'eco' | 'chosen'>[];
	readonly fromMs: number;
	readonly filled: number;
}

/**
 * Reads the house's own history, day by day. Days count 24 h back from the last local midnight.
 * @throws PilotwireError `HISTORY_TOO_SHORT` where fewer days are whole than a week, or than were asked for
 */
export async function readHistory(ask: AskHistory, scope: HistoryScope): Promise<RecordedHouse> {
	const midnightMs = new Date(scope.nowMs).setHours(0, 0, 0, 0);
	const days: Day[] = [];
	for (let number = 1; number <= scope.days; number++) {
		scope.onDay?.(number);
		const day = await readDay(ask, scope, midnightMs - (scope.days - number + 1) * DAY_MS);
		if (day !== undefined) days.push(day);
	}
	const phases = Math.max(1, ...days.map(({ loadVA }) => loadVA.length));
	const whole = days.filter(({ loadVA }) => loadVA.length === phases);
	const needed = Math.min(DAYS_NEEDED, scope.days);
	if (whole.length < needed) throw new HistoryTooShort(whole.length, needed, scope.days);
	const joined = <Values extends Float64Array | Float32Array | Uint8Array>(
		values: Values,
		of: (day: Day) => Values,
	) => {
		for (const [at, day] of whole.entries()) values.set(of(day), at * DAY_MINUTES);
		return values;
	};
	const minutes = whole.length * DAY_MINUTES;
	const last = await learnedPowers(ask, scope);
	return {
		loadVA: Array.from({ length: phases }, (_, phase) =>
			joined(new Float64Array(minutes), (day) => day.loadVA[phase] as Float64Array),
		),
		circuits: scope.radiators.map(({ id, phase, powerW }, index) => {
			const of = (day: Day) => day.circuits[index] as Day['circuits'][number];
			return {
				id,
				phase: phases === 1 ? 1 : phase,
				powerW: last.get(id) ?? powerW,
				learned: last.has(id),
				comfort: joined(new Float32Array(minutes), (day) => of(day).comfort),
				eco: joined(new Float32Array(minutes), (day) => of(day).eco),
				chosen: joined(new Uint8Array(minutes), (day) => of(day).chosen),
			};
		}),
		hours: joined(new Uint8Array(minutes), ({ fromMs }) =>
			Uint8Array.from({ length: DAY_MINUTES }, (_, minute) => new Date(fromMs + minute * MINUTE_MS).getHours()),
		),
		days: whole.length,
		daysLeftOut: scope.days - whole.length,
		filledMinutes: whole.reduce((sum, { filled }) => sum + filled, 0),
	};
}

async function readDay(ask: AskHistory, scope: HistoryScope, fromMs: number): Promise<Day | undefined> {
	const range = {
		from: new Date(fromMs).toISOString(),
		to: new Date(fromMs + DAY_MS).toISOString(),
		points: DAY_MINUTES,
	};
	const loadVA: Float64Array[] = [];
	let filled = 0;
	for (const phase of ['1', '2', '3']) {
		const tags = { meter: scope.meter, phase };
		const { lines } = await ask({ series: 'load.apparentPowerVA', tags, ...range });
		const load = loadOf(lines[0], fromMs);
		if (load === undefined) break;
		if (load.known < DAY_KNOWN_SHARE * DAY_MINUTES) return undefined;
		filled += DAY_MINUTES - load.known;
		loadVA.push(load.values);
	}
	if (loadVA.length === 0) return undefined;
	const circuits: Day['circuits'][number][] = [];
	for (const { id } of scope.radiators) {
		const [orders, reasons] = await Promise.all(
			['circuit.inForce', 'circuit.reason'].map(async (series) => {
				const { lines } = await ask({ series, tags: { circuit: id }, ...range });
				return textsOf(lines[0], fromMs);
			}),
		);
		circuits.push(heatingOf(orders as Texts, reasons as Texts));
	}
	return { loadVA, circuits, fromMs, filled };
}

/** Texts that held at each minute's end; the first is what held before the day. */
type Texts = readonly (string | undefined)[];

function textsOf(line: HistoryLine | undefined, fromMs: number): Texts {
	const texts: (string | undefined)[] = Array(DAY_MINUTES + 1).fill(undefined);
	if (line?.kind !== 'text') return texts;
	texts[0] = line.before?.value;
	for (const [at, atMs] of line.atMs.entries()) texts[Math.floor((atMs - fromMs) / MINUTE_MS) + 1] = line.text[at];
	for (let minute = 1; minute <= DAY_MINUTES; minute++) texts[minute] ??= texts[minute - 1];
	return texts;
}

/** A minute in which an order changed counts half for each. */
function heatingOf(orders: Texts, reasons: Texts): Day['circuits'][number] {
	const share = (minute: number, is: (order: string) => boolean): number =>
		[minute, minute + 1].filter((at) => is(orders[at] ?? UNKNOWN_ORDER)).length / 2;
	const isChosen = (at: number): boolean => CHOSEN_BY.includes(reasons[at] ?? '');
	const of = (is: (order: string) => boolean) =>
		Float32Array.from({ length: DAY_MINUTES }, (_, minute) => share(minute, is));
	return {
		comfort: of((order) => order.startsWith('comfort')),
		eco: of((order) => order === 'eco'),
		chosen: Uint8Array.from({ length: DAY_MINUTES }, (_, minute) => (isChosen(minute) && isChosen(minute + 1) ? 1 : 0)),
	};
}

/** A line of numbers as minutes; undefined where there is none. */
function loadOf(line: HistoryLine | undefined, fromMs: number): { values: Float64Array; known: number } | undefined {
	if (line?.kind !== 'number' || line.atMs.length === 0) return undefined;
	const values = new Float64Array(DAY_MINUTES).fill(Number.NaN);
	for (const [at, atMs] of line.atMs.entries()) values[Math.floor((atMs - fromMs) / MINUTE_MS)] = line.mean[at] ?? 0;
	let last = line.mean[0] ?? 0;
	for (const [minute, value] of values.entries()) {
		if (Number.isNaN(value)) values[minute] = last;
		else last = value;
	}
	return { values, known: line.atMs.length };
}

/** What each circuit was last learned to draw, W. */
async function learnedPowers(ask: AskHistory, { radiators, nowMs }: HistoryScope): Promise<Map<string, number>> {
	const range = { from: new Date(nowMs - DAY_MS).toISOString(), to: new Date(nowMs).toISOString(), points: 1 };
	const learned = new Map<string, number>();
	for (const { id } of radiators) {
		const { lines } = await ask({ series: 'circuit.learnedPowerW', tags: { circuit: id }, ...range });
		const [line] = lines;
		const watts = line?.kind === 'number' ? (line.max.at(-1) ?? line.before?.value) : undefined;
		if (watts !== undefined && watts > 0) learned.set(id, watts);
	}
	return learned;
}

import { type Cell, DAY_MS } from '../core/cell.ts';
import type { HistoryReader, MomentsOf, SeriesCells } from '../core/store.ts';
import { MeterEnergy, type MeterHistory } from './meter-energy.ts';
import { EXPORT_REGISTER, isTelling, meaningOf, setOf } from './register-sets.ts';
import type { Stretch } from './rise.ts';
import { COLOUR_SERIES, ENERGY_SERIES, IDENTITY_SERIES, MARK_SERIES, MEANING_SERIES, PERIOD_SERIES } from './series.ts';
import { type TariffKey, tariffKey, tariffOf } from './tariff-key.ts';
import { type Change, Timeline } from './timeline.ts';

/** How far on either side of a range the nearest reading is looked for, so that a gap is bridged. Milliseconds. */
const BESIDE_MS = 7 * DAY_MS;
/** Up to here a range is read minute by minute where all of it must be read: hours are enough beyond. Milliseconds. */
const FINE_MS = 40 * DAY_MS;

/** What of the meters is asked for. */
interface MeterQuestion {
	/** All of them unless given. */
	readonly meter?: string | undefined;
	/** The moments between which energy will be asked for, ms since 1970 UTC, in any order. */
	readonly moments: readonly number[];
}

type Registers = Map<string, Cell[]>;

/** Reads what the meters counted until each moment. */
export async function readMeters(reader: HistoryReader, { meter, moments }: MeterQuestion): Promise<MeterEnergy[]> {
	const [fromMs, toMs] = [Math.min(...moments), Math.max(...moments)];
	const wide = { fromMs: Math.max(0, fromMs - BESIDE_MS), toMs: toMs + BESIDE_MS };
	const tags = meter === undefined ? {} : { meter };
	const [meanings, identities, marks] = await Promise.all([
		readTexts(reader, MEANING_SERIES, tags, wide),
		readTexts(reader, IDENTITY_SERIES, tags, wide),
		readTexts(reader, MARK_SERIES, tags, wide),
	]);
	// Only for registers that don't say their tariff themselves.
	let tariffs: Promise<Timeline<TariffKey>> | undefined;
	const readTariffsOnce = () => (tariffs ??= readTariffs(reader, wide));
	const momentsOf: MomentsOf = async ({ meter: of = '', register = '' }) => {
		const own = [...meanings, ...marks].filter(
			({ tags: line }) => line['meter'] === of && line['register'] === register,
		);
		const other = identities.filter(({ tags: line }) => line['meter'] === of);
		const saysItself = register === EXPORT_REGISTER || isTelling(meaningOf(register));
		const inForce = saysItself ? [] : (await readTariffsOnce()).momentsMs;
		const changes = [...own, ...other].flatMap((line) => line.changes.map(({ atMs }) => atMs));
		return [...new Set([...moments, ...changes, ...inForce])].sort((a, b) => a - b);
	};
	const selection = { series: ENERGY_SERIES, ...wide };
	const all = await gathered(reader.counted({ ...selection, tags }, momentsOf));
	const resolution = toMs - fromMs <= FINE_MS ? 'minute' : 'hour';
	for (const [of, registers] of all) {
		if (!isOfSeveralSets(registers)) continue;
		// Which set counts is told by when each was read: every cell is needed.
		const whole = await gathered(reader.cells({ ...selection, tags: { meter: of } }, resolution));
		all.set(of, whole.get(of) ?? registers);
	}
	const timeline = (await tariffs) ?? new Timeline<TariffKey>([]);
	return [...all]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([of, registers]) => {
			const byRegister = <Value>(lines: readonly TextLine[], read: (changes: TextLine['changes']) => Value) =>
				new Map(
					lines
						.filter((line) => line.tags['meter'] === of)
						.map((line) => [line.tags['register'] ?? '', read(line.changes)]),
				);
			const history: MeterHistory = {
				meter: of,
				registers,
				meanings: byRegister(meanings, (changes) => new Timeline(changes.map(meaningFrom))),
				replacedMs: changesOf(identities.find((line) => line.tags['meter'] === of)?.changes ?? []),
				marks: byRegister(marks, (changes) => changes.map(({ atMs, value }) => ({ at: atMs, value: Number(value) }))),
			};
			return new MeterEnergy(history, timeline);
		});
}

/** The cells of each meter's registers. */
async function gathered(parts: AsyncIterable<SeriesCells>): Promise<Map<string, Registers>> {
	const all = new Map<string, Registers>();
	for await (const part of parts) {
		const { meter: of = '', register = '' } = part.tags;
		if (setOf(register) === undefined && register !== EXPORT_REGISTER) continue;
		const own = all.get(of) ?? new Map<string, Cell[]>();
		all.set(of, own);
		const cells = own.get(register) ?? [];
		own.set(register, cells);
		for (const cell of part.cells) cells.push(cell);
	}
	return all;
}

function isOfSeveralSets(registers: Registers): boolean {
	const sets = new Set([...registers.keys()].map(setOf));
	return [...sets].filter((set) => set !== undefined && set !== 'total').length > 1;
}

/** The tariff in force: period and colour come in two series of the same moments. */
async function readTariffs(reader: HistoryReader, range: Stretch): Promise<Timeline<TariffKey>> {
	const [[periods], [colours]] = await Promise.all([
		readTexts(reader, PERIOD_SERIES, {}, range),
		readTexts(reader, COLOUR_SERIES, {}, range),
	]);
	const merged = [
		...(periods?.changes ?? []).map((change) => ({ ...change, isColour: false })),
		...(colours?.changes ?? []).map((change) => ({ ...change, isColour: true })),
	].sort((a, b) => a.atMs - b.atMs);
	const changes: Change<TariffKey>[] = [];
	let [period, colour] = ['', ''];
	for (const { atMs, value, isColour } of merged) {
		if (isColour) colour = value;
		else period = value;
		if (period === '') continue;
		const known = tariffOf(`${period} ${colour}`);
		const change = { atMs, value: tariffKey(known.period, known.colour) };
		if (changes.at(-1)?.atMs === atMs) changes[changes.length - 1] = change;
		else changes.push(change);
	}
	return new Timeline(changes);
}

interface TextLine {
	readonly tags: Readonly<Record<string, string>>;
	readonly changes: readonly Change<string>[];
}

async function readTexts(
	reader: HistoryReader,
	series: string,
	tags: Readonly<Record<string, string>>,
	range: Stretch,
): Promise<TextLine[]> {
	const lines = new Map<string, { tags: TextLine['tags']; changes: Change<string>[] }>();
	for await (const part of reader.changes({ series, tags, ...range })) {
		const key = JSON.stringify(Object.entries(part.tags).sort());
		const line = lines.get(key) ?? { tags: part.tags, changes: [] };
		lines.set(key, line);
		for (const { at, value } of part.points) {
			if (line.changes.at(-1)?.value !== value) line.changes.push({ atMs: at, value: String(value) });
		}
	}
	return [...lines.values()];
}

function meaningFrom({ atMs, value }: Change<string>): Change<TariffKey> {
	const { period, colour } = tariffOf(value);
	return { atMs, value: tariffKey(period, colour) };
}

/** The moments at which a text became another one. */
function changesOf(changes: readonly Change<string>[]): number[] {
	return changes.slice(1).map(({ atMs }) => atMs);
}

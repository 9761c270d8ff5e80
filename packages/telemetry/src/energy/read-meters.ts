import type { Cell } from '../core/cell.ts';
import type { HistoryReader } from '../core/store.ts';
import { MeterEnergy, type MeterHistory } from './meter-energy.ts';
import { EXPORT_REGISTER, setOf } from './register-sets.ts';
import type { Stretch } from './rise.ts';
import { COLOUR_SERIES, ENERGY_SERIES, IDENTITY_SERIES, MARK_SERIES, MEANING_SERIES, PERIOD_SERIES } from './series.ts';
import { type TariffKey, tariffKey, tariffOf } from './tariff-key.ts';
import { type Change, Timeline } from './timeline.ts';

const DAY_MS = 86_400_000;
/** How far on either side of a range the nearest reading is looked for, so that a gap is bridged. Milliseconds. */
const BESIDE_MS = 7 * DAY_MS;
/** Up to here a range is read minute by minute: hours are enough beyond. Milliseconds. */
const FINE_MS = 40 * DAY_MS;

/** Reads what the meters counted in a range: all of them, or one. */
export async function readMeters(
	reader: HistoryReader,
	range: Stretch,
	meter: string | undefined,
): Promise<MeterEnergy[]> {
	const wide = { fromMs: Math.max(0, range.fromMs - BESIDE_MS), toMs: range.toMs + BESIDE_MS };
	const tags = meter === undefined ? {} : { meter };
	const resolution = range.toMs - range.fromMs <= FINE_MS ? 'minute' : 'hour';
	const registers = new Map<string, Map<string, Cell[]>>();
	for await (const part of reader.cells({ series: ENERGY_SERIES, tags, ...wide }, resolution)) {
		const { meter: of = '', register = '' } = part.tags;
		if (setOf(register) === undefined && register !== EXPORT_REGISTER) continue;
		const own = registers.get(of) ?? new Map<string, Cell[]>();
		registers.set(of, own);
		const cells = own.get(register) ?? [];
		own.set(register, cells);
		for (const cell of part.cells) cells.push(cell);
	}
	const [meanings, identities, marks, tariffs] = await Promise.all([
		readTexts(reader, MEANING_SERIES, tags, wide),
		readTexts(reader, IDENTITY_SERIES, tags, wide),
		readTexts(reader, MARK_SERIES, tags, wide),
		readTariffs(reader, wide),
	]);
	return [...registers]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([of, cells]) => {
			const byRegister = <Value>(lines: readonly TextLine[], read: (changes: TextLine['changes']) => Value) =>
				new Map(
					lines
						.filter((line) => line.tags['meter'] === of)
						.map((line) => [line.tags['register'] ?? '', read(line.changes)]),
				);
			const history: MeterHistory = {
				meter: of,
				registers: cells,
				meanings: byRegister(meanings, (changes) => new Timeline(changes.map(meaningFrom))),
				replacedMs: changesOf(identities.find((line) => line.tags['meter'] === of)?.changes ?? []),
				marks: byRegister(marks, (changes) => changes.map(({ atMs, value }) => ({ at: atMs, value: Number(value) }))),
			};
			return new MeterEnergy(history, tariffs);
		});
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
	for await (const part of reader.points({ series, tags, kind: 'text', ...range })) {
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

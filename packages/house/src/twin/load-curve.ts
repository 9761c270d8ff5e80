/** A recorded household load, one row a minute, as a CSV file holds it. */
export interface LoadCurve {
	/** Local minute of the day of the first row. */
	readonly startMinute: number;
	/** Apparent power, means over each minute, VA; an empty row repeats the one before. */
	readonly apparentVA: Float64Array;
	/** Sub-meters, means over each minute, W; 0 where the file has none. Together at most `apparentVA`. */
	readonly kitchenW: Float64Array;
	readonly laundryW: Float64Array;
	readonly waterHeaterW: Float64Array;
	/** What each of three phases draws, means over each minute, VA, where that was measured; together `apparentVA`. */
	readonly phasesVA?: readonly Float64Array[];
	/** Rows without figures. */
	readonly emptyRows: number;
}

/** A line that can't be read. */
export interface LoadCurveFault {
	/** 1 is the header. */
	readonly line: number;
	readonly expected: string;
	readonly received: string;
}

export type ParsedLoadCurve = { readonly curve: LoadCurve } | { readonly faults: readonly LoadCurveFault[] };

/** Columns, as the file names them. */
const TIME = 'time';
const ACTIVE = 'active_power_w';
const REACTIVE = 'reactive_power_var';
const SUB_METERS = ['kitchen_wh', 'laundry_wh', 'water_heater_ac_wh'] as const;
const COLUMNS = `columns ${[TIME, ACTIVE].join(', ')} and, where known, ${[REACTIVE, ...SUB_METERS].join(', ')}`;
const TIME_FORM = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})/;
/** After so many faults nobody reads on. */
const FAULTS_TOLD = 10;
const MINUTES_A_DAY = 1440;
const MINUTE_MS = 60_000;

/**
 * Reads a CSV of one-minute means: a header with {@link COLUMNS}, then a row a minute without gaps. A row whose figures
 * are all empty repeats the one before. Never throws: faults name their line.
 */
export function parseLoadCurve(text: string): ParsedLoadCurve {
	const lines = text.split(/\r?\n/);
	while (lines.at(-1) === '') lines.pop();
	const header = (lines[0] ?? '').split(',');
	const at = (name: string): number => header.indexOf(name);
	if (at(TIME) < 0 || at(ACTIVE) < 0) return faulty(1, COLUMNS, lines[0] ?? 'nothing');
	if (lines.length < 2) return faulty(2, 'a row a minute', 'nothing');
	const reader = new RowReader(lines.length - 1, at(TIME), [ACTIVE, REACTIVE, ...SUB_METERS].map(at));
	for (let line = 2; line <= lines.length && reader.faults.length < FAULTS_TOLD; line++) {
		reader.take(line, lines[line - 1] as string);
	}
	return reader.faults.length > 0 ? { faults: reader.faults } : { curve: reader.curve() };
}

function faulty(line: number, expected: string, received: string): ParsedLoadCurve {
	return { faults: [{ line, expected, received }] };
}

class RowReader {
	readonly faults: LoadCurveFault[] = [];
	readonly #timeAt: number;
	readonly #columns: readonly number[];
	/** Active, reactive, kitchen, laundry, water heater. */
	readonly #values: Float64Array[];
	#startMinute = 0;
	#lastMs = Number.NaN;
	#emptyRows = 0;

	constructor(rows: number, timeAt: number, columns: readonly number[]) {
		this.#timeAt = timeAt;
		this.#columns = columns;
		this.#values = columns.map(() => new Float64Array(rows));
	}

	take(line: number, text: string): void {
		const cells = text.split(',');
		const row = line - 2;
		if (!this.#takeTime(line, cells[this.#timeAt] ?? '')) return;
		const isEmpty = this.#columns.every((column) => column < 0 || (cells[column] ?? '') === '');
		if (isEmpty) this.#emptyRows++;
		for (const [index, column] of this.#columns.entries()) {
			const values = this.#values[index] as Float64Array;
			if (isEmpty) {
				values[row] = row === 0 ? 0 : (values[row - 1] as number);
				continue;
			}
			const cell = column < 0 ? '0' : (cells[column] ?? '');
			const value = cell.trim() === '' ? Number.NaN : Number(cell);
			if (!Number.isFinite(value) || (value < 0 && index !== 1)) {
				this.faults.push({ line, expected: 'a figure of at least 0 in each column', received: text });
				return;
			}
			values[row] = value;
		}
	}

	curve(): LoadCurve {
		const [active, reactive, kitchen, laundry, heater] = this.#values as [
			Float64Array,
			Float64Array,
			Float64Array,
			Float64Array,
			Float64Array,
		];
		const watts = (wh: Float64Array): Float64Array => wh.map((value) => value * 60);
		return {
			startMinute: this.#startMinute,
			apparentVA: active.map((value, row) => Math.hypot(value, reactive[row] as number)),
			kitchenW: watts(kitchen),
			laundryW: watts(laundry),
			waterHeaterW: watts(heater),
			emptyRows: this.#emptyRows,
		};
	}

	#takeTime(line: number, cell: string): boolean {
		const parts = TIME_FORM.exec(cell)?.slice(1).map(Number);
		const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts ?? [];
		const atMs = parts === undefined ? Number.NaN : Date.UTC(year, month - 1, day, hour, minute);
		if (Number.isNaN(atMs)) {
			this.faults.push({ line, expected: 'a time such as 2007-02-01T00:00:00', received: cell });
			return false;
		}
		const formerMs = this.#lastMs;
		// Also after a gap: the rows behind it are where they belong.
		this.#lastMs = atMs;
		if (Number.isNaN(formerMs)) this.#startMinute = Math.floor(atMs / MINUTE_MS) % MINUTES_A_DAY;
		else if (atMs - formerMs !== MINUTE_MS) {
			const expected = new Date(formerMs + MINUTE_MS).toISOString().slice(0, 16);
			this.faults.push({ line, expected, received: `${cell}: ${orderText((atMs - formerMs) / MINUTE_MS)}` });
			return false;
		}
		return true;
	}
}

/** What is wrong with the order of two rows that are not a minute apart. */
function orderText(minutes: number): string {
	if (minutes > 1) {
		const missing = minutes - 1;
		const rows = missing === 1 ? '1 minute is missing' : `${missing} minutes are missing`;
		return `${rows} (a row with a time and no figures repeats the one before)`;
	}
	if (minutes === 0) return 'the same minute again';
	return `it goes back by ${1 - minutes} minutes (times are winter time all year, or UTC)`;
}

import type { MeterTime, ReadingState } from '@pilotwire/contract';
import type { DatedApparentPower, DatedPower, DatedVoltage, PerPhase, Reading, TicDate } from '@pilotwire/teleinfo';
import type { Registers } from './registers.ts';

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A date of the meter as the bus writes it. */
function meterTime(date: TicDate): MeterTime {
	const { year, month, day, hour, minute, second, season, degraded } = date;
	const local = `${year}-${twoDigits(month)}-${twoDigits(day)}T${[hour, minute, second].map(twoDigits).join(':')}`;
	return { local, degraded, ...(season === undefined ? {} : { season }) };
}

/** The same value with its date as the bus writes it. */
function dated<Value extends DatedApparentPower | DatedPower | DatedVoltage>({ at, ...value }: Value) {
	return at === undefined ? value : { ...value, at: meterTime(at) };
}

/** A field only where the frame had it. */
function field<Key extends string, In, Out>(
	key: Key,
	value: In | undefined,
	convert: (value: In) => Out,
): { [K in Key]?: Out } {
	return value === undefined ? {} : ({ [key]: convert(value) } as { [K in Key]: Out });
}

const datedVA = (value: DatedApparentPower) => dated(value) as { apparentPowerVA: number; at?: MeterTime };
const datedW = (value: DatedPower) => dated(value) as { powerW: number; at?: MeterTime };
const datedV = (value: DatedVoltage) => dated(value) as { voltageV: number; at?: MeterTime };
const each =
	<In, Out>(convert: (value: In) => Out) =>
	(values: PerPhase<In>): (Out | null)[] =>
		values.map((value) => (value === null ? null : convert(value)));

/** What needs no conversion; every other field that a reading has is replaced by `datedFields`. */
type PlainFields = Omit<Reading, LeftOut | keyof ReturnType<typeof datedFields>>;
/** Whose meter it is, what only its maker understands, and the sums, which go through the registers' check. */
type LeftOut = 'meterAddress' | 'deliveryPoint' | 'ticVersion' | 'stateWord' | 'drawnEnergyWh' | 'injectedEnergyWh';

/** A frame as it ended, or as far as it came. */
export interface EndedFrame {
	readonly reading: Reading;
	readonly form: 'long' | 'short';
	readonly complete: boolean;
	/** Labels whose figures were not believed: they are left out. */
	readonly refused: ReadonlySet<string>;
}

/** Fields with a value for each phase. */
const PER_PHASE = [
	'currentA',
	'voltageV',
	'phaseApparentPowerVA',
	'overloadCurrentA',
	'maximumCurrentA',
	'phaseDrawnMaximumToday',
	'phaseDrawnMaximumYesterday',
	'meanVoltage',
] as const;

/**
 * What the meter's frames say, as the bus carries it. A complete frame replaces all that was known. Of one that was
 * damaged, broken off or short, what was right replaces the same of before, and the rest stays: every right group
 * reaches the bus, and no register is ever missing, 0 or partial because its neighbour was damaged.
 */
export class ReadingKeeper {
	readonly #registers: Registers;
	readonly #identify: (address: string) => string | undefined;
	#state: ReadingState | undefined;

	/** @param identify gives what tells a meter from another, from its address */
	constructor(registers: Registers, identify: (address: string) => string | undefined = () => undefined) {
		this.#registers = registers;
		this.#identify = identify;
	}

	/** The reading to publish. `at` is the wall clock's, `nowMs` the monotonic clock's. */
	take(frame: EndedFrame, at: string, nowMs: number): ReadingState {
		const { reading, form, complete, refused } = frame;
		if (complete) this.#registers.meter(reading.meterAddress);
		const fresh = this.#decode(reading, complete, refused, at, nowMs);
		const before = this.#state?.mode === reading.mode ? this.#state : undefined;
		this.#state = before === undefined || (complete && form === 'long') ? fresh : overlay(before, fresh, complete);
		return this.#state;
	}

	#decode(reading: Reading, complete: boolean, refused: ReadonlySet<string>, at: string, nowMs: number): ReadingState {
		const { drawnEnergyWh, injectedEnergyWh, ...rest } = reading;
		const { meterAddress: _, deliveryPoint: __, ticVersion: ___, stateWord: ____, ...plain } = rest;
		// A sum of registers is right only where none of them can be missing.
		const sums = complete ? { drawnEnergyWh, injectedEnergyWh } : {};
		const address = complete ? reading.meterAddress : undefined;
		const identity = address === undefined ? undefined : this.#identify(address);
		return {
			...(identity === undefined ? {} : { identity }),
			...withoutRefused(plain as PlainFields, refused),
			...datedFields(reading),
			at,
			energyWh: this.#registers.take(reading.energyWh, nowMs),
			reactiveEnergyVArh: this.#registers.take(reading.reactiveEnergyVArh, nowMs),
			...this.#registers.take(sums, nowMs),
		};
	}
}

/** Lays what an incomplete or short frame says over what was known. */
function overlay(before: ReadingState, fresh: ReadingState, complete: boolean): ReadingState {
	const { overloadCurrentA, ...rest } = before;
	// A complete short frame names every phase that is over: where it names none, none is.
	const kept: ReadingState = complete || overloadCurrentA === undefined ? rest : before;
	const merged: ReadingState = { ...kept, ...fresh };
	merged.phases = before.phases === 3 ? 3 : fresh.phases;
	merged.energyWh = { ...before.energyWh, ...fresh.energyWh };
	merged.reactiveEnergyVArh = { ...before.reactiveEnergyVArh, ...fresh.reactiveEnergyVArh };
	for (const key of PER_PHASE)
		Object.assign(
			merged,
			field(key, mergePhases(kept[key], fresh[key]), (values) => values),
		);
	return merged;
}

function mergePhases(before: PerPhase<unknown> = [], fresh: PerPhase<unknown> = []): unknown[] | undefined {
	const length = Math.max(before.length, fresh.length);
	if (length === 0) return undefined;
	return Array.from({ length }, (_, index) => fresh[index] ?? before[index] ?? null);
}

function withoutRefused(reading: PlainFields, refused: ReadonlySet<string>): PlainFields {
	if (refused.size === 0) return reading;
	const { apparentPowerVA, currentA, phaseApparentPowerVA, overloadCurrentA, ...rest } = reading;
	const believed = (values: PerPhase<number> | undefined, ...stems: string[]) =>
		values?.map((value, index) => {
			const names = stems.flatMap((stem) => (values.length === 1 ? [stem, `${stem}1`] : [`${stem}${index + 1}`]));
			return names.some((name) => refused.has(name)) ? null : value;
		});
	const total = refused.has('PAPP') || refused.has('SINSTS') ? undefined : apparentPowerVA;
	const same = <Value>(value: Value): Value => value;
	return {
		...rest,
		...field('apparentPowerVA', total, same),
		...field('currentA', believed(currentA, 'IINST', 'IRMS'), same),
		...field('phaseApparentPowerVA', believed(phaseApparentPowerVA, 'SINSTS', 'SINST'), same),
		...field('overloadCurrentA', believed(overloadCurrentA, 'ADPS', 'ADIR'), same),
	};
}

function datedFields(reading: Reading) {
	return {
		...field('clock', reading.clock, meterTime),
		...field('drawnMaximumToday', reading.drawnMaximumToday, datedVA),
		...field('drawnMaximumYesterday', reading.drawnMaximumYesterday, datedVA),
		...field('phaseDrawnMaximumToday', reading.phaseDrawnMaximumToday, each(datedVA)),
		...field('phaseDrawnMaximumYesterday', reading.phaseDrawnMaximumYesterday, each(datedVA)),
		...field('injectedMaximumToday', reading.injectedMaximumToday, datedVA),
		...field('injectedMaximumYesterday', reading.injectedMaximumYesterday, datedVA),
		...field('drawnMean', reading.drawnMean, datedW),
		...field('drawnMeanBefore', reading.drawnMeanBefore, datedW),
		...field('injectedMean', reading.injectedMean, datedW),
		...field('injectedMeanBefore', reading.injectedMeanBefore, datedW),
		...field('meanVoltage', reading.meanVoltage, each(datedV)),
		...field('mobilePeaks', reading.mobilePeaks, (peaks) =>
			peaks.map(({ number, start, end }) => ({
				number,
				...field('start', start, meterTime),
				...field('end', end, meterTime),
			})),
		),
	};
}

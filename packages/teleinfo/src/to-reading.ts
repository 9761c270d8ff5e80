import { isDateSet, type TicDate } from './date.ts';
import type { TicGroup } from './group.ts';
import { decodeProfile } from './profile.ts';
import type { EnergyRegister, MobilePeak, ReactiveRegister, Reading } from './reading.ts';
import { closedRelays, decodeStatus, missingPhases } from './status.ts';
import { colourOfDemain, contractOfNgtf, contractOfOptarif, periodOfLtarf, periodOfPtec } from './tariff.ts';

/** A reading being filled. */
type Draft = { -readonly [Field in keyof Reading]: Reading[Field] } & {
	energyWh: Partial<Record<EnergyRegister, number>>;
	reactiveEnergyVArh: Partial<Record<ReactiveRegister, number>>;
};

type Fill = (draft: Draft, group: TicGroup) => void;

type FieldsOf<T> = { [Field in keyof Reading]-?: T extends NonNullable<Reading[Field]> ? Field : never }[keyof Reading];
type NumberField = Exclude<FieldsOf<number>, 'phases'>;
type PhaseField =
	| 'currentA'
	| 'voltageV'
	| 'phaseApparentPowerVA'
	| 'overloadCurrentA'
	| 'maximumCurrentA'
	| 'phaseDrawnMaximumToday'
	| 'phaseDrawnMaximumYesterday'
	| 'meanVoltage';

const fills = new Map<string, Fill>();

/** Date of a group, if the meter ever set it. */
function stamp({ date }: TicGroup): { at?: TicDate } {
	return date !== undefined && isDateSet(date) ? { at: date } : {};
}

function number(label: string, field: NumberField): void {
	fills.set(label, (draft, { data }) => {
		draft[field] = Number(data);
	});
}

/** Puts a phase's value in its place, among as many phases as the meter has. */
function putPhase(draft: Draft, field: PhaseField, phase: number, value: unknown): void {
	let values = draft[field] as unknown[] | undefined;
	if (values === undefined) {
		values = draft.phases === 3 ? [null, null, null] : [null];
		(draft as Record<PhaseField, unknown>)[field] = values;
	}
	values[phase - 1] = value;
}

function phaseValue(label: string, field: PhaseField, phase: number, read: (group: TicGroup) => unknown): void {
	fills.set(label, (draft, group) => putPhase(draft, field, phase, read(group)));
}

const amount = ({ data }: TicGroup) => Number(data);
const apparentPower = (group: TicGroup) => ({ apparentPowerVA: Number(group.data), ...stamp(group) });
const power = (group: TicGroup) => ({ powerW: Number(group.data), ...stamp(group) });
const voltage = (group: TicGroup) => ({ voltageV: Number(group.data), ...stamp(group) });

const ofPhases = (stems: readonly string[], phases: readonly number[], end = ''): string[] =>
	stems.flatMap((stem) => phases.map((phase) => `${stem}${phase}${end}`));

/** Labels that only a three-phase meter sends. `IRMS1` and the like are not among them, nor the pilot series' `SINST1`. */
const threePhaseLabels: ReadonlySet<string> = new Set([
	...ofPhases(['IINST', 'IMAX', 'ADIR', 'SINSTS', 'SMAXSN', 'SMAXN'], [1, 2, 3]),
	...ofPhases(['SMAXSN', 'SMAXN'], [1, 2, 3], '-1'),
	...ofPhases(['IRMS', 'URMS', 'SINST', 'UMOY'], [2, 3]),
	'PPOT',
	'PMAX',
]);

const contractRegisters: readonly (readonly EnergyRegister[])[] = [
	['BASE'],
	['HCHC', 'HCHP'],
	['EJPHN', 'EJPHPM'],
	['BBRHCJB', 'BBRHPJB', 'BBRHCJW', 'BBRHPJW', 'BBRHCJR', 'BBRHPJR'],
];

for (const register of contractRegisters.flat()) fillRegister(register);
for (const digits of ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'] as const)
	fillRegister(`EASF${digits}`);
for (const digit of [1, 2, 3, 4] as const) {
	fillRegister(`EASD0${digit}`);
	fills.set(`ERQ${digit}`, (draft, { data }) => {
		draft.reactiveEnergyVArh[`ERQ${digit}`] = Number(data);
	});
}
fillRegister('EAST');
fillRegister('EAIT');

function fillRegister(register: EnergyRegister): void {
	fills.set(register, (draft, { data }) => {
		draft.energyWh[register] = Number(data);
	});
}

number('VTIC', 'ticVersion');
number('NTARF', 'tariffIndex');
number('PEJP', 'peakNoticeMin');
number('NJOURF', 'calendarDay');
number('NJOURF+1', 'calendarDayTomorrow');
number('ISOUSC', 'subscribedCurrentA');
number('PREF', 'referencePowerKVA');
number('PCOUP', 'breakingPowerKVA');
number('PAPP', 'apparentPowerVA');
number('SINSTS', 'apparentPowerVA');
number('SINSTI', 'injectedApparentPowerVA');
number('PMAX', 'maximumPowerW');

phaseValue('IINST', 'currentA', 1, amount);
phaseValue('IMAX', 'maximumCurrentA', 1, amount);
phaseValue('ADPS', 'overloadCurrentA', 1, amount);
for (const phase of [1, 2, 3]) {
	phaseValue(`IINST${phase}`, 'currentA', phase, amount);
	phaseValue(`IRMS${phase}`, 'currentA', phase, amount);
	phaseValue(`URMS${phase}`, 'voltageV', phase, amount);
	phaseValue(`IMAX${phase}`, 'maximumCurrentA', phase, amount);
	phaseValue(`ADIR${phase}`, 'overloadCurrentA', phase, amount);
	phaseValue(`UMOY${phase}`, 'meanVoltage', phase, voltage);
	for (const stem of ['SINSTS', 'SINST']) phaseValue(stem + phase, 'phaseApparentPowerVA', phase, amount);
	for (const stem of ['SMAXSN', 'SMAXN']) {
		phaseValue(stem + phase, 'phaseDrawnMaximumToday', phase, apparentPower);
		phaseValue(`${stem}${phase}-1`, 'phaseDrawnMaximumYesterday', phase, apparentPower);
	}
	fills.set(`DPM${phase}`, (draft, group) => putPeak(draft, phase, 'start', group));
	fills.set(`FPM${phase}`, (draft, group) => putPeak(draft, phase, 'end', group));
}

function putPeak(draft: Draft, number: number, side: 'start' | 'end', group: TicGroup): void {
	const peaks = draft.mobilePeaks ?? [];
	const { at } = stamp(group);
	const peak: MobilePeak = {
		...(peaks.find((other) => other.number === number) ?? { number }),
		...(at === undefined ? {} : { [side]: at }),
		[`${side}Code`]: Number(group.data),
	};
	draft.mobilePeaks = [...peaks.filter((other) => other.number !== number), peak];
}

const others: Readonly<Record<string, Fill>> = {
	ADCO: (draft, { data }) => {
		draft.meterAddress = data;
	},
	ADSC: (draft, { data }) => {
		draft.meterAddress = data;
	},
	PRM: (draft, { data }) => {
		draft.deliveryPoint = data;
	},
	DATE: (draft, group) => {
		const { at } = stamp(group);
		if (at !== undefined) draft.clock = at;
	},
	OPTARIF: (draft, { data }) => {
		draft.contract = contractOfOptarif(data);
	},
	NGTF: (draft, { data }) => {
		draft.contract = contractOfNgtf(data);
	},
	PTEC: (draft, { data }) => {
		draft.tariffPeriod = periodOfPtec(data);
		if (draft.tariffPeriod.colour !== undefined) draft.colourToday = draft.tariffPeriod.colour;
	},
	LTARF: (draft, { data }) => {
		draft.tariffPeriod = periodOfLtarf(data);
	},
	DEMAIN: (draft, { data }) => {
		const colour = colourOfDemain(data);
		if (colour !== undefined) draft.colourTomorrow = colour;
	},
	HHPHC: (draft, { data }) => {
		draft.offPeakProgramme = data;
	},
	MOTDETAT: (draft, { data }) => {
		draft.stateWord = data;
	},
	PPOT: (draft, { data }) => {
		draft.missingPhases = missingPhases(data);
	},
	STGE: (draft, { data }) => {
		const status = decodeStatus(data);
		if (status === undefined) return;
		draft.status = status;
		if (status.colourToday !== undefined) draft.colourToday = status.colourToday;
		if (status.colourTomorrow !== undefined) draft.colourTomorrow = status.colourTomorrow;
	},
	RELAIS: (draft, { data }) => {
		draft.closedRelays = closedRelays(data);
	},
	MSG1: (draft, { data }) => {
		draft.message = data.trim();
	},
	MSG2: (draft, { data }) => {
		draft.shortMessage = data.trim();
	},
	'PJOURF+1': (draft, { data }) => {
		draft.profileTomorrow = decodeProfile(data);
	},
	PPOINTE: (draft, { data }) => {
		draft.profilePeakDay = decodeProfile(data);
	},
};
for (const [label, fill] of Object.entries(others)) fills.set(label, fill);

const dated = [
	['SMAXSN', 'drawnMaximumToday'],
	['SMAXN', 'drawnMaximumToday'],
	['SMAXSN-1', 'drawnMaximumYesterday'],
	['SMAXN-1', 'drawnMaximumYesterday'],
	['SMAXIN', 'injectedMaximumToday'],
	['SMAXIN-1', 'injectedMaximumYesterday'],
] as const;
for (const [label, field] of dated) {
	fills.set(label, (draft, group) => {
		draft[field] = apparentPower(group);
	});
}
const curves = [
	['CCASN', 'drawnMean'],
	['CCASN-1', 'drawnMeanBefore'],
	['CCAIN', 'injectedMean'],
	['CCAIN-1', 'injectedMeanBefore'],
] as const;
for (const [label, field] of curves) {
	fills.set(label, (draft, group) => {
		draft[field] = power(group);
	});
}

/**
 * What a frame's groups say together. Labels that we don't know, and groups whose data the decoder would have refused,
 * are left out by the caller (the decoder does both: see `checkGroup`).
 * @param groups of one frame and one mode; of a label that comes twice the last counts
 */
export function toReading(groups: readonly TicGroup[]): Reading {
	const draft: Draft = {
		mode: groups[0]?.mode ?? 'historic',
		phases: groups.some(({ label }) => threePhaseLabels.has(label)) ? 3 : 1,
		energyWh: {},
		reactiveEnergyVArh: {},
	};
	for (const group of groups) fills.get(group.label)?.(draft, group);
	addTotals(draft);
	return draft;
}

function addTotals(draft: Draft): void {
	const { EAST, EAIT } = draft.energyWh;
	if (EAIT !== undefined) draft.injectedEnergyWh = EAIT;
	const drawn = EAST ?? sumOfContract(draft.energyWh);
	if (drawn !== undefined) draft.drawnEnergyWh = drawn;
}

function sumOfContract(energyWh: Readonly<Partial<Record<EnergyRegister, number>>>): number | undefined {
	const registers = contractRegisters.find((names) => names.every((name) => energyWh[name] !== undefined));
	return registers?.reduce((sum, name) => sum + (energyWh[name] ?? 0), 0);
}

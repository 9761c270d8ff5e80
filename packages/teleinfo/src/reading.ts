import type { TicDate } from './date.ts';
import type { TicMode } from './group.ts';
import type { ProfileEntry } from './profile.ts';
import type { MeterStatus } from './status.ts';
import type { Contract, TariffColour, TariffPeriod } from './tariff.ts';

/** One value for each phase, phase 1 first; null where the frame does not say it. Length 1 or 3. */
export type PerPhase<T> = readonly (T | null)[];

/** Registers of drawn energy in historic mode, as the meter names them. */
export type HistoricRegister =
	| 'BASE'
	| 'HCHC'
	| 'HCHP'
	| 'EJPHN'
	| 'EJPHPM'
	| 'BBRHCJB'
	| 'BBRHPJB'
	| 'BBRHCJW'
	| 'BBRHPJW'
	| 'BBRHCJR'
	| 'BBRHPJR';

type SupplierDigits = '01' | '02' | '03' | '04' | '05' | '06' | '07' | '08' | '09' | '10';

/** Registers of active energy in standard mode: drawn in all, injected in all, by supplier and distributor index. */
export type StandardRegister = 'EAST' | 'EAIT' | `EASF${SupplierDigits}` | `EASD0${1 | 2 | 3 | 4}`;

export type EnergyRegister = HistoricRegister | StandardRegister;

/** Registers of reactive energy, by quadrant. */
export type ReactiveRegister = `ERQ${1 | 2 | 3 | 4}`;

export interface DatedApparentPower {
	readonly apparentPowerVA: number;
	readonly at?: TicDate;
}

export interface DatedPower {
	readonly powerW: number;
	/** End of the interval that it is the mean of. */
	readonly at?: TicDate;
}

export interface DatedVoltage {
	readonly voltageV: number;
	readonly at?: TicDate;
}

/** A mobile peak that the supplier announced (DPMn, FPMn). */
export interface MobilePeak {
	/** 1 to 3. */
	readonly number: number;
	readonly start?: TicDate;
	readonly end?: TicDate;
	/** The two digits that DPMn and FPMn carry beside their dates. */
	readonly startCode?: number;
	readonly endCode?: number;
}

/**
 * What one frame says, in either mode. A field that is absent was not in the frame (or not readable): it says nothing
 * about its value. Dates that the meter never set are absent. Labels in brackets: historic | standard.
 */
export interface Reading {
	readonly mode: TicMode;
	readonly phases: 1 | 3;
	/** [ADCO | ADSC] */
	readonly meterAddress?: string;
	/** [ | PRM] */
	readonly deliveryPoint?: string;
	/** [ | VTIC] */
	readonly ticVersion?: number;
	/** The meter's clock, local legal time. [ | DATE] */
	readonly clock?: TicDate;

	/** [OPTARIF | NGTF] */
	readonly contract?: Contract;
	/** [PTEC | LTARF] */
	readonly tariffPeriod?: TariffPeriod;
	/** Supplier register in use, 1 to 10. [ | NTARF] */
	readonly tariffIndex?: number;
	/** [PTEC in Tempo | STGE] */
	readonly colourToday?: TariffColour;
	/** [DEMAIN | STGE] */
	readonly colourTomorrow?: TariffColour;
	/** Minutes until an EJP peak begins. [PEJP | ] */
	readonly peakNoticeMin?: number;
	/** Programme of the off-peak hours, a letter. [HHPHC | ] */
	readonly offPeakProgramme?: string;
	/** Calendar day's number. [ | NJOURF] */
	readonly calendarDay?: number;
	/** [ | NJOURF+1] */
	readonly calendarDayTomorrow?: number;
	/** [ | PJOURF+1] */
	readonly profileTomorrow?: readonly ProfileEntry[];
	/** Profile of the next peak day. [ | PPOINTE] */
	readonly profilePeakDay?: readonly ProfileEntry[];
	/** [ | DPM1-3, FPM1-3] */
	readonly mobilePeaks?: readonly MobilePeak[];

	/** Per phase on a three-phase meter. [ISOUSC | ] */
	readonly subscribedCurrentA?: number;
	/** All phases together. [ | PREF] */
	readonly referencePowerKVA?: number;
	/** All phases together. [ | PCOUP] */
	readonly breakingPowerKVA?: number;

	/** Every register of active energy that the frame had, under the meter's own name. */
	readonly energyWh: Readonly<Partial<Record<EnergyRegister, number>>>;
	/** [ | ERQ1-4] */
	readonly reactiveEnergyVArh: Readonly<Partial<Record<ReactiveRegister, number>>>;
	/** All energy drawn: EAST, or the sum of the contract's registers where none of them is missing. */
	readonly drawnEnergyWh?: number;
	/** All energy fed in. [ | EAIT] */
	readonly injectedEnergyWh?: number;

	/** Unsigned: feeding in shows as current too. [IINST, IINST1-3 | IRMS1-3] */
	readonly currentA?: PerPhase<number>;
	/** [ | URMS1-3] */
	readonly voltageV?: PerPhase<number>;
	/** Drawn on all phases together. [PAPP | SINSTS] */
	readonly apparentPowerVA?: number;
	/** Drawn on each phase, as the meter says it: three-phase standard mode only. [ | SINSTS1-3] */
	readonly phaseApparentPowerVA?: PerPhase<number>;
	/** Fed in. [ | SINSTI] */
	readonly injectedApparentPowerVA?: number;
	/** The meter's alert, with the current it saw; absent where no phase is over. [ADPS, ADIR1-3 | ] */
	readonly overloadCurrentA?: PerPhase<number>;

	/** The most ever asked, or on a Linky a fixed 60 or 90. [IMAX, IMAX1-3 | ] */
	readonly maximumCurrentA?: PerPhase<number>;
	/** Most power of three phases. Older meters give W; a Linky gives yesterday's VA. [PMAX | ] */
	readonly maximumPowerW?: number;
	/** Most drawn today. [ | SMAXSN] */
	readonly drawnMaximumToday?: DatedApparentPower;
	/** [ | SMAXSN-1] */
	readonly drawnMaximumYesterday?: DatedApparentPower;
	/** [ | SMAXSN1-3] */
	readonly phaseDrawnMaximumToday?: PerPhase<DatedApparentPower>;
	/** [ | SMAXSN1-1 to SMAXSN3-1] */
	readonly phaseDrawnMaximumYesterday?: PerPhase<DatedApparentPower>;
	/** [ | SMAXIN] */
	readonly injectedMaximumToday?: DatedApparentPower;
	/** [ | SMAXIN-1] */
	readonly injectedMaximumYesterday?: DatedApparentPower;
	/** Last point of the load curve. [ | CCASN] */
	readonly drawnMean?: DatedPower;
	/** The point before. [ | CCASN-1] */
	readonly drawnMeanBefore?: DatedPower;
	/** [ | CCAIN] */
	readonly injectedMean?: DatedPower;
	/** [ | CCAIN-1] */
	readonly injectedMeanBefore?: DatedPower;
	/** [ | UMOY1-3] */
	readonly meanVoltage?: PerPhase<DatedVoltage>;

	/** [ | STGE] */
	readonly status?: MeterStatus;
	/** Relays that are closed, 1 to 8. [ | RELAIS] */
	readonly closedRelays?: readonly number[];
	/** Phases without voltage. [PPOT | ] */
	readonly missingPhases?: readonly number[];
	/** Hexadecimal, of the meter's maker. [MOTDETAT | ] */
	readonly stateWord?: string;
	/** Without the spaces it is filled up with. [ | MSG1] */
	readonly message?: string;
	/** [ | MSG2] */
	readonly shortMessage?: string;
}

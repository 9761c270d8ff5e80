import { encodeFrame, type GroupToEncode, type Reading, type TicMode } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { decode, framesOf, labelsOf } from './support.ts';

/** What the decoder makes of a frame of these groups, `LABEL data` or `LABEL date|data`. */
function readingOf(mode: TicMode, texts: readonly string[]): Reading {
	const groups = texts.map((text): GroupToEncode => {
		const border = text.indexOf(' ');
		const [first = '', second] = text.slice(border + 1).split('|');
		const label = text.slice(0, border);
		return second === undefined ? { label, data: first } : { label, data: second, date: first };
	});
	const [frame] = framesOf(decode([encodeFrame(mode, groups)]));
	expect(frame?.complete, 'the frame is right').to.equal(true);
	expect(frame?.groups).to.have.length(texts.length);
	return frame?.reading as Reading;
}

/** All of the frame but what every reading has. */
function said(mode: TicMode, ...texts: readonly string[]): Partial<Reading> {
	const { mode: itsMode, energyWh, reactiveEnergyVArh, ...rest } = readingOf(mode, texts);
	expect(itsMode).to.equal(mode);
	return {
		...rest,
		...(Object.keys(energyWh).length > 0 ? { energyWh } : {}),
		...(Object.keys(reactiveEnergyVArh).length > 0 ? { reactiveEnergyVArh } : {}),
	};
}

const winter = {
	raw: 'H191203125805',
	season: 'winter',
	degraded: false,
	year: 2019,
	month: 12,
	day: 3,
	hour: 12,
	minute: 58,
	second: 5,
} as const;

const one: [TicMode, string, Partial<Reading>][] = [
	['historic', 'ADCO 012345678912', { meterAddress: '012345678912' }],
	['historic', 'OPTARIF HC..', { contract: { kind: 'off_peak', text: 'HC..' } }],
	['historic', 'OPTARIF BASE', { contract: { kind: 'base', text: 'BASE' } }],
	['historic', 'OPTARIF EJP.', { contract: { kind: 'ejp', text: 'EJP.' } }],
	[
		'historic',
		'OPTARIF BBR(',
		{ contract: { kind: 'tempo', text: 'BBR(', loadProgrammes: { circuit1: 'A', circuit2: 0 } } },
	],
	[
		'historic',
		'OPTARIF BBR?',
		{ contract: { kind: 'tempo', text: 'BBR?', loadProgrammes: { circuit1: 'C', circuit2: 7 } } },
	],
	['historic', 'ISOUSC 45', { subscribedCurrentA: 45 }],
	['historic', 'BASE 073260524', { energyWh: { BASE: 73_260_524 }, drawnEnergyWh: 73_260_524 }],
	['historic', 'HCHC 006906827', { energyWh: { HCHC: 6_906_827 } }],
	['historic', 'HCHP 007617931', { energyWh: { HCHP: 7_617_931 } }],
	['historic', 'EJPHN 000000010', { energyWh: { EJPHN: 10 } }],
	['historic', 'EJPHPM 000000020', { energyWh: { EJPHPM: 20 } }],
	['historic', 'BBRHCJB 018328856', { energyWh: { BBRHCJB: 18_328_856 } }],
	['historic', 'BBRHPJB 000000001', { energyWh: { BBRHPJB: 1 } }],
	['historic', 'BBRHCJW 000000002', { energyWh: { BBRHCJW: 2 } }],
	['historic', 'BBRHPJW 000000003', { energyWh: { BBRHPJW: 3 } }],
	['historic', 'BBRHCJR 000000004', { energyWh: { BBRHCJR: 4 } }],
	['historic', 'BBRHPJR 000000005', { energyWh: { BBRHPJR: 5 } }],
	['historic', 'PEJP 30', { peakNoticeMin: 30 }],
	['historic', 'PTEC TH..', { tariffPeriod: { name: 'all_hours', text: 'TH..' } }],
	['historic', 'PTEC PM..', { tariffPeriod: { name: 'mobile_peak', text: 'PM..' } }],
	['historic', 'PTEC HN..', { tariffPeriod: { name: 'normal', text: 'HN..' } }],
	[
		'historic',
		'PTEC HCJW',
		{ tariffPeriod: { name: 'off_peak', colour: 'white', text: 'HCJW' }, colourToday: 'white' },
	],
	['historic', 'DEMAIN ROUG', { colourTomorrow: 'red' }],
	['historic', 'DEMAIN BLAN', { colourTomorrow: 'white' }],
	['historic', 'DEMAIN BLEU', { colourTomorrow: 'blue' }],
	['historic', 'DEMAIN ----', {}],
	['historic', 'IINST 012', { currentA: [12] }],
	['historic', 'IINST1 001', { phases: 3, currentA: [1, null, null] }],
	['historic', 'IINST2 002', { phases: 3, currentA: [null, 2, null] }],
	['historic', 'IINST3 003', { phases: 3, currentA: [null, null, 3] }],
	['historic', 'IMAX 090', { maximumCurrentA: [90] }],
	['historic', 'IMAX1 031', { phases: 3, maximumCurrentA: [31, null, null] }],
	['historic', 'IMAX2 032', { phases: 3, maximumCurrentA: [null, 32, null] }],
	['historic', 'IMAX3 036', { phases: 3, maximumCurrentA: [null, null, 36] }],
	['historic', 'ADPS 046', { overloadCurrentA: [46] }],
	['historic', 'ADIR1 031', { phases: 3, overloadCurrentA: [31, null, null] }],
	['historic', 'ADIR2 032', { phases: 3, overloadCurrentA: [null, 32, null] }],
	['historic', 'ADIR3 033', { phases: 3, overloadCurrentA: [null, null, 33] }],
	['historic', 'PMAX 15020', { phases: 3, maximumPowerW: 15_020 }],
	['historic', 'PAPP 00680', { apparentPowerVA: 680 }],
	['historic', 'HHPHC A', { offPeakProgramme: 'A' }],
	['historic', 'MOTDETAT 00000F', { stateWord: '00000F' }],
	['historic', 'PPOT 00', { phases: 3, missingPhases: [] }],
	['historic', 'PPOT 0A', { phases: 3, missingPhases: [1, 3] }],
	['standard', 'ADSC 012345678912', { meterAddress: '012345678912' }],
	['standard', 'VTIC 02', { ticVersion: 2 }],
	['standard', 'DATE H191203125805|', { clock: winter }],
	['standard', 'DATE H000000000000|', {}],
	['standard', 'NGTF      TEMPO      ', { contract: { kind: 'tempo', text: 'TEMPO' } }],
	['standard', 'NGTF  HC et Week-End ', { contract: { kind: 'off_peak', text: 'HC et Week-End' } }],
	['standard', 'NGTF       BASE      ', { contract: { kind: 'base', text: 'BASE' } }],
	['standard', 'NGTF ZEN FLEX        ', { contract: { kind: 'other', text: 'ZEN FLEX' } }],
	['standard', 'LTARF  HEURE  CREUSE  ', { tariffPeriod: { name: 'off_peak', text: 'HEURE CREUSE' } }],
	['standard', 'LTARF     HP  BLEU    ', { tariffPeriod: { name: 'peak', colour: 'blue', text: 'HP BLEU' } }],
	['standard', 'LTARF    HC  ROUGE    ', { tariffPeriod: { name: 'off_peak', colour: 'red', text: 'HC ROUGE' } }],
	['standard', 'LTARF WEEK-END        ', { tariffPeriod: { name: 'weekend', text: 'WEEK-END' } }],
	['standard', 'LTARF       BASE      ', { tariffPeriod: { name: 'all_hours', text: 'BASE' } }],
	['standard', 'LTARF SOBRIETE        ', { tariffPeriod: { name: 'other', text: 'SOBRIETE' } }],
	['standard', 'EAST 017026175', { energyWh: { EAST: 17_026_175 }, drawnEnergyWh: 17_026_175 }],
	...['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'].map((digits): [TicMode, string, Partial<Reading>] => [
		'standard',
		`EASF${digits} 000000001`,
		{ energyWh: { [`EASF${digits}`]: 1 } },
	]),
	...[1, 2, 3, 4].flatMap((digit): [TicMode, string, Partial<Reading>][] => [
		['standard', `EASD0${digit} 000000002`, { energyWh: { [`EASD0${digit}`]: 2 } }],
		['standard', `ERQ${digit} 000000003`, { reactiveEnergyVArh: { [`ERQ${digit}`]: 3 } }],
	]),
	['standard', 'EAIT 000001253', { energyWh: { EAIT: 1253 }, injectedEnergyWh: 1253 }],
	['standard', 'IRMS1 002', { currentA: [2] }],
	['standard', 'IRMS2 004', { phases: 3, currentA: [null, 4, null] }],
	['standard', 'IRMS3 005', { phases: 3, currentA: [null, null, 5] }],
	['standard', 'URMS1 232', { voltageV: [232] }],
	['standard', 'URMS2 231', { phases: 3, voltageV: [null, 231, null] }],
	['standard', 'URMS3 230', { phases: 3, voltageV: [null, null, 230] }],
	['standard', 'PREF 09', { referencePowerKVA: 9 }],
	['standard', 'PCOUP 12', { breakingPowerKVA: 12 }],
	['standard', 'SINSTS 00519', { apparentPowerVA: 519 }],
	['standard', 'SINSTS1 00101', { phases: 3, phaseApparentPowerVA: [101, null, null] }],
	['standard', 'SINSTS2 00102', { phases: 3, phaseApparentPowerVA: [null, 102, null] }],
	['standard', 'SINSTS3 00103', { phases: 3, phaseApparentPowerVA: [null, null, 103] }],
	['standard', 'SINST1 00101', { phaseApparentPowerVA: [101] }],
	['standard', 'SINST2 00102', { phases: 3, phaseApparentPowerVA: [null, 102, null] }],
	['standard', 'SINST3 00103', { phases: 3, phaseApparentPowerVA: [null, null, 103] }],
	['standard', 'SINSTI 01253', { injectedApparentPowerVA: 1253 }],
	['standard', 'SMAXIN H191203125805|01423', { injectedMaximumToday: { apparentPowerVA: 1423, at: winter } }],
	['standard', 'SMAXIN-1 H191203125805|01971', { injectedMaximumYesterday: { apparentPowerVA: 1971, at: winter } }],
	['standard', 'CCASN H191203125805|00521', { drawnMean: { powerW: 521, at: winter } }],
	['standard', 'CCASN-1 H191203125805|00415', { drawnMeanBefore: { powerW: 415, at: winter } }],
	['standard', 'CCAIN H191203125805|00021', { injectedMean: { powerW: 21, at: winter } }],
	['standard', 'CCAIN-1 H191203125805|00015', { injectedMeanBefore: { powerW: 15, at: winter } }],
	['standard', 'UMOY1 H191203125805|232', { meanVoltage: [{ voltageV: 232, at: winter }] }],
	['standard', 'UMOY2 H191203125805|231', { phases: 3, meanVoltage: [null, { voltageV: 231, at: winter }, null] }],
	['standard', 'UMOY3 H191203125805|230', { phases: 3, meanVoltage: [null, null, { voltageV: 230, at: winter }] }],
	...['SMAXSN', 'SMAXN'].flatMap((stem): [TicMode, string, Partial<Reading>][] => {
		const maximum = { apparentPowerVA: 5706, at: winter };
		const of = (label: string): string => `${label} H191203125805|05706`;
		return [
			['standard', of(stem), { drawnMaximumToday: maximum }],
			['standard', of(`${stem}-1`), { drawnMaximumYesterday: maximum }],
			['standard', of(`${stem}1`), { phases: 3, phaseDrawnMaximumToday: [maximum, null, null] }],
			['standard', of(`${stem}2`), { phases: 3, phaseDrawnMaximumToday: [null, maximum, null] }],
			['standard', of(`${stem}3`), { phases: 3, phaseDrawnMaximumToday: [null, null, maximum] }],
			['standard', of(`${stem}1-1`), { phases: 3, phaseDrawnMaximumYesterday: [maximum, null, null] }],
			['standard', of(`${stem}2-1`), { phases: 3, phaseDrawnMaximumYesterday: [null, maximum, null] }],
			['standard', of(`${stem}3-1`), { phases: 3, phaseDrawnMaximumYesterday: [null, null, maximum] }],
		];
	}),
	...[1, 2, 3].flatMap((number): [TicMode, string, Partial<Reading>][] => [
		['standard', `DPM${number} H191203125805|01`, { mobilePeaks: [{ number, start: winter, startCode: 1 }] }],
		['standard', `FPM${number} H191203125805|02`, { mobilePeaks: [{ number, end: winter, endCode: 2 }] }],
	]),
	['standard', 'MSG1 PAS DE          MESSAGE         ', { message: 'PAS DE          MESSAGE' }],
	['standard', 'MSG2                 ', { shortMessage: '' }],
	['standard', 'PRM 01234567891234', { deliveryPoint: '01234567891234' }],
	['standard', 'RELAIS 000', { closedRelays: [] }],
	['standard', 'RELAIS 133', { closedRelays: [1, 3, 8] }],
	['standard', 'NTARF 03', { tariffIndex: 3 }],
	['standard', 'NJOURF 01', { calendarDay: 1 }],
	['standard', 'NJOURF+1 02', { calendarDayTomorrow: 2 }],
	[
		'standard',
		`PJOURF+1 00008002 0256C001${' NONUTILE'.repeat(9)}`,
		{
			profileTomorrow: [
				{ startMinute: 0, index: 2, dryContact: 'open', action: 0x8002 },
				{ startMinute: 176, index: 1, dryContact: 'closed', action: 0xc001 },
			],
		},
	],
	[
		'standard',
		`PPOINTE 00384001 0D1A0002${' NONUTILE'.repeat(9)}`,
		{
			profilePeakDay: [
				{ startMinute: 56, index: 1, dryContact: 'follows_period', action: 0x4001 },
				{ startMinute: 13 * 60 + 26, index: 2, dryContact: 'unchanged', action: 2 },
			],
		},
	],
];

describe('the reading', () => {
	for (const [mode, text, expected] of one) {
		it(`of ${text.trim()} (${mode})`, () => {
			expect(said(mode, text)).to.deep.equal({ phases: 1, ...expected });
		});
	}

	it('has a test above, or below, for every label there is', () => {
		const tested = new Set([...one.map(([mode, text]) => `${mode} ${text.split(' ')[0]}`), 'standard STGE']);
		const missing = (['historic', 'standard'] as const).flatMap((mode) =>
			labelsOf(mode).filter(({ label }) => !tested.has(`${mode} ${label}`)),
		);
		expect(missing).to.deep.equal([]);
	});

	it('puts the phases together', () => {
		const reading = said('historic', 'IINST1 001', 'IINST2 002', 'IINST3 003', 'PAPP 01095', 'ADIR2 032');
		expect(reading).to.deep.include({ currentA: [1, 2, 3], overloadCurrentA: [null, 32, null], apparentPowerVA: 1095 });
	});

	it('has room for three phases, whichever label comes first', () => {
		expect(said('standard', 'IRMS1 005', 'URMS2 230')).to.deep.include({
			currentA: [5, null, null],
			voltageV: [null, 230, null],
		});
	});

	it('adds up the registers of the contract, but only all of them', () => {
		expect(said('historic', 'HCHC 000000010', 'HCHP 000000020').drawnEnergyWh).to.equal(30);
		expect(said('historic', 'EJPHN 000000010', 'EJPHPM 000000021').drawnEnergyWh).to.equal(31);
		const tempo = ['BBRHCJB', 'BBRHPJB', 'BBRHCJW', 'BBRHPJW', 'BBRHCJR'].map((label) => `${label} 000000100`);
		expect(said('historic', ...tempo).drawnEnergyWh).to.equal(undefined);
		expect(said('historic', ...tempo, 'BBRHPJR 000000001').drawnEnergyWh).to.equal(501);
	});

	it('puts start and end of a mobile peak together, and leaves out dates that were never set', () => {
		expect(said('standard', 'DPM1  000000000000|00', 'FPM1  191203125805|00').mobilePeaks).to.deep.equal([
			{
				number: 1,
				startCode: 0,
				end: { raw: ' 191203125805', degraded: false, year: 2019, month: 12, day: 3, hour: 12, minute: 58, second: 5 },
				endCode: 0,
			},
		]);
	});

	it('says that the clock runs degraded', () => {
		expect(said('standard', 'DATE e250701000000|').clock).to.include({ season: 'summer', degraded: true, year: 2025 });
	});

	it('of a Linky in historic mode under a newer contract says BASE and all hours', () => {
		const reading = said('historic', 'OPTARIF BASE', 'BASE 000012345', 'PTEC TH..', 'IINST 003', 'PAPP 00690');
		expect(reading.contract?.kind).to.equal('base');
		expect(reading.tariffPeriod?.name).to.equal('all_hours');
		expect(reading.colourTomorrow).to.equal(undefined);
	});

	it('of a house that feeds in keeps current and injection apart', () => {
		expect(said('standard', 'IRMS1 005', 'SINSTS 00000', 'SINSTI 01253')).to.deep.include({
			currentA: [5],
			apparentPowerVA: 0,
			injectedApparentPowerVA: 1253,
		});
	});

	it('takes colours from STGE', () => {
		const reading = said('standard', 'STGE 0D020000');
		expect(reading).to.include({ colourToday: 'blue', colourTomorrow: 'red' });
		expect(reading.status).to.include({ standardMode: true, colourToday: 'blue', colourTomorrow: 'red' });
	});
});

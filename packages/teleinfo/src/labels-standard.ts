import { dated, digits, type LabelRule, shaped } from './label-rule.ts';

const numbered = (stem: string, count: number, width = 1): string[] =>
	Array.from({ length: count }, (_, index) => stem + String(index + 1).padStart(width, '0'));

/** SMAXSN of the specification, SMAXN of the pilot-series Linkys: today and yesterday, whole and per phase. */
const maxima = ['SMAXSN', 'SMAXN'].flatMap((stem) =>
	[stem, ...numbered(stem, 3)].flatMap((label) => [label, `${label}-1`]),
);

/** Every label of standard mode (Enedis-NOI-CPT_54E section 6.2). */
export const standardLabels: readonly LabelRule[] = [
	// The specification says 12; meters that send 11 exist.
	digits('ADSC', 12, 11),
	digits('VTIC', 2),
	{ label: 'DATE', form: 'none', minimum: 0, maximum: 0, dated: true },
	shaped('NGTF', 'text', 16),
	shaped('LTARF', 'text', 16),
	digits('PRM', 14),
	...['EAST', 'EAIT', ...numbered('EASF', 10, 2), ...numbered('EASD', 4, 2), ...numbered('ERQ', 4)].map((label) =>
		digits(label, 9),
	),
	...[...numbered('IRMS', 3), ...numbered('URMS', 3)].map((label) => digits(label, 3)),
	digits('PREF', 2),
	digits('PCOUP', 2),
	// SINST1 to SINST3: what the pilot series says for SINSTS1 to SINSTS3.
	...['SINSTS', ...numbered('SINSTS', 3), ...numbered('SINST', 3), 'SINSTI'].map((label) => digits(label, 5)),
	...[...maxima, 'SMAXIN', 'SMAXIN-1', 'CCASN', 'CCASN-1', 'CCAIN', 'CCAIN-1'].map((label) => dated(label, 5)),
	...numbered('UMOY', 3).map((label) => dated(label, 3)),
	...[...numbered('DPM', 3), ...numbered('FPM', 3)].map((label) => dated(label, 2)),
	shaped('STGE', 'hex', 8),
	shaped('MSG1', 'text', 32),
	shaped('MSG2', 'text', 16),
	digits('RELAIS', 3),
	...['NTARF', 'NJOURF', 'NJOURF+1'].map((label) => digits(label, 2)),
	shaped('PJOURF+1', 'profile', 98),
	shaped('PPOINTE', 'profile', 98),
];

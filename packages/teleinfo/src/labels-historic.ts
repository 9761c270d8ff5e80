import { digits, type LabelRule, shaped, words } from './label-rule.ts';

/** Every label of historic mode (ERDF-NOI-CPT_02E section 6, Enedis-NOI-CPT_54E section 6.1). */
export const historicLabels: readonly LabelRule[] = [
	digits('ADCO', 12),
	shaped('OPTARIF', 'option', 4),
	digits('ISOUSC', 2),
	...['BASE', 'HCHC', 'HCHP', 'EJPHN', 'EJPHPM'].map((label) => digits(label, 9)),
	...['BBRHCJB', 'BBRHPJB', 'BBRHCJW', 'BBRHPJW', 'BBRHCJR', 'BBRHPJR'].map((label) => digits(label, 9)),
	digits('PEJP', 2),
	words('PTEC', 'TH..', 'HC..', 'HP..', 'HN..', 'PM..', 'HCJB', 'HCJW', 'HCJR', 'HPJB', 'HPJW', 'HPJR'),
	words('DEMAIN', '----', 'BLEU', 'BLAN', 'ROUG'),
	...['IINST', 'IINST1', 'IINST2', 'IINST3', 'IMAX', 'IMAX1', 'IMAX2', 'IMAX3'].map((label) => digits(label, 3)),
	...['ADPS', 'ADIR1', 'ADIR2', 'ADIR3'].map((label) => digits(label, 3)),
	digits('PMAX', 5),
	digits('PAPP', 5),
	shaped('HHPHC', 'letter', 1),
	shaped('MOTDETAT', 'hex', 6),
	shaped('PPOT', 'hex', 2),
];

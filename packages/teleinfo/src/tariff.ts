/** A day's colour in the Tempo contract; a Tempo day runs from 06:00 to 06:00. */
export type TariffColour = 'blue' | 'white' | 'red';

/** What kind of hours the meter counts now. */
export type TariffPeriodName =
	| 'all_hours'
	| 'off_peak'
	| 'peak'
	/** EJP outside its peak days. */
	| 'normal'
	/** The hours of a mobile peak (EJP's peak days, and contracts with a mobile peak). */
	| 'mobile_peak'
	| 'weekend'
	/** A supplier's own name, which LTARF says and nothing more is known of. */
	| 'other';

export interface TariffPeriod {
	readonly name: TariffPeriodName;
	readonly colour?: TariffColour;
	/** As the meter says it, without the spaces it fills up with. */
	readonly text: string;
}

/** Which kind of contract the meter counts for. */
export type ContractKind = 'base' | 'off_peak' | 'ejp' | 'tempo' | 'other';

/** Load programmes of a Tempo meter: what its two heating circuits are switched by (CPT_02E, OPTARIF `BBRx`). */
export interface LoadProgrammes {
	/** Circuit 1: bits 4-3 of x, 01 A to 11 C. */
	readonly circuit1: 'A' | 'B' | 'C';
	/** Circuit 2: bits 2-0 of x, programme P0 to P7. */
	readonly circuit2: number;
}

export interface Contract {
	readonly kind: ContractKind;
	/** As the meter says it (OPTARIF or NGTF), without the spaces it fills up with. */
	readonly text: string;
	readonly loadProgrammes?: LoadProgrammes;
}

const period = (text: string, name: TariffPeriodName, colour?: TariffColour): [string, TariffPeriod] => [
	text,
	colour === undefined ? { name, text } : { name, colour, text },
];

const periods: ReadonlyMap<string, TariffPeriod> = new Map([
	period('TH..', 'all_hours'),
	period('HC..', 'off_peak'),
	period('HP..', 'peak'),
	period('HN..', 'normal'),
	period('PM..', 'mobile_peak'),
	period('HCJB', 'off_peak', 'blue'),
	period('HCJW', 'off_peak', 'white'),
	period('HCJR', 'off_peak', 'red'),
	period('HPJB', 'peak', 'blue'),
	period('HPJW', 'peak', 'white'),
	period('HPJR', 'peak', 'red'),
]);

const plain = (text: string): string => text.trim().replace(/ +/g, ' ');

/** The tariff period of PTEC's four characters. */
export function periodOfPtec(ptec: string): TariffPeriod {
	return periods.get(ptec) ?? { name: 'other', text: ptec };
}

const periodPatterns: readonly (readonly [RegExp, TariffPeriodName])[] = [
	[/WEEK/, 'weekend'],
	[/\b(HC|HEURES? CREUSES?)/, 'off_peak'],
	[/\b(HP|HEURES? PLEINES?)/, 'peak'],
	[/\bPOINTE|\bPM\b/, 'mobile_peak'],
	[/\b(HN|HEURES? NORMALES?)\b/, 'normal'],
	[/\b(BASE|TH|TOUTES? HEURES?)\b/, 'all_hours'],
];

/** The tariff period of LTARF's text. Suppliers choose that text, so one we don't understand is `other`. */
export function periodOfLtarf(ltarf: string): TariffPeriod {
	const text = plain(ltarf);
	const upper = text.toUpperCase();
	const name = periodPatterns.find(([pattern]) => pattern.test(upper))?.[1] ?? 'other';
	const colour = colourIn(upper);
	return { name, text, ...(colour === undefined ? {} : { colour }) };
}

function colourIn(upper: string): TariffColour | undefined {
	if (upper.includes('BLEU')) return 'blue';
	if (upper.includes('BLANC')) return 'white';
	return upper.includes('ROUGE') ? 'red' : undefined;
}

/** Tomorrow's colour of DEMAIN; undefined where the meter does not know it yet (`----`). */
export function colourOfDemain(demain: string): TariffColour | undefined {
	return demain === 'BLAN' ? 'white' : demain === 'ROUG' ? 'red' : demain === 'BLEU' ? 'blue' : undefined;
}

/** The contract of OPTARIF. A Linky under a newer contract says BASE, whatever the contract is. */
export function contractOfOptarif(optarif: string): Contract {
	if (optarif === 'BASE') return { kind: 'base', text: optarif };
	if (optarif === 'HC..') return { kind: 'off_peak', text: optarif };
	if (optarif === 'EJP.') return { kind: 'ejp', text: optarif };
	const loadProgrammes = loadProgrammesOf(optarif);
	return { kind: 'tempo', text: optarif, ...(loadProgrammes === undefined ? {} : { loadProgrammes }) };
}

function loadProgrammesOf(optarif: string): LoadProgrammes | undefined {
	const bits = optarif.charCodeAt(3);
	const circuit1 = ([undefined, 'A', 'B', 'C'] as const)[(bits >> 3) & 3];
	return circuit1 === undefined ? undefined : { circuit1, circuit2: bits & 7 };
}

const contractPatterns: readonly (readonly [RegExp, ContractKind])[] = [
	[/TEMPO|BLEU.*BLANC/, 'tempo'],
	[/EJP/, 'ejp'],
	[/\b(HC|H PLEINE|HP|HEURE)/, 'off_peak'],
	[/BASE|\bTH\b/, 'base'],
];

/** The contract of NGTF's text, the supplier's name of its calendar. */
export function contractOfNgtf(ngtf: string): Contract {
	const text = plain(ngtf);
	const upper = text.toUpperCase();
	return { kind: contractPatterns.find(([pattern]) => pattern.test(upper))?.[1] ?? 'other', text };
}

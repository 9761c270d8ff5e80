/** What the data of a label is made of. `text` is free: there a flipped bit 6 cannot be seen by anyone. */
export type DataForm = 'digits' | 'hex' | 'letter' | 'text' | 'words' | 'option' | 'profile' | 'none';

/** How a label's group looks. Widths in characters. */
export interface LabelRule {
	readonly label: string;
	readonly form: DataForm;
	readonly minimum: number;
	readonly maximum: number;
	/** Whether the group carries a date (standard mode only). */
	readonly dated: boolean;
	/** For `words`: all the texts there are. */
	readonly words?: readonly string[];
}

export function digits(label: string, width: number, minimum: number = width): LabelRule {
	return { label, form: 'digits', minimum, maximum: width, dated: false };
}

export function dated(label: string, width: number): LabelRule {
	return { label, form: 'digits', minimum: width, maximum: width, dated: true };
}

export function shaped(label: string, form: DataForm, width: number): LabelRule {
	return { label, form, minimum: width, maximum: width, dated: false };
}

export function words(label: string, ...texts: readonly string[]): LabelRule {
	const width = texts[0]?.length ?? 0;
	return { label, form: 'words', minimum: width, maximum: width, dated: false, words: texts };
}

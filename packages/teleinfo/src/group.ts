import type { TicDate } from './date.ts';

/** How the meter speaks: `historic` at 1200 bd with spaces, `standard` at 9600 bd with tabs (Linky only). */
export type TicMode = 'historic' | 'standard';

/** One group of a frame as the meter sent it, checked: checksum, label, width and form of the data. */
export interface TicGroup {
	readonly mode: TicMode;
	readonly label: string;
	/** The data as it stood on the line, spaces and all. Empty for DATE, whose date says everything. */
	readonly data: string;
	readonly date?: TicDate;
}

import type { SqlStatement } from '@pilotwire/runtime';

/** How soon a change must be on the disk: at once (somebody waits for it), or within 5 s. */
export type Hurry = 'urgent' | 'lazy';

/** Tells that something changed, or is gone. */
export type Note = (item: Storable, hurry: Hurry) => void;

/** A row of the state file, and how it gets there. */
export interface Storable {
	/** Whether the file holds it, or may, or will when the commit under way ends. The journal alone writes this. */
	stored: boolean;
	/** Whether it is to be there no more. */
	readonly gone: boolean;
	/** Writes it as it stands now. */
	put(): SqlStatement;
	/** Takes it out. */
	remove(): SqlStatement[];
	/** Neither memory nor file need know it any more. */
	forgotten?(): void;
}

import type { BoxStory } from '@pilotwire/contract';

/**
 * Tells what led to the last opening, or the last minutes: it reads a whole box, so never in the process that records.
 * Rejects where there is no box yet, or it can't be read.
 */
export interface Storyteller {
	tell(): Promise<BoxStory>;
}

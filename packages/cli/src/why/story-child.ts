// The process that tells the black box's story: begun by `tellInProcess`.
import type { BoxStory } from '@pilotwire/contract';
import { messageOf } from '@pilotwire/runtime/basics';
import { Boxes } from './find-box.ts';
import { openingStory } from './opening-story.ts';
import { storyAnswer } from './story-answer.ts';

/** Where the boxes lie, whose load decides, and the rating of a branch breaker, A. */
export interface StoryJob {
	readonly path: string;
	readonly meter: string;
	readonly branchA: number | undefined;
}

/** What comes back: one or the other. */
export interface ToldStory {
	readonly story?: BoxStory;
	/** Why there is none. */
	readonly error?: string;
}

async function tell({ path, ...known }: StoryJob): Promise<ToldStory> {
	const { box } = await new Boxes(path).ofLastOpening(false);
	return { story: storyAnswer(openingStory(box, known)) };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (job: StoryJob) => {
	void tell(job)
		.catch((error: unknown): ToldStory => ({ error: messageOf(error) }))
		.then((told) => process.send?.(told));
});

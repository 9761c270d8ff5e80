import type { BoxStory } from '@pilotwire/contract';
import type { Storyteller } from '@pilotwire/telemetry';
import type { StoryJob, ToldStory } from '../why/story-child.ts';
import { startLowly } from './lowly-process.ts';

/** Longer than the largest box takes on the slowest machine. Milliseconds. */
const WITHIN_MS = 60_000;

/** Tells the black box's story in a process of its own, which is there for as long as that takes. */
export function tellInProcess(job: StoryJob): Storyteller {
	return {
		tell: () =>
			new Promise<BoxStory>((resolve, reject) => {
				const child = startLowly('why/story-child');
				const tooLong = setTimeout(() => child.kill('SIGKILL'), WITHIN_MS);
				child.once('error', reject);
				child.once('exit', (code, signal) => {
					clearTimeout(tooLong);
					reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`));
				});
				child.once('message', ({ story, error }: ToldStory) => {
					if (story === undefined) reject(new Error(error));
					else resolve(story);
					child.kill('SIGKILL');
				});
				child.send(job, () => undefined);
			}),
	};
}

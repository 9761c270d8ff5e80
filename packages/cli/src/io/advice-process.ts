import { messageOf } from '@pilotwire/runtime';
import { type Advice, AdviceFailed, type Adviser } from '@pilotwire/telemetry';
import type { AdviceJob, FromChild, ToChild } from '../advise/advice-child.ts';
import { startLowly } from './lowly-process.ts';

/**
 * Finds out which subscription would do in a process of its own, at the lowest priority, which is there for as long as
 * that takes. `house`: whose history it is, as the configuration says.
 */
export function adviseInProcess(house: Pick<AdviceJob, 'meter' | 'radiators' | 'mode'>, nowMs: () => number): Adviser {
	return {
		begin: (question, { ask, told }) => {
			const child = startLowly('advise/advice-child');
			const say = (message: ToChild): void => {
				if (child.connected) child.send(message, () => undefined);
			};
			const advice = new Promise<Advice>((resolve, reject) => {
				child.once('error', reject);
				child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `exit code ${code}`}`)));
				child.on('message', (message: FromChild) => {
					if (message.kind === 'told') told(message.progress);
					else if (message.kind === 'done') resolve(message.advice);
					else if (message.kind === 'failed') reject(new AdviceFailed(message.problem));
					else {
						const { id, question: asked } = message;
						ask(asked).then(
							(answer) => say({ kind: 'answer', id, answer }),
							(error: unknown) => say({ kind: 'answer', id, error: messageOf(error) }),
						);
					}
				});
			});
			const stop = (): void => void child.kill('SIGKILL');
			say({ kind: 'begin', job: { ...house, ...question, nowMs: nowMs() } });
			return { advice: advice.finally(stop), stop };
		},
	};
}

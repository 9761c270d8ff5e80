/** One after another: a loudspeaker, a screen and a camera have one user. */
export class Turns {
	#last: Promise<unknown> = Promise.resolve();

	/** Runs when all before have ended; who no longer wants it by then is let go at once, with the signal's reason. */
	take<Result>(act: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
		return new Promise((resolve, reject) => {
			// What it holds, such as a sound, is let go of with whoever waits.
			let wanted: (() => Promise<Result>) | undefined = act;
			const leave = (): void => {
				wanted = undefined;
				reject(signal.reason);
			};
			if (signal.aborted) return leave();
			signal.addEventListener('abort', leave, { once: true });
			this.#last = this.#last.then(async () => {
				signal.removeEventListener('abort', leave);
				try {
					if (wanted !== undefined) resolve(await wanted());
				} catch (error) {
					reject(error);
				}
			});
		});
	}

	/** Settles when the last has ended. */
	async ended(): Promise<void> {
		await this.#last;
	}
}

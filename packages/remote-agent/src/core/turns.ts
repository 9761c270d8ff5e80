/** One after another: a loudspeaker and a screen have one user. */
export class Turns {
	#last: Promise<unknown> = Promise.resolve();

	/** Runs when all before have ended, unless it is no longer wanted by then; rejects with the signal's reason. */
	take<Result>(act: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
		const turn = this.#last.then(() => {
			signal.throwIfAborted();
			return act();
		});
		this.#last = turn.catch(() => undefined);
		return turn;
	}

	/** Settles when the last has ended. */
	async ended(): Promise<void> {
		await this.#last;
	}
}

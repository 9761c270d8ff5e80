interface Waiter {
	readonly promise: Promise<void>;
	readonly resolve: () => void;
}

/** Who waits for which commit. Commits are numbered; one that failed is made good by the next that succeeds. */
export class Waiters {
	/** Number of the commit that is being gathered. */
	#gathering = 1;
	/** The last commit that began, and whether it (or what failed of it) is still to be done. */
	#pending = false;
	readonly #byCommit = new Map<number, Waiter>();

	/** The commit that what is known now ends with; undefined where nothing is gathered (`any`) nor under way. */
	next(any: boolean): Promise<void> | undefined {
		if (any) return this.#of(this.#gathering).promise;
		return this.#pending ? this.#of(this.#gathering - 1).promise : undefined;
	}

	/** Whether somebody waits. */
	get any(): boolean {
		return this.#byCommit.size > 0;
	}

	/** A commit of what was gathered begins; its number. */
	begin(): number {
		this.#pending = true;
		this.#gathering += 1;
		return this.#gathering - 1;
	}

	/** That commit, and with it all before, is on the disk. */
	done(commit: number): void {
		this.#pending = false;
		for (const [number, { resolve }] of this.#byCommit) {
			if (number > commit) return;
			this.#byCommit.delete(number);
			resolve();
		}
	}

	#of(commit: number): Waiter {
		const present = this.#byCommit.get(commit);
		if (present !== undefined) return present;
		let resolve = (): void => {};
		const promise = new Promise<void>((settle) => {
			resolve = settle;
		});
		const waiter = { promise, resolve };
		this.#byCommit.set(commit, waiter);
		return waiter;
	}
}

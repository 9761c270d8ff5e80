// What a replay shows while it runs: each action as a line, and in a terminal how far it is.

import type { Watch } from './run.ts';
import type { Story } from './story.ts';
import { actionLine, momentOf, type Outcome } from './summary.ts';

/** The picture is drawn no more often. Milliseconds. */
const DRAW_MS = 200;

export interface ReplayShowOptions {
	/** Times as fast as it was; undefined as fast as it goes. */
	readonly speed: number | undefined;
	/** No line for each action: what is printed is for programs. */
	readonly quiet: boolean;
}

/** Keeps the speed, and stops at Ctrl-C with what has come so far; a second one ends at once. */
export class ReplayShow implements Watch {
	readonly #options: ReplayShowOptions;
	readonly #stop = (): void => {
		if (this.#stopped) process.exit(130);
		this.#stopped = true;
	};
	#stopped = false;
	#drawnMs = 0;
	#begun: { readonly realMs: number; readonly startMs: number; readonly when: (ms: number) => string } | undefined;

	constructor(options: ReplayShowOptions) {
		this.#options = options;
	}

	begins(story: Story, moments: Pick<Outcome, 'dated' | 'startMs'>): void {
		process.on('SIGINT', this.#stop);
		process.on('SIGTERM', this.#stop);
		this.#begun = { realMs: performance.now(), startMs: moments.startMs, when: momentOf(moments) };
		if (this.#options.quiet) return;
		story.onAction = (action) => {
			this.#clear();
			console.log(actionLine(action, moments));
		};
	}

	async turn(story: Story, nowMs: number, share: number | undefined): Promise<void> {
		const begun = this.#begun;
		if (begun === undefined) return;
		const aheadMs = (): number => {
			const dueMs = (nowMs - begun.startMs) / (this.#options.speed ?? Number.POSITIVE_INFINITY);
			return dueMs - (performance.now() - begun.realMs);
		};
		this.#draw(story, nowMs, share);
		for (let waitMs = aheadMs(); waitMs > 0 && !this.#stopped; waitMs = aheadMs()) {
			await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, DRAW_MS)));
		}
	}

	stopped(): boolean {
		return this.#stopped;
	}

	end(): void {
		process.off('SIGINT', this.#stop);
		process.off('SIGTERM', this.#stop);
		this.#clear();
	}

	#draw({ load, waitingNow }: Story, nowMs: number, share: number | undefined): void {
		const nowRealMs = performance.now();
		const begun = this.#begun;
		if (!process.stderr.isTTY || begun === undefined || nowRealMs - this.#drawnMs < DRAW_MS) return;
		this.#drawnMs = nowRealMs;
		const speed = Math.round((nowMs - begun.startMs) / Math.max(1, nowRealMs - begun.realMs));
		const loads = (load?.phases ?? []).map(({ apparentPowerVA, limitVA }) => `${apparentPowerVA} of ${limitVA} VA`);
		const parts = [
			...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
			begun.when(nowMs),
			`${speed} times as fast`,
			...loads,
			`${waitingNow} waiting`,
		];
		process.stderr.write(`\r${parts.join('   ').slice(0, (process.stderr.columns || 80) - 1)}\u001B[K`);
	}

	#clear(): void {
		if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
	}
}

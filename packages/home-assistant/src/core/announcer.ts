import type { Clock, Timer } from '@pilotwire/runtime';
import type { Announcement } from './discovery.ts';
import { type Announced, afterPlan, type Message, planOf } from './plan.ts';

/** Home Assistant has done with a step after this, on a small machine too. Milliseconds. */
const STEP_MS = 3_000;

/** What an announcer works with. */
export interface AnnouncerParts {
	readonly clock: Pick<Clock, 'after'>;
	/** Sends a retained message; false where the broker is away. */
	readonly send: (message: Message) => boolean;
	/** What stands on the broker has changed. */
	readonly changed: () => void;
}

/** Brings what stands on the broker to what is wanted, step by step, and only what has changed. */
export class Announcer {
	readonly #parts: AnnouncerParts;
	#announced: Announced;
	/** What was sent last in this connection, by topic. */
	readonly #sent = new Map<string, string>();
	#wanted: { readonly announcements: readonly Announcement[]; readonly mayRemove: boolean } | undefined;
	#running: Timer | undefined;

	constructor(parts: AnnouncerParts, announced: Announced) {
		this.#parts = parts;
		this.#announced = announced;
	}

	get announced(): Announced {
		return this.#announced;
	}

	/** What is to be announced from now on. */
	want(announcements: readonly Announcement[], mayRemove: boolean): void {
		this.#wanted = { announcements, mayRemove };
		if (this.#running === undefined) this.#begin();
	}

	/** Everything is to be said again: Home Assistant, or the broker, has started. */
	repeat(): void {
		this.#sent.clear();
		if (this.#running === undefined) this.#begin();
	}

	/** The broker is away: what was on its way is begun again once it is back. */
	stop(): void {
		this.#running?.cancel();
		this.#running = undefined;
		this.#sent.clear();
	}

	#begin(): void {
		if (this.#wanted === undefined) return;
		const { announcements, mayRemove } = this.#wanted;
		const steps = planOf(this.#announced, announcements, mayRemove);
		const step = (index: number): void => {
			this.#running = undefined;
			for (const message of steps[index] ?? []) if (!this.#send(message)) return;
			if (index + 1 < steps.length) this.#running = this.#parts.clock.after(STEP_MS, () => step(index + 1));
			else this.#end(announcements, mayRemove);
		};
		step(0);
	}

	#end(announcements: readonly Announcement[], mayRemove: boolean): void {
		const before = JSON.stringify(this.#announced);
		this.#announced = afterPlan(this.#announced, announcements, mayRemove);
		if (JSON.stringify(this.#announced) !== before) this.#parts.changed();
		// Something else has come to be wanted meanwhile.
		if (this.#wanted?.announcements !== announcements) this.#begin();
	}

	#send(message: Message): boolean {
		if (this.#sent.get(message.topic) === message.payload) return true;
		if (!this.#parts.send(message)) return false;
		this.#sent.set(message.topic, message.payload);
		return true;
	}
}

import type { AlertSeverity, AlertsState } from '@pilotwire/contract';
import { instantOf, type Logger, messageOf } from '@pilotwire/runtime';
import type { Moment, Notice } from './core/alert.ts';
import type { Message, Speaker } from './core/message.ts';
import { type KeptOutbox, Outbox } from './core/outbox.ts';
import type { QuietHours } from './core/quiet-hours.ts';
import { PhoneGone } from './errors.ts';
import type { Sender } from './io/sender.ts';

type ChannelState = AlertsState['channels'][number];

/** One way to people: what it has to tell, and what carries it. */
export interface ChannelParts {
	readonly id: string;
	readonly kind: ChannelState['kind'];
	readonly severities: readonly AlertSeverity[];
	readonly sender: Sender;
	readonly kept: KeptOutbox | undefined;
	/** Nobody is there any more. */
	readonly gone?: () => void;
}

/** What every channel is given. */
export interface ChannelSurroundings {
	readonly hours: QuietHours;
	readonly speaker: Speaker;
	readonly log: Logger;
	readonly signal: AbortSignal;
	now(): Moment;
	/** Something has changed that is to be remembered and said. */
	changed(): void;
}

/** Tells what waits, one message at a time. */
export class Channel {
	readonly id: string;
	readonly kind: ChannelState['kind'];
	readonly #parts: ChannelParts;
	readonly #around: ChannelSurroundings;
	readonly #outbox: Outbox;
	#failures = 0;

	constructor(parts: ChannelParts, around: ChannelSurroundings) {
		this.id = parts.id;
		this.kind = parts.kind;
		this.#parts = parts;
		this.#around = around;
		this.#outbox = new Outbox(parts.severities, around.hours, parts.kept);
		this.#check();
	}

	get kept(): KeptOutbox {
		return this.#outbox.kept;
	}

	/** Messages taken, and attempts that failed, since the service started. */
	get counts(): { readonly sent: number; readonly failed: number } {
		return { sent: this.#outbox.health.sent, failed: this.#failures };
	}

	get state(): ChannelState {
		const { waiting, sent, sentMs, failingMs, problem } = this.#outbox.health;
		return {
			...{ channel: this.id, kind: this.kind, waiting, sent },
			...(sentMs === undefined ? {} : { sentAt: instantOf(sentMs) }),
			...(failingMs === undefined ? {} : { failingSince: instantOf(failingMs) }),
			...(problem === undefined ? {} : { problem }),
		};
	}

	add(notices: readonly Notice[]): void {
		const { monotonicMs } = this.#around.now();
		for (const notice of notices) this.#outbox.add(notice, monotonicMs);
	}

	/** Sends what is due, if anything is and nothing is under way. */
	async pump(): Promise<void> {
		const { now, speaker, changed } = this.#around;
		const batch = this.#outbox.take(now());
		if (batch === undefined) return;
		const problem = await this.#send(speaker.message(batch, now().wallMs));
		if (this.#around.signal.aborted) return;
		if (problem === undefined) this.#outbox.delivered(now());
		else this.#outbox.failed(problem, now());
		changed();
	}

	/** Sends a message that somebody asked for; gives what is wrong where it didn't go. */
	async test(): Promise<string | undefined> {
		const { now, speaker, changed } = this.#around;
		const problem = await this.#send(speaker.test(now().wallMs));
		if (problem === undefined) this.#outbox.worked(now());
		changed();
		return problem;
	}

	/** What can't work is said from the start. */
	#check(): void {
		try {
			this.#parts.sender.check?.();
		} catch (error) {
			this.#outbox.failed(messageOf(error).slice(0, 500), this.#around.now());
			this.#around.log.warn({ channel: this.id }, messageOf(error));
		}
	}

	async #send(message: Message): Promise<string | undefined> {
		const { log, signal } = this.#around;
		try {
			await this.#parts.sender.send(message, signal);
			log.info({ channel: this.id }, `told by ${this.id}: ${message.title}`);
			return undefined;
		} catch (error) {
			if (signal.aborted) return undefined;
			if (error instanceof PhoneGone) this.#parts.gone?.();
			this.#failures += 1;
			const problem = messageOf(error).slice(0, 500);
			log.warn({ channel: this.id }, problem);
			return problem;
		}
	}
}

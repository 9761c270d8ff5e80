import type { Clock } from '@pilotwire/runtime';
import type { Limits } from '../options.ts';
import type { Losses } from './losses.ts';
import { briefMessage, isExpired, type Message } from './message.ts';
import type { Session } from './session.ts';
import type { Note } from './storable.ts';
import { Body, type Passing, type Wait, Waiting, waitingBytes } from './waiting.ts';

/** What waits for the clients, within its bounds. What waits for a session that is not kept never goes to the file. */
export class Queues {
	readonly #limits: Limits;
	readonly #clock: Clock;
	readonly #losses: Losses;
	readonly #note: Note;
	#lastBody = 0;
	/** Bytes of all that waits for kept sessions; a message that waits for several counts once, with a bit for each. */
	#bytes = 0;

	constructor(limits: Limits, clock: Clock, losses: Losses, note: Note) {
		this.#limits = limits;
		this.#clock = clock;
		this.#losses = losses;
		this.#note = note;
	}

	/** Bytes of all that waits for kept sessions; a message that waits for several counts once, with a bit for each. */
	get bytes(): number {
		return this.#bytes;
	}

	/** What the file held: the highest number in use, and its bytes. */
	restore(lastBody: number, bytes: number): void {
		this.#lastBody = lastBody;
		this.#bytes = bytes;
	}

	/** A message as it may wait for several clients. */
	body(message: Message): Body {
		this.#lastBody += 1;
		return new Body(this.#lastBody, this.#clock.monotonicMs(), briefMessage(message));
	}

	/** Adds a message to the queue of a session; undefined where that is full. */
	add(session: Session, body: Body, how: Wait): Waiting | undefined {
		const item = new Waiting(session.number, session.nextPosition, body, how);
		const { queue } = session;
		const { queuedMessages, queuedBytes, queuedBytesInAll } = this.#limits;
		const full = queue.length >= queuedMessages || queue.bytes + item.weight > queuedBytes;
		const more = body.refs === 0 ? item.weight : waitingBytes;
		if (full || (session.kept && this.#bytes + more > queuedBytesInAll)) {
			this.#losses.count('queueFull', { client: session.clientId, topic: body.message.topic });
			return undefined;
		}
		session.nextPosition += 1;
		queue.add(item);
		if (!session.kept) return item;
		this.#bytes += more;
		body.refs += 1;
		if (body.refs === 1) this.#note(body, 'urgent');
		this.#note(item, 'urgent');
		return item;
	}

	/** Adds a message that is never written; who sends it bounds it. */
	addPassing(session: Session, body: Body, how: Wait, passing: Passing): void {
		session.queue.add(new Waiting(session.number, session.nextPosition, body, how, passing));
		session.nextPosition += 1;
	}

	/** Something about a waiting message changed that the client must not see before the disk has it. */
	changed(session: Session, item: Waiting): void {
		if (session.kept && item.passing === undefined) this.#note(item, 'urgent');
	}

	/** A message waits no more. */
	remove(session: Session, item: Waiting): void {
		if (item.done) return;
		session.queue.remove(item);
		item.passing?.settle();
		if (!session.kept || item.passing !== undefined) return;
		this.#note(item, 'lazy');
		const { body } = item;
		body.refs -= 1;
		this.#bytes -= body.gone ? item.weight : waitingBytes;
		if (body.gone) this.#note(body, 'lazy');
	}

	/** A message waits elsewhere from now on; nothing is written of it. */
	leave(session: Session, item: Waiting): void {
		session.queue.remove(item);
		item.passing?.settle();
		if (!session.kept || item.passing !== undefined) return;
		item.body.refs -= 1;
		this.#bytes -= item.body.gone ? item.weight : waitingBytes;
	}

	/** Drops what waits longer than it is worth. */
	sweep(sessions: Iterable<Session>): void {
		const nowMs = this.#clock.wallMs();
		const oldestMs = this.#clock.monotonicMs() - this.#limits.queuedForS * 1000;
		for (const session of sessions) {
			for (const item of session.queue.all()) {
				const { sinceMs, message } = item.body;
				// What was sent stays: its identifier is in use until it is acknowledged.
				if (item.messageId !== 0 || (sinceMs > oldestMs && !isExpired(message, nowMs))) continue;
				this.#losses.count('expired');
				this.remove(session, item);
			}
			session.queue.compact();
		}
	}
}

import { createHash, randomBytes } from 'node:crypto';
import type { Person } from '@pilotwire/accounts';
import type { Clock } from '@pilotwire/runtime';

/** One person signed in on one browser. */
export interface Session {
	/** SHA-256 of the id that the browser holds; the id itself is kept nowhere. */
	readonly key: string;
	/** Tells this session's MQTT clients from others'; no secret. */
	readonly tag: string;
	readonly person: Person;
	/** The account's mark at sign-in: a session doesn't outlive what it was opened with. */
	readonly stamp: string;
	/** Monotonic clock, milliseconds; below zero where it was restored. */
	readonly openedMs: number;
	seenMs: number;
}

/** A session as the file keeps it: moments on the wall clock, since the monotonic one begins anew. */
export interface StoredSession {
	readonly key: string;
	readonly tag: string;
	readonly name: string;
	readonly role: Person['role'];
	readonly stamp: string;
	/** Milliseconds since 1970 UTC. */
	readonly openedAt: number;
	readonly seenAt: number;
}

/** How long sessions last, and how many there may be. */
export interface SessionLimits {
	/** Without any use, milliseconds. */
	readonly idleMs: number;
	/** In all, milliseconds. */
	readonly totalMs: number;
	/** Of one person; one more ends the one that was used longest ago. */
	readonly perPerson: number;
}

/** Why a session ended. */
export type EndReason = 'signed_out' | 'expired' | 'account_changed' | 'displaced';

type EndListener = (session: Session, reason: EndReason) => void;

/** The key under which the session of an id is kept. */
export function sessionKey(id: string): string {
	return createHash('sha256').update(id).digest('base64url');
}

/** Who is signed in. Ages run on the monotonic clock: a step of the wall clock ends nobody's session. */
export class Sessions {
	readonly #clock: Pick<Clock, 'monotonicMs' | 'wallMs'>;
	readonly #limits: SessionLimits;
	readonly #sessions = new Map<string, Session>();
	readonly #onEnd: EndListener[] = [];

	constructor(clock: Pick<Clock, 'monotonicMs' | 'wallMs'>, limits: SessionLimits) {
		this.#clock = clock;
		this.#limits = limits;
	}

	/** Called once for each session that ends. */
	onEnd(listener: EndListener): void {
		this.#onEnd.push(listener);
	}

	/** Opens a session; the id, 256 random bits, is for the browser alone. */
	open(person: Person, stamp: string): { readonly id: string; readonly session: Session } {
		const id = randomBytes(32).toString('base64url');
		const nowMs = this.#clock.monotonicMs();
		const tag = randomBytes(4).toString('hex');
		const session: Session = { key: sessionKey(id), tag, person, stamp, openedMs: nowMs, seenMs: nowMs };
		this.#makeRoom(person.name);
		this.#sessions.set(session.key, session);
		return { id, session };
	}

	/** The live session of an id. */
	find(id: string): Session | undefined {
		const session = this.#sessions.get(sessionKey(id));
		if (session === undefined) return undefined;
		if (!this.#isExpired(session)) return session;
		this.end(session, 'expired');
		return undefined;
	}

	/** Whether it hasn't ended. */
	lives(session: Session): boolean {
		return this.#sessions.get(session.key) === session && !this.#isExpired(session);
	}

	/** Notes that it is in use. */
	touch(session: Session): void {
		session.seenMs = this.#clock.monotonicMs();
	}

	end(session: Session, reason: EndReason): void {
		if (this.#sessions.get(session.key) !== session) return;
		this.#sessions.delete(session.key);
		for (const tell of this.#onEnd) tell(session, reason);
	}

	/** Ends what has lasted long enough. */
	sweep(): void {
		for (const session of [...this.#sessions.values()]) if (this.#isExpired(session)) this.end(session, 'expired');
	}

	ofPerson(name: string): Session[] {
		return [...this.#sessions.values()].filter(({ person }) => person.name === name);
	}

	get count(): number {
		return this.#sessions.size;
	}

	/** Everybody who is signed in. */
	names(): string[] {
		return [...new Set([...this.#sessions.values()].map(({ person }) => person.name))];
	}

	/** All live sessions, as a file may keep them. */
	stored(): StoredSession[] {
		const toWallMs = this.#clock.wallMs() - this.#clock.monotonicMs();
		return [...this.#sessions.values()].map(({ key, tag, person, stamp, openedMs, seenMs }) => ({
			key,
			tag,
			name: person.name,
			role: person.role,
			stamp,
			openedAt: Math.round(openedMs + toWallMs),
			seenAt: Math.round(seenMs + toWallMs),
		}));
	}

	/** Takes up what a file kept. A moment that the wall clock has yet to reach counts as now. */
	restore(stored: readonly StoredSession[]): void {
		const nowMs = this.#clock.monotonicMs();
		const wallMs = this.#clock.wallMs();
		const sinceMs = (at: number): number => nowMs - Math.max(0, wallMs - at);
		for (const { key, tag, name, role, stamp, openedAt, seenAt } of stored) {
			const person = { kind: 'person', name, role } as const;
			const session = { key, tag, person, stamp, openedMs: sinceMs(openedAt), seenMs: sinceMs(seenAt) };
			if (!this.#isExpired(session)) this.#sessions.set(key, session);
		}
	}

	#isExpired({ openedMs, seenMs }: Pick<Session, 'openedMs' | 'seenMs'>): boolean {
		const nowMs = this.#clock.monotonicMs();
		return nowMs - seenMs >= this.#limits.idleMs || nowMs - openedMs >= this.#limits.totalMs;
	}

	#makeRoom(name: string): void {
		const theirs = this.ofPerson(name).sort((a, b) => a.seenMs - b.seenMs);
		const surplus = theirs.length + 1 - this.#limits.perPerson;
		for (const session of theirs.slice(0, Math.max(0, surplus))) this.end(session, 'displaced');
	}
}

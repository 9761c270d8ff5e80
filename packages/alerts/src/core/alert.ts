import type { AlertKind, AlertSeverity } from '@pilotwire/contract';

/** Both clocks at one moment, ms: patience goes by the monotonic one, people read the wall's. */
export interface Moment {
	readonly monotonicMs: number;
	readonly wallMs: number;
}

/** What an alert is about. */
export interface Subject {
	readonly kind: AlertKind;
	/** Which meter, board, room, phase, circuit, store or service. */
	readonly subject: string;
	/** What people call it, where it is one of several. */
	readonly name?: string;
	/** What the words say besides: a word of its own, such as the cause. */
	readonly detail?: string;
	/** Such as a temperature, °C. */
	readonly figure?: number;
}

/** Something that holds now, as the bus says. */
export interface Condition extends Subject {
	/** Since when, where the bus says so; ms since 1970. */
	readonly sinceMs?: number;
	/** Not bad enough to begin an alert, nor good enough to end one. */
	readonly isFaint?: true;
}

/** Something that was wrong and is over before anybody could be told. */
export interface Happening extends Subject {
	/** From when to when, ms since 1970. */
	readonly sinceMs: number;
	readonly untilMs: number;
}

/** What the bus says now. What is in neither is not known at the moment: its alert neither begins nor ends. */
export interface Verdicts {
	readonly wrong: readonly Condition[];
	/** Keys of what is known to be well. */
	readonly well: ReadonlySet<string>;
}

/** What tells two things apart that can be wrong. */
export const keyOf = ({ kind, subject }: Pick<Subject, 'kind' | 'subject'>): string => `${kind} ${subject}`;

/** Something that people are alerted to, from its beginning to its end. */
export interface Alert extends Subject {
	/** One of its own for each time it begins. */
	readonly id: string;
	readonly severity: AlertSeverity;
	/** Since when it is so, ms since 1970. */
	readonly sinceMs: number;
}

/** What people are to be told of an alert. */
export interface Notice {
	readonly alert: Alert;
	/** It began; it is over; it has been and is over; or nobody says any more whether it still is. */
	readonly phase: 'begin' | 'end' | 'past' | 'unknown';
	/** When that came to be, ms since 1970. */
	readonly atMs: number;
	/** When it was over, ms since 1970. */
	readonly untilMs?: number;
}

/** The gravest first. */
const ranks: Readonly<Record<AlertSeverity, number>> = { alarm: 0, warning: 1, info: 2 };

/** Orders by severity, then by time. */
export function byGravity(
	a: Pick<Alert, 'severity' | 'sinceMs' | 'id'>,
	b: Pick<Alert, 'severity' | 'sinceMs' | 'id'>,
): number {
	return ranks[a.severity] - ranks[b.severity] || a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1);
}

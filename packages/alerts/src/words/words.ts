import type { AlertKind } from '@pilotwire/contract';
import type { Alert } from '../core/alert.ts';

/** The languages that people are alerted in. */
export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

/** What is said of one kind of alert. */
export interface KindWords {
	/** It began, is over, and has been: short, without a full stop. */
	readonly begin: (alert: Alert) => string;
	readonly end: (alert: Alert) => string;
	readonly past: (alert: Alert) => string;
	/** What it means and what to do, in one or two sentences. */
	readonly advice: (alert: Alert) => string;
}

/** One language. Times and spans come as people write them. */
export interface Words {
	readonly kinds: Readonly<Record<AlertKind, KindWords>>;
	/** A sentence: since when it is so. */
	readonly since: (time: string) => string;
	/** A sentence: from when to when it was, and how long. */
	readonly span: (from: string, to: string, length: string) => string;
	/** A sentence: when it was. */
	readonly at: (time: string) => string;
	/** A sentence: nobody says any more whether it still is so. */
	readonly unknown: (time: string) => string;
	readonly several: (count: number) => string;
	readonly lost: (count: number) => string;
	readonly test: readonly [title: string, text: string];
	readonly hours: (hours: number, minutes: number) => string;
	readonly minutes: (minutes: number) => string;
	readonly seconds: (seconds: number) => string;
	readonly days: (days: number) => string;
}

import * as z from 'zod/mini';
import { count, id, instant } from './common.ts';

/** What an alert is about, as a word that screens translate. */
export const alertKinds = [
	'breaker_opened',
	'power_lost',
	'room_freezing',
	'room_cold',
	'meter_silent',
	'margin_thin',
	'board_dead',
	'output_faulty',
	'service_away',
	'bus_away',
	'store_away',
	'probe_silent',
] as const;
const alertKind = z.enum(alertKinds);
export type AlertKind = z.infer<typeof alertKind>;

/** `alarm`: somebody should act now; `warning`: today; `info`: when there is time. */
export const alertSeverities = ['alarm', 'warning', 'info'] as const;
const alertSeverity = z.enum(alertSeverities);
export type AlertSeverity = z.infer<typeof alertSeverity>;

const sentence = z.string().check(z.maxLength(500));

/** `alerts/state`: what is on now, and how the ways to people do. */
export const alertsState = z.object({
	at: instant,
	/** The gravest first; at most a hundred. */
	on: z.array(
		z.object({
			kind: alertKind,
			severity: alertSeverity,
			/** Which meter, board, room, phase, circuit, store or service it is about. */
			subject: z.string(),
			since: instant,
			/** The same in the language of the alerts, as people are told it. */
			title: z.string(),
			text: z.string(),
		}),
	),
	/** Nobody is told what can wait until then; absent outside of the quiet hours. */
	quietUntil: z.optional(instant),
	channels: z.array(
		z.object({
			channel: id,
			kind: z.enum(['ntfy', 'email', 'webhook', 'push']),
			/** What it has still to tell. */
			waiting: count,
			/** Messages that were taken since the service started, and when the last one was. */
			sent: count,
			sentAt: z.optional(instant),
			/** Since when it takes none. */
			failingSince: z.optional(instant),
			/** What is wrong and what to do, in a sentence. */
			problem: z.optional(sentence),
		}),
	),
	/** Web Push; absent where it is switched off. */
	push: z.optional(
		z.object({
			/** The public key that a browser subscribes with: an uncompressed P-256 point, base64url (RFC 8292). */
			key: z.string(),
			/** Devices that are told. */
			phones: count,
		}),
	),
});
export type AlertsState = z.infer<typeof alertsState>;

/** The answer to `test` {channel?}: which channels took a message. */
export const alertsTested = z.object({
	channels: z.array(z.object({ channel: id, sent: z.boolean(), problem: z.optional(sentence) })),
});
export type AlertsTested = z.infer<typeof alertsTested>;

import type { Router } from './delivery/index.ts';
import type { Edge } from './edge/edge.ts';
import type { Traffic } from './edge/traffic.ts';

/** What a broker says of itself. Counts are since its start; bytes are those of MQTT. */
export interface Figures
	extends Readonly<Traffic>,
		Omit<Router['counters'], 'droppedSlow' | 'queueFull' | 'expired' | 'sessions' | 'sent'> {
	/** Clients that are connected. */
	readonly connected: number;
	/** Sessions, of those who are connected and of those who are not. */
	readonly sessions: number;
	/** PUBLISH packets sent. */
	readonly publishesSent: number;
	/** Messages that a client should have had: it did not read, its queue was full, or they became too old. */
	readonly dropped: { readonly slow: number; readonly queueFull: number; readonly expired: number };
}

/** How things stand now. Reads every session and subscription: for every few seconds, not for every message. */
export function figuresOf(edge: Edge, router: Router, traffic: Traffic): Figures {
	const { droppedSlow: slow, queueFull, expired, sent, ...rest } = router.counters;
	return { ...traffic, ...rest, connected: edge.size, publishesSent: sent, dropped: { slow, queueFull, expired } };
}

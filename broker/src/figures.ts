import type { ChannelFigures, Channels } from './channels/channels.ts';
import type { Cluster, ClusterFigures } from './cluster/cluster.ts';
import type { Counters, Router } from './delivery/index.ts';
import type { Edge } from './edge/edge.ts';
import type { Traffic } from './edge/traffic.ts';

/** What a broker says of itself. Counts are since its start; bytes are those of MQTT. */
export interface Figures
	extends Readonly<Traffic>,
		Omit<Counters, 'droppedSlow' | 'queueFull' | 'expired' | 'sessions' | 'sent'> {
	/** Clients that are connected. */
	readonly connected: number;
	/** Sessions, of those who are connected and of those who are not. */
	readonly sessions: number;
	/** PUBLISH packets sent. */
	readonly publishesSent: number;
	/** Messages that a client should have had: it did not read, its queue was full, or they became too old. */
	readonly dropped: { readonly slow: number; readonly queueFull: number; readonly expired: number };
	/** Nothing where the broker has no channels. */
	readonly inChannels: ChannelFigures | undefined;
	/** Nothing where the broker is alone. */
	readonly inCluster: ClusterFigures | undefined;
}

/** Where the figures stand. */
interface Counted {
	readonly edge: Edge;
	readonly router: Router;
	readonly traffic: Traffic;
	readonly channels: Channels | undefined;
	readonly cluster: Cluster | undefined;
}

/** How things stand now. Reads every session and subscription: for every few seconds, not for every message. */
export function figuresOf({ edge, router, traffic, channels, cluster }: Counted): Figures {
	const { droppedSlow: slow, queueFull, expired, sent, ...rest } = router.sessions.counters;
	const dropped = { slow, queueFull, expired };
	const inChannels = channels?.figures;
	const inCluster = cluster?.figures;
	return { ...traffic, ...rest, connected: edge.size, publishesSent: sent, dropped, inChannels, inCluster };
}

import type { Metric } from '@pilotwire/runtime';
import type { Figures } from './figures.ts';

/** The broker's figures for Prometheus, read only when they are asked for. */
export function brokerMetrics(figures: () => Figures): Metric[] {
	const counter = (name: string, help: string, read: (figures: Figures) => ReturnType<Metric['read']>): Metric => ({
		...{ type: 'counter', name: `pilotwire_broker_${name}`, help },
		read: () => read(figures()),
	});
	const gauge = (...of: Parameters<typeof counter>): Metric => ({ ...counter(...of), type: 'gauge' });
	const both = (received: number, sent: number) => [
		{ labels: { direction: 'received' }, value: received },
		{ labels: { direction: 'sent' }, value: sent },
	];
	return [
		gauge('clients', 'Sessions, by whether their client is connected.', ({ connected, sessions }) => [
			{ labels: { connected: 'yes' }, value: connected },
			{ labels: { connected: 'no' }, value: sessions - connected },
		]),
		gauge('subscriptions', 'Subscriptions.', (now) => now.subscriptions),
		gauge('retained_messages', 'Retained messages.', (now) => now.retained),
		gauge('retained_bytes', 'What retained messages take up in memory.', (now) => now.retainedBytes),
		gauge('queued_messages', 'Messages that wait for clients.', (now) => now.queued),
		gauge('queued_bytes', 'Bytes that wait for clients with a session.', (now) => now.queuedBytes),
		gauge('disk_failing', 'Whether the state cannot be saved: QoS 1 and 2 wait to be acknowledged.', (now) =>
			Number(now.diskFails),
		),
		gauge('unsaved_changes', 'Changes that the state file does not have yet.', (now) => now.unsaved),
		counter('bytes_total', 'MQTT bytes.', (now) => both(now.bytesReceived, now.bytesSent)),
		counter('packets_total', 'MQTT packets of any type.', (now) => both(now.packetsReceived, now.packetsSent)),
		counter('publishes_total', 'PUBLISH packets.', (now) => both(now.publishesReceived, now.publishesSent)),
		counter('connections_total', 'Connections that were opened.', (now) => now.sockets),
		counter('sign_ins_total', 'Sign-ins, by how they ended.', ({ signIns, turnedAway }) => [
			{ labels: { result: 'accepted' }, value: signIns },
			{ labels: { result: 'refused' }, value: turnedAway },
		]),
		counter('refused_total', 'Publishes and subscriptions that an account has no right to.', (now) => now.refused),
		counter('dropped_total', 'Messages that did not reach a client, by reason.', ({ dropped }) => [
			{ labels: { reason: 'slow' }, value: dropped.slow },
			{ labels: { reason: 'queue_full' }, value: dropped.queueFull },
			{ labels: { reason: 'expired' }, value: dropped.expired },
		]),
		counter('retained_refused_total', 'Messages not retained for want of room.', (now) => now.retainedFull),
		counter('sessions_refused_total', 'Sessions not kept for want of room.', (now) => now.notKept),
		counter('subscriptions_refused_total', 'Subscriptions beyond the bounds.', (now) => now.subscriptionsRefused),
		gauge('channels', 'Channels that somebody is in.', (now) => now.inChannels?.channels ?? 0),
		gauge('channel_members', 'Members of all channels.', (now) => now.inChannels?.members ?? 0),
		gauge('channel_bytes_in_flight', 'Bytes that members of channels have not acknowledged yet.', (now) =>
			now.inChannels === undefined ? 0 : now.inChannels.bytesInFlight,
		),
		counter('channel_refused_total', 'Joins, messages and subscriptions refused in channels.', (now) =>
			now.inChannels === undefined ? 0 : now.inChannels.refused,
		),
		gauge('cluster_reachable', 'Whether the Redis of the cluster answers; 1 where there is no cluster.', (now) =>
			Number(now.inCluster?.isReachable ?? true),
		),
		counter('cluster_cut_total', 'Sessions that came back for what the log had lost already.', (now) =>
			now.inCluster === undefined ? 0 : now.inCluster.cut,
		),
		counter('cluster_unsaid_total', 'Messages left out because too much waited for Redis.', (now) =>
			now.inCluster === undefined ? 0 : now.inCluster.unsaid,
		),
		counter('sessions_expired_total', 'Sessions whose clients stayed away too long.', (now) => now.sessionsExpired),
	];
}

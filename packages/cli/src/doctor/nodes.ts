import type { RedisAnswer } from '@pilotwire/broker';
import { type Finding, ok, unsure, wrong } from './finding.ts';

type Node = Extract<RedisAnswer, { kind: 'accepted' }>['facts']['nodes'][number];

const CHECK = 'nodes';
/** The others end a node that is silent for longer; then it is seen no more. Milliseconds. */
const SILENT_MS = 3_000;
/** What a machine that asks for the time never is off by, nor the way to Redis takes. Milliseconds. */
const APART_MS = 5_000;

/** The brokers of a cluster: which of them live, whether their clocks and versions agree. */
export function judgeNodes(nodes: readonly Node[]): Finding[] {
	if (nodes.length === 0) {
		return [
			unsure('NODES_AWAY', CHECK, 'none says that it lives', 'sudo systemctl start pilotwire-broker on each of them'),
		];
	}
	const found = [...nodes.flatMap(judgeSilence), ...nodes.flatMap(judgeNodeClock), ...judgeVersions(nodes)];
	if (found.length > 0) return found;
	const names = nodes.map(nodeName).sort().join(', ');
	const version = nodes[0]?.version;
	return [
		ok(CHECK, `${nodes.length} live: ${names}; version ${version}, clocks within ${furthestMs(nodes)} ms of Redis'`),
	];
}

/** Its name as it was given; the mark of when it was started is behind it. */
export function nodeName({ node }: Node): string {
	return node.replace(/-[0-9a-f]{8}$/, '');
}

function judgeSilence(node: Node): Finding[] {
	if (node.silentMs < SILENT_MS) return [];
	const found = `${nodeName(node)} has said nothing for ${Math.round(node.silentMs / 1000)} s`;
	return [unsure('NODE_SILENT', CHECK, found, 'sudo journalctl -u pilotwire-broker -n 50 on that machine')];
}

function judgeNodeClock(node: Node): Finding[] {
	if (Math.abs(node.aheadMs) < APART_MS) return [];
	const by = `${Math.round(Math.abs(node.aheadMs) / 1000)} s ${node.aheadMs > 0 ? 'ahead of' : 'behind'}`;
	const found = `the clock of ${nodeName(node)} is ${by} Redis': what waits for absent clients is too old too soon, or expires late`;
	return [
		wrong(
			'NODE_CLOCK',
			CHECK,
			found,
			'sudo timedatectl set-ntp true on both machines; timedatectl says whether it took',
		),
	];
}

function judgeVersions(nodes: readonly Node[]): Finding[] {
	if (new Set(nodes.map(({ version }) => version)).size < 2) return [];
	const each = nodes.map((node) => `${nodeName(node)} ${node.version}`).sort();
	return [
		unsure(
			'NODE_VERSIONS',
			CHECK,
			`versions differ: ${each.join(', ')}`,
			'bring all of them to the newest, one after the other',
		),
	];
}

function furthestMs(nodes: readonly Node[]): number {
	return Math.round(Math.max(...nodes.map(({ aheadMs }) => Math.abs(aheadMs))));
}

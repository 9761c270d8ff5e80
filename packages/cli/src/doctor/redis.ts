import type { RedisAnswer } from '@pilotwire/broker';
import { redisCli, shownAddress } from '../redis-address.ts';
import { type Finding, ok, unsure, wrong } from './finding.ts';
import { judgeNodes } from './nodes.ts';

type Facts = Extract<RedisAnswer, { kind: 'accepted' }>['facts'];

const CHECK = 'Redis';
const LEAST_VERSION = [6, 2] as const;
/**
 * What a power cut takes along of what was acknowledged, by `appendfsync`; and the end of its process too, for while its disk
 * is at work Redis answers before it has handed over what it was told.
 */
const LOST: Readonly<Record<string, string>> = { everysec: 'the last second or two', no: 'up to half a minute' };

/** The Redis of a cluster: whether it answers, suits, and keeps what brokers acknowledge. `url`: where it is. */
export function judgeRedis(url: string, answer: RedisAnswer): Finding[] {
	const where = shownAddress(url);
	if (answer.kind === 'accepted') {
		const { facts } = answer;
		return [judgeKind(where, facts), judgeDisk(url, facts), ...judgeMemory(url, facts), ...judgeNodes(facts.nodes)];
	}
	const { kind, problem } = answer;
	if (kind === 'away') {
		const todo = 'sudo systemctl start redis-server on its machine, or correct broker.cluster';
		return [wrong('REDIS_AWAY', CHECK, `${where} doesn't answer: ${problem}`, todo)];
	}
	const todo = 'correct the user, the password or the passwordFile of broker.cluster';
	return [wrong('REDIS_REFUSES', CHECK, `${where} refuses the account: ${problem}`, todo)];
}

function judgeKind(where: string, { version, isSharded, isReplica }: Facts): Finding {
	const unsuited = (what: string, todo: string): Finding =>
		wrong('REDIS_UNSUITED', CHECK, `${where} answers, version ${version}: ${what}`, todo);
	if (isOlder(version)) return unsuited('too old', 'install Redis 6.2 or later: sudo apt-get install redis-server');
	if (isSharded) return unsuited('a Redis Cluster, whose keys lie apart', 'name one Redis, with replicas if need be');
	if (isReplica) return unsuited('a replica, which takes nothing', 'name the one that it follows in broker.cluster');
	return ok(CHECK, `${where} answers, version ${version}`);
}

function isOlder(version: string): boolean {
	const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
	return major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]);
}

/** Whether what was acknowledged is on its disk. */
function judgeDisk(url: string, { appendOnly, appendFsync, writes }: Facts): Finding {
	const cli = redisCli(url);
	if (!writes) {
		const todo = 'df -h and sudo journalctl -u redis-server on its machine say why';
		return wrong('REDIS_CANNOT_WRITE', CHECK, 'it could not write to its disk the last time', todo);
	}
	const always = `${cli} config set appendfsync always && ${cli} config rewrite`;
	if (!appendOnly) {
		const found = 'appendonly no: when it ends, what it was told since its last snapshot is lost, accounts too';
		return wrong('REDIS_FORGETS', CHECK, found, `${cli} config set appendonly yes && ${always}`);
	}
	if (appendFsync === 'always') {
		return ok(CHECK, 'appendonly yes, appendfsync always: what brokers acknowledge is on its disk');
	}
	const lost = LOST[appendFsync ?? ''];
	const found =
		lost === undefined
			? 'appendonly yes; it does not tell its appendfsync'
			: `appendonly yes, appendfsync ${appendFsync}: a power cut, or a crash, takes along ${lost} of what was acknowledged`;
	return unsure('REDIS_MAY_LOSE', CHECK, found, always);
}

/** From here on a person should look: part of the bound that is in use. */
const NEARLY_FULL = 0.8;

/** Whether it has room, and throws nothing away that nobody took yet. */
function judgeMemory(url: string, { maxMemoryBytes, maxMemoryPolicy, usedMemoryBytes }: Facts): Finding[] {
	if (maxMemoryBytes === 0) return [];
	const cli = redisCli(url);
	if (maxMemoryPolicy === 'noeviction') {
		const part = usedMemoryBytes / maxMemoryBytes;
		const found = `${inMB(usedMemoryBytes)} of ${inMB(maxMemoryBytes)} MB (maxmemory) are in use`;
		const todo = `${cli} config set maxmemory ${inMB(maxMemoryBytes * 2)}mb && ${cli} config rewrite, where the machine has as much`;
		if (part >= 1) return [wrong('REDIS_FULL', CHECK, `${found}: brokers acknowledge nothing`, todo)];
		return part < NEARLY_FULL ? [] : [unsure('REDIS_NEARLY_FULL', CHECK, found, todo)];
	}
	const found = `maxmemory-policy ${maxMemoryPolicy}: beyond ${inMB(maxMemoryBytes)} MB it throws away messages, sessions or accounts`;
	const todo = `${cli} config set maxmemory-policy noeviction && ${cli} config rewrite`;
	return [wrong('REDIS_EVICTS', CHECK, found, todo)];
}

/** The accounts of a cluster, which makes no administrator by itself. `roles`: of its people. */
export function judgeClusterAccounts(count: number, roles: readonly string[]): Finding {
	if (roles.includes('admin')) return ok('accounts', `${count} in Redis`);
	return unsure(
		'ACCOUNTS_WITHOUT_ADMIN',
		'accounts',
		`${count} in Redis, and nobody among them administers`,
		'pilotwire account add NAME --role admin --config FILE',
	);
}

function inMB(bytes: number): number {
	return Math.round(bytes / 1e6);
}

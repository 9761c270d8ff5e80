// What many homes share: the embedded broker, several of them over Redis and behind nginx, or Mosquitto; with an account for
// each home.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Accounts, filtersOf, mosquittoPassword, mosquittoRights } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { MOSQUITTO } from '@pilotwire/test/parts';
import type { Process } from '@pilotwire/test/processes';
import { freePort, HOST, optionsOfCommand, START_WITHIN_MS } from '../broker/brokers.ts';
import { startOn } from '../broker/generator.ts';
import { addFleet, type FleetAccount, writeFleet } from './accounts.ts';
import { type Ports, startFront } from './front.ts';

/** As it is installed: what runs from source has the compiler in its memory too. Needs `npm run build`. */
const PILOTWIRE = fileURLToPath(new URL('../../../packages/cli/bin/pilotwire.js', import.meta.url));
/** The machine may have others to look after. Milliseconds. */
const NODE_WITHIN_MS = 120_000;

/** A running engine. */
export interface Engine {
	readonly name: string;
	/** What is charged to it, by ids of processes. */
	readonly pids: readonly number[];
	/** Its Redis among them, where it has one. */
	readonly redis: number | undefined;
	/** Words for the generator: where homes and reader connect, and as whom. */
	readonly reach: readonly string[];
	stop(): Promise<void>;
}

/** Pilotwire's broker, alone. */
export async function startEmbedded(folder: string, homes: number): Promise<Engine> {
	const dataDir = join(folder, 'data');
	mkdirSync(dataDir, { recursive: true });
	const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
	const file = join(folder, 'accounts');
	writeFleet(file, await addFleet(accounts, homes));
	await accounts.close();
	const node = await startNode(join(folder, 'node'), { dataDir });
	return engine('embedded', { processes: [node.process] }, [node.ports], file);
}

/** So many of Pilotwire's brokers over one Redis, kept as docker-compose.yml keeps it; several stand behind nginx. */
export async function startCluster(nodes: number, folder: string, homes: number): Promise<Engine> {
	mkdirSync(folder, { recursive: true });
	const url = join(folder, 'redis.sock');
	const redis = startOn('broker', [
		...['redis-server', '--port', '0', '--unixsocket', url, '--dir', folder],
		...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--daemonize', 'no'],
	]);
	await redis.line('ready to accept connections', { withinMs: START_WITHIN_MS });
	const path = join(folder, 'accounts.db');
	const accounts = await Accounts.open({ path, redis: { url }, log: silentLog, clock: systemClock });
	const file = join(folder, 'accounts');
	writeFleet(file, await addFleet(accounts, homes));
	await accounts.close();
	const started: Node[] = [];
	for (let number = 1; number <= nodes; number += 1) {
		const cluster = { url, node: `node-${number}` };
		const broker = { cluster, ...(nodes > 1 ? { trustProxy: [HOST] } : {}) };
		started.push(await startNode(join(folder, cluster.node), { dataDir: join(folder, 'data'), broker }));
	}
	const ports = started.map((node) => node.ports);
	const front = nodes > 1 ? await startFront(join(folder, 'nginx'), ports) : undefined;
	const processes = [redis, ...started.map(({ process }) => process), ...(front === undefined ? [] : [front.process])];
	const charged = { processes, redis: redis.pid, more: front?.pids ?? [] };
	return engine(`cluster of ${nodes}`, charged, front === undefined ? ports : [front.ports], file);
}

/** Debian's Mosquitto. */
export async function startMosquittoEngine(folder: string, homes: number): Promise<Engine> {
	mkdirSync(folder, { recursive: true });
	let count = 0;
	const secret = async () => ({ secret: `a-machine-secret-of-forty-three-chars-${String(count++).padStart(5, '0')}` });
	const fleet = await addFleet({ addHouseAccount: secret }, homes);
	const file = join(folder, 'accounts');
	writeFleet(file, fleet);
	const [passwords, rights, config] = ['passwords', 'rights', 'mosquitto.conf'].map((name) => join(folder, name)) as [
		string,
		string,
		string,
	];
	const lines = (of: (account: FleetAccount) => string): string => `${fleet.map(of).join('\n')}\n`;
	const password = ({ principal, secret: one }: FleetAccount) =>
		mosquittoPassword(principal.name, one, { chosen: false });
	writeFileSync(passwords, lines(password), { mode: 0o600 });
	const rightsOf = ({ principal }: FleetAccount) =>
		mosquittoRights(principal.name, filtersOf('engine', principal)).join('\n');
	writeFileSync(rights, lines(rightsOf), { mode: 0o600 });
	const ports = { tcp: String(await freePort()), ws: String(await freePort()) };
	const settings = [
		...[`listener ${ports.tcp} ${HOST}`, `listener ${ports.ws} ${HOST}`, 'protocol websockets'],
		...['allow_anonymous false', `password_file ${passwords}`, `acl_file ${rights}`, 'set_tcp_nodelay true'],
		...['persistence true', `persistence_location ${folder}/`, 'log_dest stderr'],
		// Started by root, it would become another user, who may not read this folder.
		...(process.getuid?.() === 0 ? ['user root'] : []),
	];
	writeFileSync(config, `${settings.join('\n')}\n`);
	const broker = startOn('broker', [MOSQUITTO, '-c', config]);
	await broker.line(/mosquitto version .* running/, { withinMs: START_WITHIN_MS });
	return engine('Mosquitto', { processes: [broker] }, [ports], file);
}

interface Node {
	readonly process: Process;
	readonly ports: Ports;
}

/** One broker with a configuration. */
async function startNode(folder: string, config: object): Promise<Node> {
	mkdirSync(folder, { recursive: true });
	const file = join(folder, 'pilotwire.json');
	const { broker = {}, ...more } = config as { broker?: object };
	const whole = { site: 'engine', ...more, broker: { host: HOST, port: 0, wsPort: 0, ...broker } };
	writeFileSync(file, JSON.stringify(whole));
	const command = [PILOTWIRE, 'broker', '--config', file];
	const started = startOn('broker', [process.execPath, ...optionsOfCommand(), ...command]);
	const { text } = await started.line('Broker listens', { withinMs: NODE_WITHIN_MS });
	const [, tcp = '', ws = ''] = /TCP (\d+), WebSocket (\d+)/.exec(text) ?? [];
	return { process: started, ports: { tcp, ws } };
}

interface Charged {
	readonly processes: readonly Process[];
	readonly redis?: number;
	/** Processes that these have begun. */
	readonly more?: readonly number[];
}

function engine(
	name: string,
	{ processes, redis, more = [] }: Charged,
	ports: readonly Ports[],
	accounts: string,
): Engine {
	const pids = [...new Set([...processes.map(({ pid }) => pid), ...more])];
	return {
		...{ name, pids, redis },
		reach: [
			...['--ports', ports.map(({ tcp }) => tcp).join(','), '--ws-port', ports[0]?.ws ?? ''],
			...['--accounts', accounts, '--watch', pids.join(',')],
		],
		stop: async () => {
			for (const one of [...processes].reverse()) await one.kill('SIGTERM').catch(() => one.kill());
		},
	};
}

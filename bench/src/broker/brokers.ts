// The brokers that are measured, each a process of its own, with accounts, rights and persistence on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { MOSQUITTO } from '@pilotwire/test/parts';
import type { Process } from '@pilotwire/test/processes';
import { startGenerator, startOn } from './generator.ts';

export const HOST = '127.0.0.1';
export const START_WITHIN_MS = 30_000;
/** A device; both brokers give it its own branch, `load/#`. */
const ACCOUNT = 'load';

export type Transport = 'TCP' | 'WebSocket';

/** A running broker. */
export interface Target {
	readonly process: Process;
	/** Words for the generator: where to connect, and as whom. */
	reach(transport: Transport): string[];
	stop(): Promise<void>;
}

/** Node's words for a program that collects its garbage when asked (SIGUSR2), and for one that runs from source. */
const collecting = ['--expose-gc', '--import', new URL('./collect.js', import.meta.url).pathname];
const fromSource = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'];

/** Pilotwire's broker as `pilotwire broker` runs it. `nodeOptions`: such as a profile's. */
export async function startOurs(folder: string, nodeOptions: readonly string[] = []): Promise<Target> {
	const dataDir = join(folder, 'data');
	mkdirSync(dataDir, { recursive: true });
	const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
	const { secret } = await accounts.addMachine('device', ACCOUNT);
	await accounts.close();
	const config = join(folder, 'pilotwire.yaml');
	writeFileSync(config, JSON.stringify({ broker: { host: HOST, port: 0, wsPort: 0 }, dataDir }));
	const command = ['packages/cli/src/main.ts', 'broker', '--config', config];
	const words = [process.execPath, ...optionsOfCommand(), ...collecting, ...nodeOptions, ...fromSource, ...command];
	const broker = startOn('broker', words);
	const { text } = await broker.line('Broker listens', { withinMs: START_WITHIN_MS });
	const [, tcp = '', ws = ''] = /TCP (\d+), WebSocket (\d+)/.exec(text) ?? [];
	return target(broker, { TCP: tcp, WebSocket: ws }, secret);
}

/** Debian's Mosquitto. */
export async function startMosquitto(folder: string): Promise<Target> {
	mkdirSync(folder, { recursive: true });
	const [tcp, ws] = [await freePort(), await freePort()];
	const secret = 'a-machine-secret-of-forty-three-characters-';
	const [passwords, rights, config] = ['passwords', 'rights', 'mosquitto.conf'].map((name) => join(folder, name)) as [
		string,
		string,
		string,
	];
	writeFileSync(passwords, '', { mode: 0o600 });
	const { status, stderr } = spawnSync('mosquitto_passwd', ['-b', passwords, ACCOUNT, secret], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`mosquitto_passwd ended with ${status}: ${stderr}`);
	writeFileSync(rights, `user ${ACCOUNT}\ntopic readwrite ${ACCOUNT}/#\n`, { mode: 0o600 });
	const lines = [
		...[`listener ${tcp} ${HOST}`, `listener ${ws} ${HOST}`, 'protocol websockets'],
		...['allow_anonymous false', `password_file ${passwords}`, `acl_file ${rights}`],
		...['persistence true', `persistence_location ${folder}/`, 'log_dest stderr', 'set_tcp_nodelay true'],
		// As many as the publishers have on their way: with the default of 20 it would wait for acknowledgements.
		'max_inflight_messages 100',
		// Started by root, it would become another user, who may not read this folder.
		...(process.getuid?.() === 0 ? ['user root'] : []),
	];
	writeFileSync(config, `${lines.join('\n')}\n`);
	const broker = startOn('broker', [MOSQUITTO, '-c', config]);
	await broker.line(/mosquitto version .* running/, { withinMs: START_WITHIN_MS });
	return target(broker, { TCP: String(tcp), WebSocket: String(ws) }, secret);
}

/** Aedes alone, on plain sockets. */
export async function startAedes(): Promise<Target> {
	const script = new URL('./aedes.js', import.meta.url).pathname;
	const broker = startOn('broker', [process.execPath, ...collecting, script]);
	const port = await portOf(broker);
	return target(broker, { TCP: port, WebSocket: port }, '');
}

/** The generator's other end, instead of a broker. */
export async function startForward(transport: Transport): Promise<Target> {
	const end = startGenerator(['forward', ...(transport === 'TCP' ? [] : ['--ws'])], 'broker');
	const port = await portOf(end);
	return target(end, { TCP: port, WebSocket: port }, '');
}

/** What the command `pilotwire` gives to node, by its first line: `#!/usr/bin/env -S node --option`. */
export function optionsOfCommand(): string[] {
	const file = new URL('../../../packages/cli/bin/pilotwire.js', import.meta.url);
	const [first = ''] = readFileSync(file, 'utf8').split('\n');
	return first.split(' ').filter((word) => word.startsWith('--'));
}

async function portOf(process: Process): Promise<string> {
	const { text } = await process.line(/^port \d+/, { withinMs: START_WITHIN_MS });
	return text.split(' ')[1] ?? '';
}

function target(process: Process, ports: Readonly<Record<Transport, string>>, secret: string): Target {
	const account = secret === '' ? [] : ['--user', ACCOUNT, '--password', secret];
	return {
		process,
		reach: (transport) => [
			...['--port', ports[transport], ...(transport === 'TCP' ? [] : ['--ws'])],
			...['--topic', `${ACCOUNT}/bench`, '--watch', String(process.pid), ...account],
		],
		stop: async () => {
			await process.kill('SIGTERM').catch(() => process.kill());
		},
	};
}

/** A port that nobody has at this moment. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen({ host: HOST, port: 0 }, () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
		});
	});
}

// nginx before the nodes of a cluster, by the file that is installed: deploy/nginx/cluster.conf, without its encryption.
import { join } from 'node:path';
import { type Change, Nginx } from '@pilotwire/test/nginx';
import type { Process } from '@pilotwire/test/processes';
import { freePort, HOST, START_WITHIN_MS } from '../broker/brokers.ts';
import { startOn } from '../broker/generator.ts';

/** Where a broker, or what stands before it, listens. */
export interface Ports {
	readonly tcp: string;
	readonly ws: string;
}

/** A running nginx. */
export interface Front {
	readonly process: Process;
	/** What is charged to it: it works in a process of its own. */
	readonly pids: readonly number[];
	readonly ports: Ports;
}

/** Spreads connections over these nodes. `folder`: an empty one. The nodes must believe what it says of who comes. */
export async function startFront(folder: string, nodes: readonly Ports[]): Promise<Front> {
	const ports = { tcp: String(await freePort()), ws: String(await freePort()) };
	const server = new Nginx(folder);
	const places = (port: 'tcp' | 'ws'): string => nodes.map((node) => `server ${HOST}:${node[port]};`).join('\n\t\t');
	const upstream = (standard: number, port: 'tcp' | 'ws'): Change[] => [
		[new RegExp(`server broker-1:${standard}.*`, 'g'), places(port)],
		[new RegExp(`server broker-2:${standard}.*`, 'g'), ''],
	];
	server.place('cluster.conf', 'nginx.conf', [
		...upstream(1883, 'tcp'),
		...upstream(9001, 'ws'),
		['worker_processes auto;', server.own],
		['access_log off;', `access_log off;\n${server.places}`],
		['listen 8883 ssl', `listen ${HOST}:${ports.tcp}`],
		['listen 443 ssl', `listen ${HOST}:${ports.ws}`],
		[/^\s*(ssl_|limit_|add_header Strict).*$/gm, ''],
	]);
	const started = startOn('broker', [join(folder, 'bin', 'nginx')]);
	const { text } = await started.line('start worker process ', { withinMs: START_WITHIN_MS });
	const worker = Number(/start worker process (\d+)/.exec(text)?.[1]);
	return { process: started, pids: [started.pid, worker], ports };
}

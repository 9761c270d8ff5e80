// nginx in front of several brokers, by deploy/nginx/cluster.conf: who is where, and what happens when one is gone.
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { hashSecret } from '@pilotwire/accounts';
import { Broker } from '@pilotwire/broker';
import { createLog, systemClock } from '@pilotwire/runtime';
import { expect } from 'chai';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { type Change, Nginx, nginx } from '../support/nginx.ts';
import { makeAuthority, openssl } from '../support/openssl.ts';
import { need } from '../support/parts.ts';
import { noProcessLeft } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HOST = '127.0.11.2';
const NAME = 'brokers.example.org';
const [MQTTS, WSS] = [8883, 8443];

/** A broker, and where it believes its clients to be. */
class Node {
	readonly from: string[] = [];
	readonly broker: Broker;

	constructor() {
		const stream = new Writable({
			write: (chunk: Buffer, _encoding, done) => {
				const { audit, from } = JSON.parse(chunk.toString()) as { audit?: string; from: string };
				if (audit === 'signed_in') this.from.push(from);
				done();
			},
		});
		this.broker = new Broker({
			...{ host: HOST, port: 0, wsPort: 0, sysIntervalS: 0, trustProxy: ['127.0.0.0/8'], clock: systemClock },
			log: createLog({ level: 'info', format: 'json' }, stream),
			accounts: [{ principal: { kind: 'device', name: 'box' }, secretHash: hashSecret('secret') }],
		});
	}

	port(over: 'tcp' | 'ws'): number {
		return this.broker.addresses()?.[over]?.port ?? 0;
	}
}

describe('deploy/nginx/cluster.conf', function () {
	this.timeout(90_000);
	const folder = temporaryDirectory('suite');
	noProcessLeft('suite');
	const nodes = [new Node(), new Node()] as const;
	const clients: MqttClient[] = [];
	let ca: Buffer;
	let server: Nginx | undefined;

	before(async function () {
		need(this, nginx, openssl);
		const authority = makeAuthority(folder.path);
		const tls = join(folder.path, 'tls');
		mkdirSync(tls);
		authority.issue(NAME, tls);
		ca = readFileSync(authority.caFile);
		for (const { broker } of nodes) await broker.start();
		server = new Nginx(join(folder.path, 'nginx'));
		const upstreams = nodes.flatMap((node, index): Change[] => [
			[`broker-${index + 1}:1883`, `${HOST}:${node.port('tcp')}`],
			[`broker-${index + 1}:9001`, `${HOST}:${node.port('ws')}`],
		]);
		server.place('cluster.conf', 'nginx.conf', [
			...upstreams,
			['worker_processes auto;', server.own],
			[/^worker_rlimit_nofile.*$/gm, ''],
			['worker_connections 16384', 'worker_connections 256'],
			['access_log off;', `access_log off;\n${server.places}`],
			['listen 8883', `listen ${HOST}:${MQTTS}`],
			['listen 443', `listen ${HOST}:${WSS}`],
			['/etc/nginx/tls', tls],
		]);
		await server.start();
	});
	afterEach(() => Promise.all(clients.splice(0).map((client) => client.endAsync(true))));
	after(async () => {
		await server?.stop();
		for (const { broker } of nodes) await broker.stop();
	});

	const enter = async (options: IClientOptions, localAddress: string): Promise<void> => {
		const who = { username: 'box', password: 'secret', reconnectPeriod: 0, connectTimeout: 60_000 };
		// Over WebSocket the options go to its library.
		const socket = { host: HOST, servername: NAME, ca, localAddress, agent: false };
		const client = connect({ ...who, ...socket, ...options, wsOptions: socket } as IClientOptions);
		clients.push(client);
		client.on('error', () => {});
		await new Promise<void>((resolve, reject) => {
			client.once('connect', () => resolve());
			client.once('close', () => reject(new Error('closed')));
		});
	};
	const overTls = { protocol: 'mqtts', port: MQTTS } as const;
	const overWebSocket = { protocol: 'wss', port: WSS, path: '/mqtt' } as const;
	const addresses = ({ from }: Node): string[] => from.map((address) => address.slice(0, address.lastIndexOf(':')));

	it('spreads clients over the nodes, over TLS and secure WebSocket, and says where each one is', async () => {
		for (const options of [overTls, overWebSocket]) {
			for (const node of nodes) node.from.length = 0;
			for (const from of ['127.0.11.21', '127.0.11.22', '127.0.11.23', '127.0.11.24']) await enter(options, from);
			expect(
				nodes.map(({ from }) => from.length),
				options.protocol,
			).to.deep.equal([2, 2]);
			expect(nodes.flatMap(addresses)).to.have.members(['127.0.11.21', '127.0.11.22', '127.0.11.23', '127.0.11.24']);
		}
	});

	it('lets everybody in at the next try where a node turns all of them away', async () => {
		const [first] = nodes;
		const port = first.port('tcp');
		await first.broker.stop();
		const refusing = createServer((socket) => socket.destroy()).listen(port, HOST);
		await once(refusing, 'listening');
		try {
			for (let client = 0; client < 4; client += 1) {
				const isIn = await enter(overTls, '127.0.11.26').then(
					() => true,
					() => false,
				);
				if (!isIn) await enter(overTls, '127.0.11.26');
			}
		} finally {
			refusing.close();
			await once(refusing, 'close');
		}
	});

	it('takes everybody to the others where a node is gone', async () => {
		const [, second] = nodes;
		second.from.length = 0;
		for (const options of [overTls, overTls, overWebSocket, overWebSocket]) await enter(options, '127.0.11.25');
		expect(addresses(second)).to.deep.equal(Array(4).fill('127.0.11.25'));
	});
});

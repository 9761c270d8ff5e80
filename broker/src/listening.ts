import type { Server } from 'node:net';
import { messageOf } from '@pilotwire/runtime';
import type { ListenSetting } from './errors.ts';
import { type Address, listen, type OnConnection, stopListening, tcpListener, wsListener } from './io/listeners.ts';
import { readTlsFiles } from './io/tls-files.ts';
import type { BrokerOptions, Limits } from './options.ts';

/** Where the broker listens: the first two unless it has TLS only, the last two where TLS is configured. */
export interface Addresses {
	readonly tcp?: Address;
	readonly ws?: Address;
	readonly tls?: Address;
	readonly wss?: Address;
}

interface Listener {
	readonly name: keyof Addresses;
	readonly server: Server;
	readonly port: number;
	readonly setting: ListenSetting;
}

/** The ports of a broker. */
export class Listening {
	#listeners: Listener[] = [];

	/** Opens all that is configured. Throws `BROKER_*`; what is open then is closed by `stop`. */
	async start(options: BrokerOptions, limits: Limits, onConnection: OnConnection): Promise<Addresses> {
		const { host = '127.0.0.1', log } = options;
		this.#listeners = listenersOf(options, limits, onConnection);
		const addresses: Partial<Record<keyof Addresses, Address>> = {};
		for (const { name, server, port, setting } of this.#listeners) {
			addresses[name] = await listen(server, host, port, setting);
			server.on('error', (error) => log.error({ err: error }, `Broker listener: ${messageOf(error)}`));
		}
		return addresses;
	}

	/** Takes no more connections; resolves when all are gone. */
	async stop(): Promise<void> {
		const closing = this.#listeners.map(({ server }) => stopListening(server));
		this.#listeners = [];
		await Promise.all(closing);
	}
}

function listenersOf(options: BrokerOptions, limits: Limits, onConnection: OnConnection): Listener[] {
	const { port = 1883, wsPort = 9001, tls, onlyTls = false } = options;
	const plain = (): Listener[] => [
		{ name: 'tcp', server: tcpListener(onConnection, limits), port, setting: 'port' },
		{ name: 'ws', server: wsListener(onConnection, limits), port: wsPort, setting: 'wsPort' },
	];
	if (tls === undefined) return plain();
	const identity = readTlsFiles(tls);
	return [
		...(onlyTls ? [] : plain()),
		{ name: 'tls', server: tcpListener(onConnection, limits, identity), port: tls.port, setting: 'tls.port' },
		{ name: 'wss', server: wsListener(onConnection, limits, identity), port: tls.wsPort, setting: 'tls.wsPort' },
	];
}

import type { Server } from 'node:net';
import { followTls, messageOf, type Timer, type TlsIdentity } from '@pilotwire/runtime';
import type { ListenSetting } from './errors.ts';
import {
	type Address,
	listen,
	type OnConnection,
	type PortParts,
	showIdentity,
	stopListening,
	tcpListener,
	wsListener,
} from './io/listeners.ts';
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
	#renewals: Timer | undefined;

	/** Opens all that is configured. Throws `BROKER_*`; what is open then is closed by `stop`. */
	async start(options: BrokerOptions, limits: Limits, onConnection: OnConnection): Promise<Addresses> {
		const { host = '127.0.0.1', log, trustProxy = [], tls } = options;
		const identity = tls === undefined ? undefined : readTlsFiles(tls);
		this.#listeners = listenersOf(options, { onConnection, limits, trustProxy, log }, identity);
		const addresses: Partial<Record<keyof Addresses, Address>> = {};
		for (const { name, server, port, setting } of this.#listeners) {
			addresses[name] = await listen(server, host, port, setting);
			server.on('error', (error) => log.error({ err: error }, `Broker listener: ${messageOf(error)}`));
		}
		this.#followRenewals(options, identity);
		return addresses;
	}

	/** Takes no more connections; resolves when all are gone. */
	async stop(): Promise<void> {
		this.#renewals?.cancel();
		const closing = this.#listeners.map(({ server }) => stopListening(server));
		this.#listeners = [];
		await Promise.all(closing);
	}

	/** A certificate that is renewed while the broker runs is shown from then on. */
	#followRenewals({ tls, clock, log }: BrokerOptions, identity: TlsIdentity | undefined): void {
		if (tls === undefined || identity === undefined) return;
		const secure = this.#listeners.filter(({ name }) => name === 'tls' || name === 'wss');
		const take = (renewed: TlsIdentity): void => {
			for (const { server } of secure) showIdentity(server, renewed);
		};
		this.#renewals = followTls(tls, identity, { clock, log, take });
	}
}

function listenersOf(options: BrokerOptions, parts: PortParts, identity: TlsIdentity | undefined): Listener[] {
	const { port = 1883, wsPort = 9001, tls, onlyTls = false } = options;
	const plain = (): Listener[] => [
		{ name: 'tcp', server: tcpListener(parts), port, setting: 'port' },
		{ name: 'ws', server: wsListener(parts), port: wsPort, setting: 'wsPort' },
	];
	if (tls === undefined || identity === undefined) return plain();
	return [
		...(onlyTls ? [] : plain()),
		{ name: 'tls', server: tcpListener(parts, identity), port: tls.port, setting: 'tls.port' },
		{ name: 'wss', server: wsListener(parts, identity), port: tls.wsPort, setting: 'tls.wsPort' },
	];
}

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';

const defaultPorts: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 };

/** Opens a connection to the broker; `ready` is called once bytes can pass. Failures come as `error` and `close`. */
export function connectBroker(url: string, ready: () => void): Duplex {
	const { protocol, hostname, port } = new URL(url);
	if (protocol === 'ws:' || protocol === 'wss:') {
		const ws = new WebSocket(url, 'mqtt', { perMessageDeflate: false });
		ws.once('open', ready);
		return createWebSocketStream(ws);
	}
	const host = hostname.replace(/^\[|\]$/g, '');
	const address = { host, port: port === '' ? (defaultPorts[protocol] ?? 1883) : Number(port) };
	const socket: Socket =
		protocol === 'mqtts:'
			? connectTls({ ...address, ...(isIP(host) === 0 ? { servername: host } : {}) }, ready)
			: connectTcp(address, ready);
	socket.setNoDelay(true);
	return socket;
}

// One connection to a broker over WebSocket: what is loaded beside the page, with the MQTT client.
import { type IClientOptions, type IStream, MqttClient } from 'mqtt';
import type { Listener } from '../core/connection.ts';
import type { BusAddress } from './mqtt.ts';
import { SocketStream } from './socket-stream.ts';

const options: IClientOptions = {
	// Version 3 has no word for a publish that the broker refused.
	protocolVersion: 5,
	clean: true,
	keepalive: 20,
	// The other kind of timer is a worker made of a blob, which the page's policy refuses.
	timerVariant: 'native',
	connectTimeout: 9_000,
	// One client is one connection: the page makes a new one, so that nothing an old one held is ever sent late.
	reconnectPeriod: 0,
	queueQoSZero: false,
	// Else it makes 65,536 numbers in advance.
	writeCache: false,
	resubscribe: false,
};

/** CONNACK's reason codes (MQTT 5, 3.2.2.2). */
const BAD_PASSWORD = 134;
const NOT_AUTHORISED = 135;

/** Connects; the result gives the connection up. */
export function connect(address: BusAddress, listener: Listener): () => void {
	// Of a stream, the client uses what a SocketStream has.
	const stream = () => new SocketStream(address.url) as unknown as IStream;
	const client = new MqttClient(stream, { ...options, ...address.account, clientId: address.clientId });
	attach(client, address, listener);
	return () => client.end(true);
}

function attach(client: MqttClient, { filters }: BusAddress, listener: Listener): void {
	let down = false;
	const gone = (error?: Error): void => {
		if (down) return;
		down = true;
		client.end(true);
		const code = error !== undefined && 'code' in error ? error.code : undefined;
		if (code === BAD_PASSWORD || code === NOT_AUTHORISED) listener.down('refused');
		else listener.down();
	};
	client.on('message', (topic, payload, packet) => listener.message({ topic, payload, retained: packet.retain }));
	client.on('error', gone);
	client.on('close', () => gone());
	client.on('connect', () => {
		if (filters.length > 0) client.subscribe([...filters], { qos: 0 });
		listener.up({
			publish: async (topic, payload) => {
				if (!client.connected) throw new Error('not connected');
				// Of a Buffer, the client uses what every array of bytes has.
				await client.publishAsync(topic, payload as string, { qos: 1, retain: false });
			},
			// What is said in a channel comes once, and must not be left out where the page is slow.
			subscribe: (filter) => void client.subscribe(filter, { qos: filter.startsWith('channels/') ? 1 : 0 }),
			unsubscribe: (filter) => void client.unsubscribe(filter),
			close: () => client.end(true),
		});
	});
}

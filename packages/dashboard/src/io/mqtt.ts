// The bus over WebSocket, on the page's own origin. The MQTT client is loaded beside the page: no paint waits for it.
import type { IClientOptions, MqttClient } from 'mqtt';
import type { Listener, Opener } from '../core/connection.ts';

/** What every connection of this page uses. */
export interface BusAddress {
	readonly url: string;
	readonly clientId: string;
	/** Topic filters subscribed to as soon as it is up. */
	readonly filters: readonly string[];
}

const options: IClientOptions = {
	protocolVersion: 4,
	clean: true,
	keepalive: 20,
	// The other kind of timer is a worker made of a blob, which the page's policy refuses.
	timerVariant: 'native',
	connectTimeout: 9_000,
	// One client is one connection: the page makes a new one, so that nothing an old one held is ever sent late.
	reconnectPeriod: 0,
	queueQoSZero: false,
	resubscribe: false,
};

/** Opens connections to a broker; the client's code is fetched at the first. */
export function mqttOpener(address: BusAddress): Opener {
	return (listener) => {
		let client: MqttClient | undefined;
		let abandoned = false;
		const load = async (): Promise<void> => {
			const { default: mqtt } = await import('mqtt');
			if (abandoned) return;
			client = mqtt.connect(address.url, { ...options, clientId: address.clientId });
			attach(client, address, listener);
		};
		load().catch(() => {
			if (!abandoned) listener.down();
		});
		return () => {
			abandoned = true;
			client?.end(true);
		};
	};
}

function attach(client: MqttClient, { filters }: BusAddress, listener: Listener): void {
	let down = false;
	const gone = (): void => {
		if (down) return;
		down = true;
		client.end(true);
		listener.down();
	};
	client.on('message', (topic, payload, packet) => listener.message({ topic, payload, retained: packet.retain }));
	client.on('error', gone);
	client.on('close', gone);
	client.on('connect', () => {
		client.subscribe([...filters], { qos: 0 });
		listener.up({
			publish: async (topic, payload) => {
				if (!client.connected) throw new Error('not connected');
				await client.publishAsync(topic, payload, { qos: 1, retain: false });
			},
			close: () => client.end(true),
		});
	});
}

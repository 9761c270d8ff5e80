import { proxySetting } from '@pilotwire/runtime';
import * as z from 'zod';

const portSetting = z.int().min(0).max(65535, 'a TCP port, 0 to 65535 (0 takes a free one)');

/** The configuration section that device-gateway owns: the service is there where the section is. */
export const deviceGatewaySections = {
	deviceGateway: z
		.strictObject({
			host: z
				.string()
				.min(1)
				.default('0.0.0.0')
				.describe('Address to listen at; devices come over the network, so that the default is all of them.'),
			port: portSetting.default(8765).describe('TCP port of the plain WebSocket.'),
			tls: z
				.strictObject({
					certFile: z.string().min(1).describe('PEM file of the certificate, followed by those it is signed by.'),
					keyFile: z.string().min(1).describe('PEM file of its private key.'),
					port: portSetting.default(8766).describe('TCP port of the secure WebSocket.'),
				})
				.optional()
				.describe('Listens for secure WebSockets as well.'),
			trustProxy: z
				.array(proxySetting)
				.default([])
				.describe('Addresses of reverse proxies whose X-Forwarded-For is believed.'),
			pingS: z
				.int()
				.min(2)
				.max(600)
				.default(20)
				.describe('A device is pinged this often, s; one that gave no sign of life since the last time is offline.'),
			authTimeoutS: z
				.int()
				.min(1)
				.max(120)
				.default(10)
				.describe('A connection that has not signed in after this time is closed, s.'),
			maxMessageBytes: z
				.int()
				.min(256)
				.max(1_048_576)
				.default(16_384)
				.describe('A longer message closes the connection, bytes.'),
			maxMessagesPerS: z
				.int()
				.min(1)
				.max(1_000)
				.default(20)
				.describe('A device that says more is read no faster than this, messages a second.'),
			maxDevices: z.int().min(1).max(20_000).default(2_500).describe('Connections at once.'),
		})
		.optional()
		.describe('Devices that speak JSON over WebSocket. Without this section nothing listens for them.'),
};

/** The section as its schema reads it. */
export type DeviceGatewaySection = NonNullable<z.output<typeof deviceGatewaySections.deviceGateway>>;

/** What device-gateway is given. */
export interface DeviceGatewayConfig {
	readonly deviceGateway: DeviceGatewaySection;
	/** Folder for the marks of the commands that were carried out. */
	readonly dataDir: string;
}

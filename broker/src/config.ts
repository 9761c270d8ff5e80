import { hashSecret, type KnownAccount, roles, serviceNames } from '@pilotwire/accounts';
import { readSecret } from '@pilotwire/runtime';
import * as z from 'zod';

const portSetting = z.int().min(0).max(65535, 'a TCP port, 0 to 65535 (0 takes a free one)');

const accountConfig = z
	.strictObject({
		name: z
			.string()
			.min(1)
			.refine((name) => !serviceNames.includes(name), { error: 'another name: a service of this house has this one' })
			.describe('Name to sign in with.'),
		role: z
			.enum(roles)
			.default('resident')
			.describe('What it may do: `viewer` reads the house, `resident` gives orders too, `admin` everything.'),
		password: z.string().min(1).optional().describe('Its password; better in passwordFile.'),
		passwordFile: z.string().min(1).optional().describe('File that holds the password.'),
	})
	.refine((account) => (account.password === undefined) !== (account.passwordFile === undefined), {
		error: 'either password or passwordFile',
	});

/** Section `broker` of the configuration: the embedded MQTT broker. */
export const brokerConfig = z.strictObject({
	host: z.string().min(1).default('127.0.0.1').describe('Address to listen at; 0.0.0.0 opens it to the network.'),
	port: portSetting.default(1883).describe('TCP port.'),
	wsPort: portSetting.default(9001).describe('WebSocket port.'),
	tls: z
		.strictObject({
			certFile: z.string().min(1).describe('PEM file of the certificate, followed by those it is signed by.'),
			keyFile: z.string().min(1).describe('PEM file of its private key.'),
			port: portSetting.default(8883).describe('Port of MQTT over TLS.'),
			wsPort: portSetting.default(8884).describe('Port of MQTT over secure WebSocket.'),
		})
		.optional()
		.describe('Serves MQTT over TLS and secure WebSocket as well.'),
	sysIntervalS: z
		.int()
		.min(0)
		.max(3600)
		.default(10)
		.describe('Between two messages to the `$SYS` topics, s; 0: there are none.'),
	anonymous: z.boolean().default(false).describe('Let in clients that give neither name nor password.'),
	anonymousRole: z
		.enum(roles)
		.default('viewer')
		.describe('What these may do. Anybody who reaches the port has this role: more than `viewer` suits a test only.'),
	accounts: z
		.array(accountConfig)
		.default([])
		.refine((accounts) => new Set(accounts.map(({ name }) => name)).size === accounts.length, {
			error: 'each account name once',
		})
		.describe('Accounts for Home Assistant, MQTT Explorer and other clients.'),
});

/** The configuration as `brokerConfig` reads it. */
export type BrokerConfig = z.output<typeof brokerConfig>;

/** The configured accounts, hashed, with secrets read from their files. Throws `SECRET_UNREADABLE`. */
export function configuredAccounts(config: Pick<BrokerConfig, 'accounts'>): KnownAccount[] {
	return config.accounts.map((account) => ({
		principal: { kind: 'person', name: account.name, role: account.role },
		secretHash: hashSecret(readSecret(account) ?? ''),
	}));
}

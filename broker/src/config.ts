import { readSecret } from '@pilotwire/runtime';
import * as z from 'zod';
import { hashSecret } from './accounts.ts';
import type { Account } from './options.ts';

const portSetting = z.int().min(0).max(65535, 'a TCP port, 0 to 65535 (0 takes a free one)');

const accountConfig = z
	.strictObject({
		name: z.string().min(1).describe('Name to sign in with.'),
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
	anonymous: z.boolean().default(false).describe('Let in clients that give neither name nor password.'),
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
export function configuredAccounts(config: Pick<BrokerConfig, 'accounts'>): Account[] {
	return config.accounts.map((account) => ({
		name: account.name,
		secretHash: hashSecret(readSecret(account) ?? ''),
	}));
}

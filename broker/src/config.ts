import type { KnownAccount } from '@pilotwire/accounts';
import { hashSecret, roles, serviceNames } from '@pilotwire/accounts/rules';
import { proxySetting, readSecret } from '@pilotwire/runtime';
import * as z from 'zod';
import type { ChannelBounds } from './channels/bounds.ts';
import type { ClusterOptions } from './options.ts';

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

const count = z.int().min(1);
const KiB = 1024;
const MiB = 1024 * KiB;

const channelsConfig = z
	.strictObject({
		maxChannels: count.default(1000).describe('Channels at once.'),
		maxMembers: count.default(100).describe('Members of one channel.'),
		maxPerAddress: count
			.default(100)
			.describe("Memberships, of all channels together, that one other machine's address may have."),
		maxPayloadBytes: count
			.max(4 * MiB - 2 * KiB)
			.default(256 * KiB)
			.describe('Longest payload, bytes.'),
		maxBytesInFlight: count
			.default(MiB)
			.describe(
				'Bytes that one member may have under way in a channel: beyond it its acknowledgements wait until others have taken theirs; twice as many are refused.',
			),
		maxBytesInFlightInAll: count
			.default(64 * MiB)
			.describe('The same for all members of all channels together, bytes.'),
		messagesPerS: count
			.default(500)
			.describe(
				'Messages a second of one address, of one account on this machine; who sends more is read more slowly.',
			),
		bytesPerS: count.default(16 * MiB).describe('Bytes a second of their payloads, kept to in the same way.'),
	})
	.refine(({ maxPayloadBytes, maxBytesInFlight }) => maxPayloadBytes <= maxBytesInFlight, {
		path: ['maxPayloadBytes'],
		error: 'at most maxBytesInFlight',
	})
	.refine(({ maxBytesInFlight, maxBytesInFlightInAll }) => maxBytesInFlight <= maxBytesInFlightInAll, {
		path: ['maxBytesInFlight'],
		error: 'at most maxBytesInFlightInAll',
	}) satisfies z.ZodType<ChannelBounds>;

const redisUrl = z
	.string()
	.regex(/^(rediss?:\/\/.|\/)/, 'redis://HOST:PORT, rediss://HOST:PORT for TLS, or the path of a socket');

const clusterParts = z.strictObject({
	url: redisUrl.describe('Its Redis: `redis://HOST:PORT`, `rediss://HOST:PORT` for TLS, or the path of a socket.'),
	password: z.string().min(1).optional().describe('Password of Redis; better in passwordFile.'),
	passwordFile: z.string().min(1).optional().describe('File that holds the password.'),
	node: z.string().min(1).max(64).optional().describe("Name of this node in logs; unless given, the machine's."),
	messages: count
		.min(100)
		.default(20_000)
		.describe('Messages of QoS 1 and 2 of one house that are kept for sessions whose clients are away.'),
	bytes: count
		.min(MiB)
		.default(32 * MiB)
		.describe('What these may take up in Redis, bytes; reckoned from time to time, so a little more for a while.'),
	keptForS: count.default(7 * 86_400).describe('How long they are kept, s.'),
});

const clusterConfig = z.union([redisUrl, clusterParts], {
	error: 'the address of a Redis (redis://HOST:PORT), or an object with its url',
});

/** Section `broker` of the configuration: the embedded MQTT broker. */
const brokerSettings = z.strictObject({
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
	trustProxy: z
		.array(proxySetting)
		.default([])
		.describe(
			'Addresses of proxies whose word on where a client comes from is believed: PROXY protocol on `port`, X-Forwarded-For on `wsPort`.',
		),
	sysIntervalS: z
		.int()
		.min(0)
		.max(3600)
		.default(10)
		.describe('Between two messages to the `$SYS` topics, s; 0: there are none.'),
	anonymous: z.boolean().default(false).describe('Let in clients that give neither name nor password.'),
	anonymousRole: z
		.enum([...roles, 'guest'])
		.default('viewer')
		.describe(
			'What these may do; a `guest` may use channels and nothing else. Anybody who reaches the port has this role: more than `viewer` suits a test only.',
		),
	channels: channelsConfig
		.optional()
		.describe('Lets whoever may use them join channels; `{}` turns them on as they are. Without it there are none.'),
	cluster: clusterConfig
		.optional()
		.describe(
			'Makes this broker one of several that share messages, retained state, sessions and accounts in one Redis: its address, or an object with `url` and what differs.',
		),
	hub: z
		.boolean()
		.default(false)
		.describe(
			'A public server for channels: no accounts, no state on disk, TLS alone; anybody may use channels, and nothing else. Wants tls and channels.',
		),
	accounts: z
		.array(accountConfig)
		.default([])
		.refine((accounts) => new Set(accounts.map(({ name }) => name)).size === accounts.length, {
			error: 'each account name once',
		})
		.describe('Accounts for Home Assistant, MQTT Explorer and other clients.'),
});

/** Section `broker` of the configuration, with what its settings ask of each other. */
export const brokerConfig = brokerSettings
	.refine(({ hub, tls }) => !hub || tls !== undefined, { path: ['tls'], error: 'certFile and keyFile: a hub has TLS' })
	.refine(({ hub, channels }) => !hub || channels !== undefined, {
		path: ['channels'],
		error: 'channels (or channels: {}): a hub has nothing else',
	})
	.refine(({ hub, accounts }) => !hub || accounts.length === 0, {
		path: ['accounts'],
		error: 'none: a hub has no accounts',
	})
	.refine(({ hub, channels, cluster }) => cluster === undefined || (!hub && channels === undefined), {
		path: ['cluster'],
		error: 'none: channels, and a hub, are of one broker alone; give them a broker of their own',
	});

/** The configuration as `brokerConfig` reads it. */
export type BrokerConfig = z.output<typeof brokerConfig>;

/** The cluster that the configured broker is part of, with its secret read. Throws `SECRET_UNREADABLE`. */
export function configuredCluster({ cluster }: Pick<BrokerConfig, 'cluster'>): ClusterOptions | undefined {
	if (cluster === undefined) return undefined;
	const parts = typeof cluster === 'string' ? clusterParts.parse({ url: cluster }) : cluster;
	const { url, node: name, messages, bytes, keptForS } = parts;
	return { url, name, password: readSecret(parts), bounds: { messages, bytes, keptForS } };
}

/** The configured accounts, hashed, with secrets read from their files. Throws `SECRET_UNREADABLE`. */
export function configuredAccounts(config: Pick<BrokerConfig, 'accounts'>): KnownAccount[] {
	return config.accounts.map((account) => ({
		principal: { kind: 'person', name: account.name, role: account.role },
		secretHash: hashSecret(readSecret(account) ?? ''),
	}));
}

import { proxySetting, readSecret } from '@pilotwire/runtime';
import * as z from 'zod';
import type { RoleAccounts } from './core/broker-account.ts';

const originSetting = z
	.string()
	.refine((value) => /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value, {
		error: 'scheme, host and port alone, such as https://home.example.org',
	});

const brokerOriginSetting = z.string().refine(isBrokerOrigin, {
	error: 'scheme, host and port of a broker that speaks WebSocket, such as ws://192.168.1.20:9001',
});

/** Characters that a Content-Security-Policy would read as the end of the origin can't be among these. */
function isBrokerOrigin(value: string): boolean {
	return /^wss?:\/\/[A-Za-z0-9.[\]:-]+$/.test(value) && URL.canParse(value) && new URL(value).pathname === '/';
}

const brokerAccount = z.strictObject({
	username: z.string().min(1).describe('Name of the account.'),
	passwordFile: z.string().min(1).describe('File that holds its password.'),
});

/** The configuration sections that the web service owns. */
export const webSections = {
	web: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether anything is served at all.'),
			dashboard: z
				.boolean()
				.default(true)
				.describe('Whether the pages are served, and signed in to; without them programs with a token alone.'),
			api: z.boolean().default(true).describe('Whether programs with a token may use the API, at /api/v1.'),
			legacyApi: z
				.boolean()
				.default(false)
				.describe('Answers /login, /logout, /send_command and /get_telemetry, for programs of an older gateway.'),
			host: z
				.string()
				.min(1)
				.default('127.0.0.1')
				.describe('Address to listen at; 0.0.0.0 opens it to the network, for phones.'),
			port: z
				.int()
				.min(0)
				.max(65535, 'a TCP port, 0 to 65535 (0 takes a free one)')
				.default(8080)
				.describe('TCP port.'),
			trustProxy: z
				.array(proxySetting)
				.default([])
				.describe('Addresses of reverse proxies whose X-Forwarded-For, -Proto and -Host are believed.'),
			origins: z
				.array(originSetting)
				.default([])
				.describe("Origins, besides the service's own, whose pages may sign in and open /mqtt."),
			otherBrokers: z
				.array(brokerOriginSetting)
				.default([])
				.describe('Brokers of other houses, ws:// or wss://, that the dashboard may watch machines of.'),
			language: z.enum(['fr', 'en']).optional().describe("Language of the dashboard. Default: the browser's."),
			session: z
				.strictObject({
					idleDays: z.number().positive().max(400).default(30).describe('A session not used this long ends, days.'),
					maxDays: z
						.number()
						.positive()
						.max(400)
						.default(180)
						.describe('A session ends after this time whatever its use, days.'),
				})
				.prefault({})
				.describe('How long people stay signed in.'),
			brokerAccounts: z
				.strictObject({
					admin: brokerAccount.optional().describe('Account for administrators.'),
					resident: brokerAccount.optional().describe('Account for residents.'),
					viewer: brokerAccount.optional().describe('Account for people who only look.'),
				})
				.optional()
				.describe('With an outside broker (mqtt.url): its account for each role. A role without one is refused.'),
		})
		.prefault({})
		.describe('The web service: the dashboard, sign-in, MQTT for browsers.'),
};

/** The section as its schema reads it. */
export type WebSection = z.output<typeof webSections.web>;

/** What the web service is given. */
export interface WebConfig extends WebSection {
	/** Name of the home. */
	readonly site: string;
	/** Folder for the sessions, which survive a restart. */
	readonly dataDir: string;
	/** Folder of the built dashboard, with its `index.html`. */
	readonly assets: string;
	readonly broker: {
		/** `mqtt:`, `mqtts:`, `ws:` or `wss:`, such as `mqtt://127.0.0.1:1883`. */
		readonly url: string;
		/** Whether it is the embedded one, which knows people and their tokens. */
		readonly embedded: boolean;
	};
}

/** The outside broker's accounts, passwords read from their files. Throws `SECRET_UNREADABLE`. */
export function roleAccounts({ brokerAccounts = {} }: Pick<WebSection, 'brokerAccounts'>): RoleAccounts {
	return Object.fromEntries(
		Object.entries(brokerAccounts).flatMap(([role, account]) => {
			if (account === undefined) return [];
			const { username, passwordFile } = account;
			return [[role, { username, password: readSecret({ passwordFile }) ?? '' }]];
		}),
	);
}

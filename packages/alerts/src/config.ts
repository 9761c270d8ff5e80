import { type AlertKind, type AlertSeverity, alertKinds, alertSeverities } from '@pilotwire/contract';
import { type Fault, idSetting } from '@pilotwire/runtime';
import * as z from 'zod';
import { defaultRules, type KindRule } from './core/kinds.ts';
import type { QuietSetting } from './core/quiet-hours.ts';
import type { WatchedHouse } from './core/verdicts.ts';
import { languages } from './words/words.ts';

const text = z.string().min(1);
const address = z.email({ error: 'an e-mail address' });
const webAddress = z.url({ protocol: /^https?$/, error: 'an address such as https://ntfy.sh' });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00');
const severities = z
	.array(z.enum(alertSeverities))
	.min(1)
	.default([...alertSeverities])
	.describe('What it tells: alarm (act now), warning (today), info (when there is time).');

const ntfySetting = z.strictObject({
	server: webAddress.default('https://ntfy.sh').describe('Address of the ntfy server.'),
	topic: z
		.string()
		.regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, "_" and "-"')
		.describe('Topic to publish to. On a public server whoever knows it reads along: make it long and random.'),
	token: text.optional().describe('Access token; better in tokenFile.'),
	tokenFile: text.optional().describe('File that holds the access token.'),
	severities,
});

const emailSetting = z.strictObject({
	host: text.describe('Mail server that takes the messages.'),
	security: z
		.enum(['starttls', 'tls', 'none'])
		.default('starttls')
		.describe('`starttls`: begins in the open and must turn to TLS; `tls` from the first byte; `none`: in the open.'),
	port: z.int().min(1).max(65_535).optional().describe('TCP port. Default: 587 (starttls), 465 (tls) or 25 (none).'),
	caFile: text.optional().describe('Certificate of the authority of a mail server of your own, PEM.'),
	username: text.optional().describe('Account there.'),
	password: z.string().optional().describe('Its password; better in passwordFile.'),
	passwordFile: text.optional().describe('File that holds the password.'),
	from: address.optional().describe('Sender. Default: the account, where that is an address; else the first of `to`.'),
	to: z.array(address).min(1).max(10).describe('Who is told.'),
	severities,
});

const webhookSetting = z.strictObject({
	id: idSetting.default('webhook').describe('Name of the channel.'),
	url: webAddress.optional().describe('Address that is posted to; better in urlFile where it holds a secret.'),
	urlFile: text.optional().describe('File that holds the address.'),
	secret: text.optional().describe('Signs what is posted (Standard Webhooks); better in secretFile.'),
	secretFile: text.optional().describe('File that holds the secret.'),
	severities,
});

/** Who carries messages to browsers: Google, Mozilla, Apple, Microsoft. */
const PUSH_SERVICES = [
	'fcm.googleapis.com',
	'push.services.mozilla.com',
	'push.apple.com',
	'notify.windows.com',
] as const;

const pushSetting = z.strictObject({
	enabled: z.boolean().default(true).describe('Whether devices can be told through their browser.'),
	contact: z
		.string()
		.regex(/^(mailto:|https:\/\/)\S+$/, 'mailto: and an address, or an https: address')
		.optional()
		.describe('Whom a push service may write to where something is wrong. Default: the first of email.to.'),
	services: z
		.array(text)
		.default([...PUSH_SERVICES])
		.describe('Hosts of push services, subdomains included: nothing is ever sent elsewhere.'),
	severities,
});

const ruleSetting = z
	.strictObject({
		enabled: z.boolean().default(true).describe('Whether anybody is alerted to it.'),
		severity: z.enum(alertSeverities).optional().describe('How grave it is.'),
		afterS: z.int().min(0).max(604_800).optional().describe('So long it must hold first, s.'),
	})
	.prefault({});

/** The section that alerts own. */
export const alertsSections = {
	alerts: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether the house is watched over.'),
			language: z
				.enum(languages)
				.optional()
				.describe("Language of the messages. Default: the dashboard's (web.language), or English."),
			url: webAddress
				.optional()
				.describe("The dashboard's address from outside: where a tap on a message leads. Default: none."),
			quiet: z
				.strictObject({
					enabled: z.boolean().default(true).describe('Whether there are quiet hours.'),
					from: timeOfDay.default('22:00').describe("When they begin, by the house's clocks."),
					to: timeOfDay.default('07:00').describe('When they end.'),
					passes: z
						.array(z.enum(alertSeverities))
						.default(['alarm'])
						.describe('What people are told all the same. The rest is told in the morning, if it still matters.'),
				})
				.prefault({})
				.describe('When nobody is woken by what can wait.'),
			ntfy: ntfySetting.optional().describe('Messages by ntfy, to its app or page.'),
			email: emailSetting.optional().describe('Messages by e-mail.'),
			webhooks: z.array(webhookSetting).max(10).default([]).describe('Messages as JSON to programs.'),
			push: pushSetting
				.prefault({})
				.describe('Messages by Web Push, to browsers that asked for them on the dashboard.'),
			rules: z
				.strictObject(
					Object.fromEntries(alertKinds.map((kind) => [kind, ruleSetting])) as Record<AlertKind, typeof ruleSetting>,
				)
				.prefault({})
				.describe('Each kind of alert, where it shall be otherwise than by default.'),
		})
		.prefault({})
		.describe('Who is told when something is wrong.'),
};

export type AlertsSection = z.output<typeof alertsSections.alerts>;
export type NtfySetting = z.output<typeof ntfySetting>;
export type EmailSetting = z.output<typeof emailSetting>;
export type WebhookSetting = z.output<typeof webhookSetting>;

/** What the service is given. */
export interface AlertsConfig {
	readonly alerts: AlertsSection;
	/** Folder for what must survive a restart. */
	readonly dataDir: string;
	readonly site: string;
	/** The house's zone. */
	readonly timeZone: string;
	/** Language where `alerts` names none. */
	readonly language: (typeof languages)[number];
	readonly house: WatchedHouse;
}

/** What the schema can't see. */
export function alertsFaults({ alerts }: { readonly alerts: AlertsSection }): Fault[] {
	return [...emailFaults(alerts.email), ...webhookFaults(alerts.webhooks)];
}

function emailFaults(email: EmailSetting | undefined): Fault[] {
	if (email === undefined) return [];
	const { security, host, username, password, passwordFile } = email;
	const isHere = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
	const hasSecret = password !== undefined || passwordFile !== undefined;
	const faults: Fault[] = [];
	if (hasSecret && security === 'none' && !isHere) {
		const expected = 'starttls or tls: a password must not cross the network in the open';
		faults.push({ path: 'alerts.email.security', expected, received: 'none' });
	}
	if (hasSecret !== (username !== undefined)) {
		const path = hasSecret ? 'alerts.email.username' : 'alerts.email.passwordFile';
		faults.push({ path, expected: 'username and password together', received: 'one of them' });
	}
	return faults;
}

function webhookFaults(webhooks: readonly WebhookSetting[]): Fault[] {
	const faults: Fault[] = [];
	const taken = new Set(['ntfy', 'email', 'push']);
	for (const [index, { id, url, urlFile }] of webhooks.entries()) {
		const path = `alerts.webhooks[${index}]`;
		if (taken.has(id))
			faults.push({ path: `${path}.id`, expected: 'a name of its own for each channel', received: `${id} again` });
		taken.add(id);
		if ((url === undefined) === (urlFile === undefined)) {
			const received = url === undefined ? 'neither' : 'both';
			faults.push({ path: `${path}.url`, expected: 'either url or urlFile', received });
		}
	}
	return faults;
}

/** Whom a push service may write to: it wants some address (RFC 8292, section 2.1). */
export function contactOf({ push, email }: Pick<AlertsSection, 'push' | 'email'>): string {
	return push.contact ?? `mailto:${email?.to[0] ?? 'pilotwire@example.com'}`;
}

/** The rule of each kind; undefined where nobody is to be alerted to it. */
export function rulesOf({ rules }: Pick<AlertsSection, 'rules'>): (kind: AlertKind) => KindRule | undefined {
	return (kind) => {
		const { enabled, severity, afterS } = rules[kind];
		if (!enabled) return undefined;
		const rule = defaultRules[kind];
		return { ...rule, severity: severity ?? rule.severity, afterS: afterS ?? rule.afterS };
	};
}

/** The quiet hours; undefined where there are none. */
export function quietOf({
	quiet: { enabled, from, to, passes },
}: Pick<AlertsSection, 'quiet'>): QuietSetting | undefined {
	if (!enabled || from === to) return undefined;
	return { fromMinute: minuteOf(from), toMinute: minuteOf(to), passes: passes as readonly AlertSeverity[] };
}

function minuteOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return hours * 60 + minutes;
}

import { createHash, createHmac } from 'node:crypto';
import { type Clock, instantOf, readSecret } from '@pilotwire/runtime';
import type { WebhookSetting } from '../config.ts';
import type { Message } from '../core/message.ts';
import { postAccepted } from './post.ts';
import type { Sender, SenderFacts } from './sender.ts';

/**
 * Posts JSON, signed as Standard Webhooks 1.0 says (standardwebhooks.com): `webhook-signature: v1,` and the base64 of
 * HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`.
 */
export function webhookSender(
	setting: WebhookSetting,
	{ site, url: dashboard }: SenderFacts,
	clock: Pick<Clock, 'wallMs'>,
): Sender {
	const secrets = () => ({
		url: readSecret({ password: setting.url, passwordFile: setting.urlFile }) ?? '',
		secret: readSecret({ password: setting.secret, passwordFile: setting.secretFile }),
	});
	return {
		check: () => void secrets(),
		send: async (message, signal) => {
			const { url, secret } = secrets();
			const nowMs = clock.wallMs();
			const body = JSON.stringify(posted(message, site, dashboard, nowMs));
			const id = `msg_${createHash('sha256').update(message.id).digest('hex').slice(0, 24)}`;
			const timestamp = String(Math.floor(nowMs / 1_000));
			const signed =
				secret === undefined ? {} : { 'webhook-signature': signature(secret, `${id}.${timestamp}.${body}`) };
			return postAccepted({
				by: `the webhook ${setting.id}`,
				url,
				headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, ...signed },
				body,
				signal,
			});
		},
	};
}

function posted(message: Message, site: string, url: string | undefined, nowMs: number) {
	const { title, text, severity, isOver, isTest, alerts } = message;
	return {
		type: isTest === true ? 'alert.test' : isOver ? 'alert.over' : 'alert.on',
		timestamp: instantOf(nowMs),
		data: {
			...{ site, severity, title, text },
			...(url === undefined ? {} : { url }),
			alerts: alerts.map(({ sinceMs, untilMs, ...alert }) => ({
				...alert,
				since: instantOf(sinceMs),
				...(untilMs === undefined ? {} : { until: instantOf(untilMs) }),
			})),
		},
	};
}

/** A secret that begins with `whsec_` is base64; any other is meant as it stands. */
function signature(secret: string, content: string): string {
	const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
	return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

import { createHash } from 'node:crypto';
import type { Message } from '../core/message.ts';
import type { Phone } from '../core/phones.ts';
import { notDelivered, PhoneGone } from '../errors.ts';
import { shortened } from './ntfy.ts';
import { actionFor, post } from './post.ts';
import type { Sender } from './sender.ts';
import type { VapidKeys } from './vapid-keys.ts';

/** A push service keeps a message for a device that is away. Seconds. */
const KEEP_S = 24 * 3_600;
/** Of 4,096 bytes (RFC 8291, section 4) some are the title's and the encryption's. Bytes. */
const MOST_TEXT_BYTES = 2_400;

/**
 * Messages to one browser, encrypted for it alone (RFC 8291) and signed with the house's key (RFC 8292) by web-push, which
 * is loaded with the first one.
 */
export function phoneSender(phone: Phone, keys: VapidKeys, contact: string): Sender {
	return {
		send: async (message, signal) => {
			const { default: webPush } = await import('web-push');
			const { endpoint, keys: subscriptionKeys } = phone;
			const by = `the push service ${new URL(endpoint).host}`;
			const { headers, body } = webPush.generateRequestDetails(
				{ endpoint, keys: subscriptionKeys },
				JSON.stringify(shown(message)),
				{
					vapidDetails: { subject: contact, ...keys },
					TTL: KEEP_S,
					urgency: message.isQuiet ? 'low' : message.severity === 'alarm' ? 'high' : 'normal',
					contentEncoding: 'aes128gcm',
				},
			);
			// `fetch` counts itself.
			const { 'Content-Length': _, ...others } = headers as Record<string, string | number>;
			const texts = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
			const status = await post({ by, url: endpoint, headers: texts, body: new Uint8Array(body ?? []), signal });
			if (status === 404 || status === 410) throw new PhoneGone();
			if (status < 200 || status > 299) throw notDelivered(by, `status ${status}`, actionFor(status));
		},
	};
}

/** What the page's service worker shows. A message of the same tag replaces the one before: what ends takes the place of what began. */
function shown({ id, title, text, severity, isOver, isQuiet, alerts }: Message) {
	const about = alerts.length === 1 ? (alerts[0]?.id ?? id) : id;
	const tag = createHash('sha256').update(about).digest('base64url').slice(0, 16);
	const urgent = severity === 'alarm' && !isOver;
	return { title, body: shortened(text, MOST_TEXT_BYTES), tag, ...{ urgent, silent: isQuiet } };
}

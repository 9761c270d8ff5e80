import * as z from 'zod';

/** A house tells no more devices. */
export const MOST_PHONES = 32;

const key = (bytes: number) =>
	z
		.string()
		.max(200)
		.refine((text) => /^[\w-]+={0,2}$/.test(text) && Math.floor((text.replace(/=+$/, '').length * 3) / 4) === bytes, {
			error: `${bytes} bytes as base64url`,
		});

/** What a browser's `PushSubscription` says of itself. */
export const subscriptionSchema = z.object({
	endpoint: z.url().max(1_000),
	keys: z.object({ p256dh: key(65), auth: key(16) }),
	/** What people call the device. */
	name: z.string().max(60).optional(),
});
export type Subscription = z.output<typeof subscriptionSchema>;

export const phoneSchema = subscriptionSchema.extend({
	/** Its name among the channels' queues. */
	id: z.string().regex(/^phone-[0-9a-f]{12}$/),
	/** When it asked to be told, ISO 8601. */
	since: z.string(),
});

/** A device that asked to be told. */
export type Phone = z.output<typeof phoneSchema>;

/** Whether a push service is one of those that messages may be sent to: TLS, at a known host or below it. */
export function isPushService(endpoint: string, services: readonly string[]): boolean {
	const { protocol, host, hostname } = new URL(endpoint);
	const isKnown = services.some((known) => host === known || hostname === known || hostname.endsWith(`.${known}`));
	// A service on this very machine, which a tunnel or a test has, needs no TLS.
	const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
	return isKnown && (protocol === 'https:' || isHere);
}

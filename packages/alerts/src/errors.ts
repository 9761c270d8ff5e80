import { PilotwireError } from '@pilotwire/runtime';

/** A message that its server, or the way there, did not take. It is tried again. */
export function notDelivered(by: string, received: string, action: string): PilotwireError {
	return new PilotwireError({ code: 'ALERT_NOT_DELIVERED', expected: `${by} to take a message`, received, action });
}

/** A device that no longer wants messages, as its push service says: it is forgotten. */
export class PhoneGone extends Error {
	override readonly name = 'PhoneGone';
}

/** A subscription that can't be kept. */
export function phoneRefused(expected: string, received: string): PilotwireError {
	const action = 'alerts.push.services lists the hosts of push services that messages may be sent to.';
	return new PilotwireError({ code: 'ALERT_PHONE_REFUSED', expected, received, action });
}

/** A channel that nobody configured. */
export function channelUnknown(channel: string, known: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'ALERT_CHANNEL_UNKNOWN',
		expected: known.length === 0 ? 'a channel under alerts; there is none' : `one of ${known.join(', ')}`,
		received: channel,
		action: 'Correct the name, or configure the channel: docs/guides/alerts.md.',
	});
}

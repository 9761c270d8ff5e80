import { messageOf, systemCodeOf } from '@pilotwire/runtime';
import { notDelivered } from '../errors.ts';

/** A server has so long to answer. Milliseconds. */
const WITHIN_MS = 20_000;

/** What is posted. */
export interface Post {
	/** Who it is for, in words without a secret: an address may hold one. */
	readonly by: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array<ArrayBuffer>;
	readonly signal: AbortSignal;
}

/** Posts once, follows no redirection, and gives the status. Rejects with `ALERT_NOT_DELIVERED` where nobody answers. */
export async function post({ by, url, headers, body, signal }: Post): Promise<number> {
	try {
		const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
		const init = { method: 'POST', headers, body, redirect: 'manual', signal: within } as const;
		const response = await fetch(url, init);
		// What it says is of no use, and may be long.
		await response.body?.cancel();
		return response.status;
	} catch (error) {
		throw notDelivered(by, reasonOf(error), 'It is tried again; look at the network and at the address.');
	}
}

/** Posts to a server for which every status but 2xx is a refusal. */
export async function postAccepted(given: Post): Promise<void> {
	const status = await post(given);
	if (status >= 200 && status < 300) return;
	throw notDelivered(given.by, `status ${status}`, actionFor(status));
}

/** What to do about a status. */
export function actionFor(status: number): string {
	if (status === 401 || status === 403) return 'Correct the token or the secret of this channel.';
	if (status === 429) return 'The server wants fewer messages; it is tried again later.';
	if (status >= 300 && status < 400) return 'Give the address that it redirects to.';
	return status >= 500
		? 'It is tried again; the server has a problem of its own.'
		: 'Correct the address of this channel.';
}

/** `fetch` says only "fetch failed"; the reason is its cause. An address within it may hold a secret, and is left out. */
function reasonOf(error: unknown): string {
	if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
	const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
	return systemCodeOf(cause) || (cause === error ? 'no answer' : messageOf(cause).slice(0, 120));
}

/** What a request says of the page it comes from, and under which address it reached this service. */
export interface RequestOrigin {
	/** `Origin`: scheme, host and port of the page. */
	readonly origin: string | undefined;
	/** `Sec-Fetch-Site`: the browser's own judgement. */
	readonly fetchSite: string | undefined;
	/** Scheme, host and port by which the browser reached this service. */
	readonly own: string;
}

/**
 * Why a request that changes something is refused, or undefined where it comes from this service's own pages or from a
 * configured origin. A browser names the page's origin with every such request; a program that names none carries
 * nobody's cookie by accident and may pass, except on a WebSocket (`originRequired`).
 */
export function originFault(
	request: RequestOrigin,
	allowed: readonly string[],
	originRequired: boolean,
): string | undefined {
	const { origin, fetchSite, own } = request;
	if (origin === undefined) {
		if (originRequired) return 'no Origin was given';
		if (fetchSite === undefined || fetchSite === 'same-origin') return undefined;
		return `a ${fetchSite} page`;
	}
	if (allowed.includes(origin)) return undefined;
	if (origin !== own) return `a page of ${origin}`;
	// An old page in a cache of the same host and port is same-origin; anything else the browser knows better.
	if (fetchSite === undefined || fetchSite === 'same-origin') return undefined;
	return `a ${fetchSite} page`;
}

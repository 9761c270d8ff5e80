// Which brokers this page may open connections to: the policy that its server sends along with it.

/** `stale`: the server allows it by now, but the page that is shown is from before and has to be loaded anew. */
export type Permission = 'allowed' | 'stale' | 'forbidden';

const HEADER = 'content-security-policy';

const allows = (policy: string | null, origin: string): boolean =>
	policy === null || (/(?:^|;)\s*connect-src ([^;]*)/.exec(policy)?.[1] ?? '').split(/\s+/).includes(origin);

/** Asks the server, and looks at the page that the service worker has kept. Rejects where the server doesn't answer. */
export async function mayConnect(origin: string): Promise<Permission> {
	const fresh = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } });
	if (!allows(fresh.headers.get(HEADER), origin)) return 'forbidden';
	let stale = false;
	if (!('caches' in globalThis)) return 'allowed';
	for (const name of await caches.keys()) {
		const cache = await caches.open(name);
		const kept = await cache.match('/index.html');
		if (kept === undefined || allows(kept.headers.get(HEADER), origin)) continue;
		stale = true;
		await cache.put('/index.html', fresh.clone());
	}
	return stale ? 'stale' : 'allowed';
}

/** Calls back where the browser refuses a connection that the shown page is not allowed; the result ends that. */
export function whenBlocked(origin: string, act: () => void): () => void {
	const heard = ({ blockedURI }: SecurityPolicyViolationEvent): void => {
		if (URL.canParse(blockedURI) && new URL(blockedURI).host === new URL(origin).host) act();
	};
	document.addEventListener('securitypolicyviolation', heard);
	return () => document.removeEventListener('securitypolicyviolation', heard);
}

// The service worker: keeps the files of one version of the page, so that it opens without a network. It answers with
// nothing else: what the house says goes past it, and no command is ever kept here. It shows alerts while no page is open.
export {};

declare const self: ServiceWorkerGlobalScope & {
	/** The files of this version, each with a hash of what it holds; the build writes them here. */
	readonly __WB_MANIFEST: readonly (string | { readonly url: string; readonly revision: string | null })[];
};

const files = self.__WB_MANIFEST.map((entry) => (typeof entry === 'string' ? { url: entry, revision: null } : entry));
const names = new Set(files.map(({ url }) => `/${url.replace(/^\//, '')}`));
const version = files.map(({ url, revision }) => `${url} ${revision ?? ''}`).join('\n');
const PREFIX = 'pilotwire-page-';
const PAGE = '/index.html';

/** A short name for a version (FNV-1a, 32 bits). */
function nameOf(text: string): string {
	let hash = 0x811c9dc5;
	for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	return PREFIX + (hash >>> 0).toString(16);
}
const CACHE = nameOf(version);

self.addEventListener('install', (event) => {
	// Past the browser's own cache, which may hold a page of another version.
	const requests = [...names].map((name) => new Request(name, { cache: 'reload' }));
	event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener('activate', (event) => {
	const clean = async (): Promise<void> => {
		for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
		await self.clients.claim();
	};
	event.waitUntil(clean());
});

self.addEventListener('message', ({ data }) => {
	if (data === 'take-over') void self.skipWaiting();
});

// An alert of the house (packages/alerts, web-push.ts). One of the same tag takes the place of the one before.
self.addEventListener('push', (event) => {
	const { data } = event;
	if (data === null) return;
	const { title, body, tag, urgent, silent } = data.json() as Record<string, unknown>;
	const options = { body, tag, silent, renotify: silent !== true, requireInteraction: urgent, icon: '/icon-180.png' };
	event.waitUntil(self.registration.showNotification(String(title), options as NotificationOptions));
});

self.addEventListener('notificationclick', (event) => {
	event.notification.close();
	const show = async (): Promise<void> => {
		const [page] = await self.clients.matchAll({ type: 'window' });
		await (page === undefined ? self.clients.openWindow('/#/settings') : page.focus());
	};
	event.waitUntil(show());
});

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== 'GET' || origin !== self.location.origin) return;
	const name = request.mode === 'navigate' && !pathname.startsWith('/api/') ? PAGE : pathname;
	if (!names.has(name)) return;
	event.respondWith(
		caches
			.open(CACHE)
			.then((cache) => cache.match(name))
			.then((kept) => kept ?? fetch(request)),
	);
});

// The service worker: the page without a network, and its next version fetched beside the one that runs. Where the browser
// has none (an address without TLS), the page works as any page does.
import { signal } from '@preact/signals';

/** A newer version waits for its turn. */
export const updateReady = signal(false);

/** Looks for a newer version this often while the page is open. Milliseconds. */
const LOOK_EVERY_MS = 6 * 3_600_000;

let waiting: ServiceWorker | null = null;

/** Begins; nothing waits for it. */
export function startServiceWorker(): void {
	if (!('serviceWorker' in navigator)) return;
	navigator.serviceWorker
		.register('/sw.js', { type: 'classic', updateViaCache: 'none' })
		.then(watch)
		// A browser that forbids it shows the page all the same.
		.catch(() => undefined);
}

function watch(registration: ServiceWorkerRegistration): void {
	const notice = (): void => {
		// The very first version is no update.
		if (registration.waiting === null || navigator.serviceWorker.controller === null) return;
		waiting = registration.waiting;
		updateReady.value = true;
	};
	notice();
	registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', notice));
	setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
}

/** Lets the newer version take over and loads the page anew, at the same place. */
export function applyUpdate(): void {
	navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
	waiting?.postMessage('take-over');
}

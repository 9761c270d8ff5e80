// This device among those that the house tells: the browser's own subscription to messages.

/** Whether this browser can be told: it can, has a page without TLS, takes no messages, or its person said no. */
export type PushAbility = 'able' | 'insecure' | 'unable' | 'denied';

export function pushAbility(): PushAbility {
	if (!isSecureContext) return 'insecure';
	if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unable';
	return Notification.permission === 'denied' ? 'denied' : 'able';
}

const manager = async (): Promise<PushManager | undefined> =>
	(await navigator.serviceWorker.getRegistration())?.pushManager;

/** The subscription's address; undefined where there is none. */
export async function pushAddress(): Promise<string | undefined> {
	if (pushAbility() !== 'able') return undefined;
	return (await (await manager())?.getSubscription())?.endpoint;
}

/** Subscribes with the house's key. Rejects where the person or the browser's service says no. */
export async function subscribe(applicationServerKey: string): Promise<PushSubscriptionJSON> {
	const push = await manager();
	if (push === undefined) throw new Error('no service worker');
	// One of another key can't be renewed.
	await (await push.getSubscription())?.unsubscribe();
	return (await push.subscribe({ userVisibleOnly: true, applicationServerKey })).toJSON();
}

/** Ends the subscription, and gives its address. */
export async function unsubscribe(): Promise<string | undefined> {
	const subscription = await (await manager())?.getSubscription();
	await subscription?.unsubscribe();
	return subscription?.endpoint;
}

// What the house alerts people to, and this device among those that are told. It comes with the settings.
import { type AlertsState, alertsTested, alertTopics, decodePayload, topicFilter } from '@pilotwire/contract';
import { signal } from '@preact/signals';
import { type PushAbility, pushAbility, pushAddress, subscribe, unsubscribe } from '../io/push.ts';
import { ask, beforeSignOut, listen } from './bus.ts';
import { session } from './store.ts';

/** What the house says; undefined until it has. */
export const alerts = signal<AlertsState | undefined>(undefined);
/** Whether this device is told, or why it can't be. */
export const here = signal<'told' | 'untold' | 'failed' | Exclude<PushAbility, 'able'>>('untold');
/** How a test went: the channels that did not take it. */
export const tested = signal<'busy' | 'failed' | readonly string[] | undefined>(undefined);

/** Hears the alerts while they are shown; the result ends that. */
export function followAlerts(): () => void {
	const who = session.peek();
	if (who.kind !== 'in') return () => undefined;
	const filter = topicFilter(who.account.site, alertTopics.alerts);
	tested.value = undefined;
	void look();
	const stopHearing = listen([filter], ({ topic, payload }) => {
		if (topic !== filter) return;
		const decoded = decodePayload(alertTopics.alerts, payload);
		alerts.value = decoded.ok ? decoded.payload : undefined;
	});
	const stopGoodbye = beforeSignOut(leaveAlerts);
	return () => {
		stopHearing();
		stopGoodbye();
	};
}

async function look(): Promise<void> {
	const ability = pushAbility();
	here.value = ability === 'able' ? ((await pushAddress()) === undefined ? 'untold' : 'told') : ability;
}

/** Has this device told. */
export async function joinAlerts(): Promise<void> {
	const key = alerts.peek()?.push?.key;
	if (key === undefined) return;
	try {
		const { endpoint, keys } = await subscribe(key);
		await ask('alerts', 'subscribe', { endpoint, keys });
		await look();
	} catch {
		// A browser that told the house nothing must not believe that it has.
		await unsubscribe().catch(() => undefined);
		const ability = pushAbility();
		here.value = ability === 'able' ? 'failed' : ability;
	}
}

/** This device is told no more; where the house doesn't hear it, the browser's service says so at the next message. */
export async function leaveAlerts(): Promise<void> {
	if (here.peek() !== 'told') return;
	const phone = await unsubscribe();
	await look();
	if (phone !== undefined) await ask('alerts', 'forget', { phone }).catch(() => undefined);
}

/** Sends a test by every channel. */
export async function testAlerts(): Promise<void> {
	tested.value = 'busy';
	try {
		const { channels } = alertsTested.parse(await ask('alerts', 'test', {}));
		tested.value = channels.flatMap(({ channel, sent }) => (sent ? [] : [channel]));
	} catch {
		tested.value = 'failed';
	}
}

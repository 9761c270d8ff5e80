// The devices' screen: who is there, who is chosen, and what became of the last command. It comes with the screen.
import { type CommandOutcome, deviceCommandAnswer, topicFilter, topics } from '@pilotwire/contract';
import { computed, signal } from '@preact/signals';
import { type Devices, hearDevice, outcomeIn } from '../core/devices.ts';
import { ask, listen } from './bus.ts';
import { session } from './store.ts';

/** What is shown of a command at one device: under way, its outcome, or that nobody says. */
export type Shown = CommandOutcome | 'sent' | 'unknown';

export const devices = signal<Devices>(new Map());
/** Those that the next command goes to. */
export const picked = signal<ReadonlySet<string>>(new Set());
/** The last command, and what became of it by device. */
export const last = signal<{ readonly id: string; readonly shown: ReadonlyMap<string, Shown> } | undefined>(undefined);
export const busy = computed(() => [...(last.value?.shown.values() ?? [])].includes('sent'));

/** Follows the devices while the screen is open; the result ends that. */
export function followDevices(): () => void {
	const state = session.peek();
	const site = state.kind === 'in' ? state.account.site : '';
	const filters = [topics.device, topics.deviceEvent].map((topic) => topicFilter(site, topic));
	const stop = listen(filters, ({ topic, payload }) => {
		devices.value = hearDevice(devices.peek(), site, topic, payload);
		const told = outcomeIn(site, topic, payload);
		if (told !== undefined) show(told.id, [[told.device, told.outcome]]);
	});
	return () => {
		stop();
		devices.value = new Map();
		picked.value = new Set();
		last.value = undefined;
	};
}

export function pick(name: string, isPicked: boolean): void {
	const names = new Set(picked.peek());
	if (isPicked) names.add(name);
	else names.delete(name);
	picked.value = names;
}

/** Tells the chosen devices. What becomes of it comes with the answer, or one by one before. */
export async function command(word: string, value: string): Promise<void> {
	const names = [...picked.peek()];
	const id = `web-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16)).join('-')}`;
	last.value = { id, shown: new Map(names.map((name) => [name, 'sent'])) };
	const parameters = { devices: names, command: word, id, ...(value === '' ? {} : { value }) };
	try {
		const { outcomes } = deviceCommandAnswer.parse(await ask('device-gateway', 'device.command', parameters));
		show(
			id,
			outcomes.map(({ device, outcome }) => [device, outcome]),
		);
	} catch {
		const waiting = [...(last.peek()?.shown ?? [])].filter(([, shown]) => shown === 'sent');
		show(
			id,
			waiting.map(([name]) => [name, 'unknown']),
		);
	}
}

function show(id: string, news: readonly (readonly [string, Shown])[]): void {
	const before = last.peek();
	if (before?.id !== id) return;
	last.value = { id, shown: new Map([...before.shown, ...news]) };
}

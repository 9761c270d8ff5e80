import { isExpired, type Message } from '../persistence/message.ts';
import type { RetainedMessages } from '../persistence/retained.ts';
import { readEntry } from './entries.ts';
import type { SharedStore } from './shared-store.ts';

/**
 * Brings what is retained here to what is retained in the cluster. Rejects with what Redis said. `nowMs`: wall clock;
 * `onExpired`: told of what is there past its expiry.
 */
export async function loadRetained(
	store: Pick<SharedStore, 'retained'>,
	retained: RetainedMessages,
	{ nowMs, onExpired }: { readonly nowMs: number; readonly onExpired: (message: Message) => void },
): Promise<void> {
	const found = new Set<string>();
	for await (const page of store.retained()) {
		for (const bytes of page) {
			const entry = readEntry(bytes);
			if (entry?.kind !== 'message') continue;
			if (isExpired(entry.message, nowMs)) {
				onExpired(entry.message);
				continue;
			}
			found.add(entry.message.topic);
			retained.keep(entry.message);
		}
	}
	for (const { topic } of [...retained.matching('#')]) {
		if (!found.has(topic)) retained.keep({ topic, payload: Buffer.alloc(0), qos: 0, retain: true });
	}
}

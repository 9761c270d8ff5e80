import type { BrokerAnswer, Clock, Timer } from '@pilotwire/runtime';

/** A connection that is away for longer, while the broker lets others in, doesn't come back by itself. Milliseconds. */
const LOST_MS = 60_000;
/** The broker's own process has a connection too, which a keep-alive of 4 s watches. Milliseconds. */
const BROKER_LOST_MS = 12_000;

/** What a watchdog is told of the process it belongs to. */
export interface Watched {
	/** Whether the broker runs in this process. */
	readonly isBroker: boolean;
	/** How long a connection of this process has been without its broker, ms. */
	readonly lostForMs: () => number;
	/** Signs in to the broker, apart from those connections. */
	readonly ask: () => Promise<BrokerAnswer>;
}

/**
 * Whether the bus works as far as this process can be blamed for it. A broker must answer. Another service must not be
 * killed for a broker that is away: its fallback is what protects the house then. It must be where its own connection
 * stays away although the broker lets others in.
 */
export async function busWorks({ isBroker, lostForMs, ask }: Watched): Promise<boolean> {
	if (isBroker) return lostForMs() <= BROKER_LOST_MS;
	return lostForMs() <= LOST_MS || (await ask()).kind !== 'accepted';
}

/**
 * Says at intervals that this process lives, for as long as its event loop turns and its bus works; whoever watches kills
 * it when it falls silent. One question at a time: one that is never answered is silence too.
 */
export function keepAlive(
	clock: Clock,
	everyMs: number,
	works: () => Promise<boolean>,
	say: () => Promise<void>,
): Timer {
	let isAsking = false;
	const look = async (): Promise<void> => {
		if (isAsking) return;
		isAsking = true;
		if (await works()) await say();
		isAsking = false;
	};
	// What fails is silence as well.
	return clock.every(everyMs, () => void look().catch(() => undefined));
}

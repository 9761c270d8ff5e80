// Where machines are watched: on the house's own bus, or on another one that somebody has typed.
import { encodePayload, type HostSet, topicName, topics } from '@pilotwire/contract';
import { type ReadonlySignal, signal } from '@preact/signals';
import { Connection } from '../core/connection.ts';
import type { Link } from '../core/freshness.ts';
import type { Message } from '../core/house.ts';
import { mqttOpener } from '../io/mqtt.ts';
import { listen, send } from './bus.ts';
import { link, session } from './store.ts';

/** A bus with machines on it. */
export interface HostBus {
	/** Its name in the record: the same machine names may be on several. */
	readonly name: string;
	readonly site: string;
	readonly link: ReadonlySignal<Link>;
	/** Hears topics; the result ends that. */
	listen(filters: readonly string[], hear: (message: Message) => void): () => void;
	/** Rejects where the bus is away. */
	send(host: string, command: HostSet): Promise<void>;
	close(): void;
}

/** The bus that the page itself is on. */
export function ownBus(): HostBus {
	const state = session.peek();
	const site = state.kind === 'in' ? state.account.site : '';
	return {
		...{ name: 'own', site, link, listen },
		send: (host, command) => send(topics.hostSet, command, { host }),
		close: () => undefined,
	};
}

/** What somebody types to reach another house's broker. The password goes nowhere else and is not kept. */
export interface OtherBroker {
	/** `ws://` or `wss://`, host and port. */
	readonly url: string;
	readonly site: string;
	readonly username: string;
	readonly password: string;
}

/** How a first connection to another bus ended. */
export type FirstTry = 'open' | 'refused' | 'unreachable';

/** Another bus. Once it has been reached, the connection is kept up; before, somebody may have mistyped. */
export function otherBus(
	{ url, site, username, password }: OtherBroker,
	onFirst: (outcome: FirstTry) => void,
): HostBus {
	const state = signal<Link>({ kind: 'connecting' });
	const hearers = new Set<(message: Message) => void>();
	const random = crypto.getRandomValues(new Uint8Array(8));
	// Names that begin as a service's do are that service's own.
	const clientId = `page-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
	let [reached, refused] = [false, false];
	const open = mqttOpener({ url, clientId, filters: [], account: { username, password } });
	const connection = new Connection({
		open: (listener) =>
			open({
				message: listener.message,
				up: (opened) => {
					listener.up(opened);
					if (!reached) onFirst('open');
					reached = true;
				},
				down: (why) => {
					refused = why === 'refused';
					listener.down();
					if (!reached) onFirst(refused ? 'refused' : 'unreachable');
				},
			}),
		nowMs: Date.now,
		after: (ms, act) => {
			const timer = setTimeout(act, ms);
			return () => clearTimeout(timer);
		},
		sessionHolds: async () => (refused ? 'ended' : 'unknown'),
		onLink: (next) => {
			state.value = next;
		},
		onMessage: (message) => {
			for (const hear of hearers) hear(message);
		},
		onEnded: () => undefined,
	});
	connection.start();
	return {
		...{ name: url, site, link: state },
		listen(filters, hear) {
			hearers.add(hear);
			const ends = filters.map((filter) => connection.hear(filter));
			return () => {
				hearers.delete(hear);
				for (const end of ends) end();
			};
		},
		send: (host, command) =>
			connection.publish(topicName(site, topics.hostSet, { host }), encodePayload(topics.hostSet, command)),
		close: () => connection.stop(),
	};
}

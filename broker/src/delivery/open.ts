import { type Clock, type Logger, openDatabase } from '@pilotwire/runtime';
import type { Cluster } from '../cluster/cluster.ts';
import { setStateAside } from '../io/state-file.ts';
import type { Limits } from '../options.ts';
import { BrokerStore } from '../persistence/store.ts';
import { stateMigrations } from '../persistence/tables.ts';
import { ClusterDelivery } from './cluster-delivery.ts';
import { MessageCore } from './core.ts';
import { Router } from './router.ts';
import { Sessions } from './sessions.ts';

/** What delivery needs from outside. */
export interface DeliveryOptions {
	readonly limits: Limits;
	readonly clock: Clock;
	readonly log: Logger;
	/** SQLite file of all that outlives the process; without it nothing does. */
	readonly stateFile?: string | undefined;
	/** The node of a cluster that this is; nothing is kept in a file then. */
	readonly cluster?: Cluster | undefined;
}

/** The message core, ready to route. */
export interface OpenDelivery {
	readonly router: Router;
	readonly core: MessageCore;
	/** Writes what is left. All clients must be detached. */
	close(): Promise<void>;
}

/** Restores what the broker kept. Throws `DATABASE_*` or `LOCK_HELD`. */
export async function openDelivery(options: DeliveryOptions): Promise<OpenDelivery> {
	const { limits, clock, log, stateFile, cluster } = options;
	if (cluster !== undefined) return openInCluster(options, cluster);
	const open = stateFile === undefined ? undefined : () => openState(stateFile, clock, log);
	const setAside = stateFile === undefined ? undefined : () => putAside(stateFile, clock, log);
	const store = new BrokerStore({ open, setAside, limits, clock, log });
	await store.load();
	const router = new Router(store, new Sessions(store, clock, limits));
	const core = new MessageCore(store, router);
	await core.listen();
	const { retained, sessions, queued } = router.sessions.counters;
	if (stateFile !== undefined) {
		log.info(
			{ retained, sessions, queued },
			`Restored: ${retained} retained messages, ${sessions} sessions, ${queued} queued`,
		);
	}
	return opened(store, router, core);
}

/** Brings what is retained in the cluster; sessions come with their clients. Rejects with what Redis said. */
async function openInCluster(around: DeliveryOptions, cluster: Cluster): Promise<OpenDelivery> {
	const { limits, clock, log } = around;
	const { journal, shared } = cluster;
	const store = new BrokerStore({
		...{ journal, clock, log },
		position: () => cluster.applied,
		onExpired: (message) => cluster.expired(message),
		// What is retained has its bounds in Redis, where all nodes come to the same.
		limits: { ...limits, retainedTopics: Number.POSITIVE_INFINITY, retainedBytes: Number.POSITIVE_INFINITY },
	});
	await store.load();
	const sessions = new Sessions(store, clock, limits, shared);
	const delivery = new ClusterDelivery(store, sessions, shared);
	const router = new Router(store, sessions, delivery);
	const core = new MessageCore(store, router);
	await core.listen();
	await cluster.join({ router, delivery, store });
	return opened(store, router, core);
}

function opened(store: BrokerStore, router: Router, core: MessageCore): OpenDelivery {
	return {
		router,
		core,
		async close(): Promise<void> {
			await new Promise<void>((resolve) => core.close(resolve));
			router.sessions.stop();
			await store.close();
		},
	};
}

/** What the file holds is not in memory: it is kept for whoever wants it, and never written over. */
async function putAside(path: string, clock: Clock, log: Logger): Promise<void> {
	const movedTo = await setStateAside(path, clock.wallMs());
	if (movedTo === undefined) return;
	const what = 'The state file could not be read at the start';
	log.error({ path, movedTo }, `${what}: it was moved to ${movedTo}, and a new one begun with what came since`);
}

function openState(path: string, clock: Clock, log: Logger) {
	return openDatabase({
		path,
		migrations: stateMigrations,
		thread: 'state',
		synchronous: 'full',
		integrityCheck: true,
		replaceCorrupt: true,
		clock,
		log,
	});
}

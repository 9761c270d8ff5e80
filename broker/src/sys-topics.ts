import type { Clock, Timer } from '@pilotwire/runtime';
import type { Figures } from './figures.ts';
import { LoadAverage } from './sys-load.ts';

/** What the `$SYS` topics need. */
export interface SysTopicsOptions {
	/** Version of the program. */
	readonly version: string;
	/** Between two looks, s; 0: there are no `$SYS` topics. */
	readonly intervalS: number;
	readonly clock: Clock;
	readonly figures: () => Figures;
	/** Publishes a retained message of the broker's own. */
	readonly publish: (topic: string, text: string) => void;
}

/** By the end of its topic, what an average is taken of. */
const loads: Readonly<Record<string, (figures: Figures) => number>> = {
	'bytes/received': (figures) => figures.bytesReceived,
	'bytes/sent': (figures) => figures.bytesSent,
	connections: (figures) => figures.connects,
	'messages/received': (figures) => figures.packetsReceived,
	'messages/sent': (figures) => figures.packetsSent,
	'publish/dropped': droppedInAll,
	'publish/received': (figures) => figures.publishesReceived,
	'publish/sent': (figures) => figures.publishesSent,
	sockets: (figures) => figures.sockets,
};

/** The broker's own figures under `$SYS/broker`, named and written as Mosquitto's are (mosquitto(8), BROKER STATUS). */
export class SysTopics {
	readonly #options: SysTopicsOptions;
	readonly #startedMs: number;
	readonly #averages = Object.entries(loads).map(([name, read]) => ({ name, read, average: new LoadAverage() }));
	/** What was said last: only what changed is said again. */
	readonly #said = new Map<string, string>();
	#timer: Timer | undefined;
	#lookedMs: number;
	#mostClients = 0;
	#mostHeap = 0;

	constructor(options: SysTopicsOptions) {
		this.#options = options;
		this.#startedMs = options.clock.monotonicMs();
		this.#lookedMs = this.#startedMs;
	}

	/** Says everything at once, then what changed. */
	start(): void {
		const { clock, intervalS, version } = this.#options;
		if (intervalS === 0) return;
		this.#say('version', `pilotwire version ${version}`);
		this.#look();
		this.#timer = clock.every(intervalS * 1000, () => this.#look());
	}

	stop(): void {
		this.#timer?.cancel();
	}

	#look(): void {
		const { clock } = this.#options;
		const figures = this.#options.figures();
		const nowMs = clock.monotonicMs();
		this.#say('uptime', `${Math.floor((nowMs - this.#startedMs) / 1000)} seconds`);
		for (const [name, value] of this.#counts(figures)) this.#say(name, String(value));
		for (const { name, read, average } of this.#averages) {
			const [one = 0, five = 0, fifteen = 0] = average.update(read(figures), nowMs - this.#lookedMs);
			this.#say(`load/${name}/1min`, one.toFixed(2));
			this.#say(`load/${name}/5min`, five.toFixed(2));
			this.#say(`load/${name}/15min`, fifteen.toFixed(2));
		}
		this.#lookedMs = nowMs;
	}

	#counts(figures: Figures): [topic: string, value: number | string][] {
		const { connected, sessions, retained, queued, inCluster } = figures;
		const { heapUsed, external } = process.memoryUsage();
		const heap = heapUsed + external;
		this.#mostClients = Math.max(this.#mostClients, connected);
		this.#mostHeap = Math.max(this.#mostHeap, heap);
		const away = sessions - connected;
		return [
			['clients/total', sessions],
			['clients/connected', connected],
			['clients/active', connected],
			['clients/disconnected', away],
			['clients/inactive', away],
			['clients/maximum', this.#mostClients],
			['clients/expired', figures.sessionsExpired],
			['messages/received', figures.packetsReceived],
			['messages/sent', figures.packetsSent],
			['messages/stored', retained + queued],
			['store/messages/count', retained + queued],
			['store/messages/bytes', figures.retainedBytes + figures.queuedBytes],
			['store/failing', Number(figures.diskFails)],
			['store/unsaved', figures.unsaved],
			['publish/messages/received', figures.publishesReceived],
			['publish/messages/sent', figures.publishesSent],
			['publish/messages/dropped', droppedInAll(figures)],
			['publish/bytes/received', figures.payloadReceived],
			['publish/bytes/sent', figures.payloadSent],
			['bytes/received', figures.bytesReceived],
			['bytes/sent', figures.bytesSent],
			['subscriptions/count', figures.subscriptions],
			['shared_subscriptions/count', figures.sharedSubscriptions],
			['retained messages/count', retained],
			['heap/current', heap],
			['heap/maximum', this.#mostHeap],
			...(inCluster === undefined ? [] : ofCluster(inCluster)),
		];
	}

	#say(name: string, text: string): void {
		if (this.#said.get(name) === text) return;
		this.#said.set(name, text);
		this.#options.publish(`$SYS/broker/${name}`, text);
	}
}

function ofCluster({ node, isReachable, cut, unsaid }: NonNullable<Figures['inCluster']>): [string, number | string][] {
	return [
		['cluster/node', node],
		['cluster/reachable', Number(isReachable)],
		['cluster/cut', cut],
		['cluster/unsaid', unsaid],
	];
}

function droppedInAll({ dropped: { slow, queueFull, expired } }: Figures): number {
	return slow + queueFull + expired;
}

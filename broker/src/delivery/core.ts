import { Readable } from 'node:stream';
import { Aedes } from 'aedes';
import type { Message } from '../persistence/message.ts';
import { BrokerPersistence } from '../persistence/persistence.ts';
import { settled } from '../persistence/settled.ts';
import type { BrokerStore } from '../persistence/store.ts';
import type { Router } from './router.ts';

/** A packet as Aedes publishes it; a missing QoS is 0. */
type Packet = Parameters<Aedes['publish']>[0] & {
	readonly clientId?: string;
	readonly properties?: Message['properties'];
	readonly messageExpiry?: number;
};
type Publish = (packet: object, ...rest: unknown[]) => void;

const done = settled(undefined);
const nobody = settled([]);

/** What Aedes stores of a publish, in its order; who gets it is the router's to know. */
class CorePersistence extends BrokerPersistence {
	readonly #router: Router;

	constructor(store: BrokerStore, router: Router) {
		super(store);
		this.#router = router;
	}

	override storeRetained(): Promise<void> {
		this.#router.retain();
		return done;
	}

	override subscriptionsByTopic(): Promise<never[]> {
		return nobody;
	}

	/**
	 * Wills are the edge's to say. Aedes would say those of brokers whose heartbeat it misses, every four minutes, and ours
	 * name no broker.
	 */
	override streamWill(): Readable {
		return Readable.from([]);
	}

	override outgoingEnqueueCombi(): Promise<void> {
		this.#router.queue();
		return done;
	}
}

/**
 * Aedes as the core that every publish goes through, with our persistence, and the router in the place of its emitter.
 * Nothing in between waits: the message is stored, queued and on its way when `publish` returns.
 */
export class MessageCore extends Aedes {
	readonly #router: Router;

	constructor(store: BrokerStore, router: Router) {
		super({ persistence: new CorePersistence(store, router), concurrency: 0 });
		this.#router = router;
		const core = this as unknown as { mq: Emitter };
		core.mq = routed(core.mq, router);
		router.use((message) => super.publish(packetOf(message) as Packet, noted));
	}

	/** What Aedes publishes by itself, its heartbeat for one, takes the same way. */
	override publish(packet: Packet, ...rest: never[]): void {
		const work = (): void => (super.publish as Publish).call(this, packet, ...rest);
		if (this.#router.isPublishing) work();
		else this.#router.take(messageOf(packet), work);
	}
}

/** What became of it the router knows. */
const noted = (): void => {};

interface Emitter {
	on: (...of: unknown[]) => void;
	removeListener: (...of: unknown[]) => void;
	close: (...of: unknown[]) => void;
	emit: (packet: { topic: string }, done: () => void) => void;
}

/** The router in the place of an emitter, which goes on for what Aedes tells itself. */
function routed(own: Emitter, router: Router): Emitter {
	return {
		on: (...of) => own.on(...of),
		removeListener: (...of) => own.removeListener(...of),
		close: (...of) => own.close(...of),
		emit(packet, done) {
			router.deliver();
			if (packet.topic.startsWith('$SYS/')) own.emit(packet, done);
			else done();
		},
	};
}

function packetOf({ topic, payload, qos, retain, from }: Message): object {
	return { cmd: 'publish', topic, payload, qos, retain, clientId: from };
}

function messageOf({ topic, payload, qos, retain, clientId, properties, messageExpiry }: Packet): Message {
	return {
		topic,
		payload: Buffer.from(payload),
		qos,
		retain,
		...(clientId === undefined ? {} : { from: clientId }),
		...(properties === undefined ? {} : { properties }),
		...(messageExpiry === undefined ? {} : { expiresAt: messageExpiry }),
	};
}

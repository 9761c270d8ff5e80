// The in-memory persistence that aedes-persistence holds behind its callback layer; its types are not beside its file.
declare module 'aedes-persistence/asyncPersistence.js' {
	import type { Readable } from 'node:stream';

	interface SessionClient {
		readonly id: string;
	}

	interface StoredPacket {
		cmd: string;
		topic: string;
		payload: Buffer;
		qos: 0 | 1 | 2;
		retain: boolean;
		brokerId?: string;
		brokerCounter?: number;
		messageId?: number;
	}

	class MemoryPersistence {
		static readonly Packet: new (
			original: StoredPacket,
		) => StoredPacket;
		constructor(options?: object);
		setup(broker: unknown): Promise<void>;
		storeRetained(packet: StoredPacket): Promise<void>;
		createRetainedStream(filter: string): Readable;
		createRetainedStreamCombi(filters: string[]): Readable;
		addSubscriptions(client: SessionClient, subscriptions: object[]): Promise<void>;
		cleanSubscriptions(client: SessionClient): Promise<void>;
		outgoingEnqueue(subscription: { clientId: string }, packet: StoredPacket): Promise<void>;
		outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: StoredPacket): Promise<void>;
		outgoingUpdate(client: SessionClient, packet: StoredPacket): Promise<void>;
		outgoingClearMessageId(client: SessionClient, packet: StoredPacket): Promise<StoredPacket | undefined>;
		outgoingStream(client: SessionClient): Readable;
		destroy(): Promise<void>;
	}

	namespace MemoryPersistence {
		export type { SessionClient, StoredPacket };
	}

	export = MemoryPersistence;
}

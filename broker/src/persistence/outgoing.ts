import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';
import type { Limits } from '../options.ts';

type StoredPacket = MemoryPersistence.StoredPacket;

interface Queue {
	packets: StoredPacket[];
	bytes: number;
}

/** QoS 1 and 2 messages that a client with a session has not acknowledged, in order, bounded per client. */
export class OutgoingQueues {
	readonly #queues = new Map<string, Queue>();
	readonly #limits: Pick<Limits, 'queuedMessages' | 'queuedBytes'>;

	constructor(limits: Pick<Limits, 'queuedMessages' | 'queuedBytes'>) {
		this.#limits = limits;
	}

	/** Adds a message for a client; false where its queue is full. */
	add(clientId: string, packet: StoredPacket): boolean {
		const queue = this.#queues.get(clientId) ?? { packets: [], bytes: 0 };
		const bytes = queue.bytes + packet.payload.length;
		if (queue.packets.length >= this.#limits.queuedMessages || bytes > this.#limits.queuedBytes) return false;
		queue.packets.push(new MemoryPersistence.Packet(packet));
		queue.bytes = bytes;
		this.#queues.set(clientId, queue);
		return true;
	}

	/** Notes the id a message went out with, or replaces it by the PUBREL that follows it. False where it is unknown. */
	update(clientId: string, packet: StoredPacket): boolean {
		const queue = this.#queues.get(clientId);
		if (queue === undefined) return false;
		for (const [index, waiting] of queue.packets.entries()) {
			if (waiting.brokerId === packet.brokerId) {
				if (waiting.brokerCounter !== packet.brokerCounter) continue;
				if (packet.messageId !== undefined) waiting.messageId = packet.messageId;
				return true;
			}
			if (waiting.messageId === packet.messageId) {
				queue.bytes -= payloadBytes(waiting);
				queue.packets[index] = packet;
				return true;
			}
		}
		return false;
	}

	/** Takes out the message that was acknowledged. */
	remove(clientId: string, messageId: number | undefined): StoredPacket | undefined {
		const queue = this.#queues.get(clientId);
		const index = queue?.packets.findIndex((waiting) => waiting.messageId === messageId) ?? -1;
		if (queue === undefined || index < 0) return undefined;
		const [removed] = queue.packets.splice(index, 1);
		if (queue.packets.length === 0) this.#queues.delete(clientId);
		else if (removed !== undefined) queue.bytes -= payloadBytes(removed);
		return removed;
	}

	/** What waits for a client now; later changes don't show. */
	of(clientId: string): StoredPacket[] {
		return [...(this.#queues.get(clientId)?.packets ?? [])];
	}
}

/** A PUBREL has no payload. */
function payloadBytes(packet: Partial<StoredPacket>): number {
	return packet.payload?.length ?? 0;
}

import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Hold } from '../bus/transport.ts';

type SendArguments = [packet: { cmd: string; messageId?: number }, done?: () => void, ...rest: unknown[]];

interface Held {
	holds: number;
	/** What would have been sent. */
	packet: SendArguments[0] | undefined;
}

/**
 * Puts the acknowledgements of QoS 1 messages off. The library hears the next packet only once it has acknowledged this
 * one, and its own hook (`handleMessage`) would stop everything: so it is told that the PUBACK went out, which follows
 * when what the message says is on the disk. One put off on a connection that is lost never follows: the broker sends the
 * message again.
 */
export class LateAcknowledgements {
	readonly #held = new Map<number, Held>();
	readonly #send: (...given: SendArguments) => unknown;

	constructor(client: MqttClient) {
		const inside = client as unknown as { _sendPacket: (...given: SendArguments) => unknown };
		this.#send = inside._sendPacket.bind(client);
		inside._sendPacket = (packet, done, ...rest) => {
			const held = packet.cmd === 'puback' ? this.#held.get(packet.messageId ?? 0) : undefined;
			if (held === undefined) return this.#send(packet, done, ...rest);
			held.packet = packet;
			done?.();
			return client;
		};
		client.on('close', () => this.#held.clear());
	}

	/** The hold of a message that is being handed over; undefined where it isn't acknowledged. */
	holdOf({ qos, messageId }: Pick<IPublishPacket, 'qos' | 'messageId'>): Hold | undefined {
		return qos === 1 && messageId !== undefined ? () => this.#hold(messageId) : undefined;
	}

	#hold(messageId: number): () => void {
		const held = this.#held.get(messageId) ?? { holds: 0, packet: undefined };
		this.#held.set(messageId, held);
		held.holds += 1;
		let isHeld = true;
		return () => {
			if (!isHeld || this.#held.get(messageId) !== held) return;
			isHeld = false;
			held.holds -= 1;
			if (held.holds > 0) return;
			this.#held.delete(messageId);
			if (held.packet !== undefined) this.#send(held.packet);
		};
	}
}

import { Aedes } from 'aedes';

type Publish = (packet: object, ...rest: unknown[]) => void;

/**
 * Aedes, with publishes that are taken and go nowhere. MQTT 3.1.1 has no answer that says "refused" to a PUBLISH (section
 * 3.3.5: either acknowledge or close the connection); like Mosquitto, this one acknowledges.
 */
export class Core extends Aedes {
	readonly #dropped = new WeakSet<object>();

	/** The packet is answered as its quality of service says, and neither stored nor delivered. */
	drop(packet: object): void {
		this.#dropped.add(packet);
	}

	/** The core passes the client as well, which its types don't say: `(packet, client, done)` or `(packet, done)`. */
	override publish(packet: Parameters<Aedes['publish']>[0], ...rest: never[]): void {
		if (!this.#dropped.has(packet)) (super.publish as Publish).call(this, packet, ...rest);
		else for (const done of rest as unknown[]) if (typeof done === 'function') done();
	}
}

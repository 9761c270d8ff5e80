import { type BridgeEvent, bridgeTopics, decodePayload, encodePayload, topicName, topics } from '@pilotwire/contract';
import type { Clock, PilotwireError, Timer } from '@pilotwire/runtime';
import { Claim } from './core/claim.ts';
import type { Outgoing } from './core/outbox.ts';
import { houseTaken, rightsMissing } from './errors.ts';
import type { Outside } from './io/outside-broker.ts';

/** How long another bridge of the house has to answer; and how long the question may take to come back. Milliseconds. */
const ASK_MS = 3_000;
const ECHO_WITHIN_MS = 15_000;

/** What the presence of a house outside needs. */
export interface PresenceOptions {
	/** Names this life of the bridge. */
	readonly instance: string;
	/** The house's name outside, and its account. */
	readonly house: string;
	readonly username: string;
	readonly outside: Pick<Outside, 'publish' | 'subscribe'>;
	readonly clock: Clock;
	/** The house is this bridge's. */
	granted(): void;
	/** It is another's, or the account may not speak for it. */
	refused(problem: PilotwireError): void;
}

/** Whether this bridge may speak for the house on the outside broker, and what is said there of the bridge itself. */
export class Presence {
	readonly #options: PresenceOptions;
	readonly #claim: Claim;
	readonly #eventName: string;
	readonly #statusName: string;
	#echoed = false;
	#asking: Timer | undefined;

	constructor(options: PresenceOptions) {
		const { house, instance } = options;
		this.#options = options;
		this.#claim = new Claim(instance);
		this.#eventName = topicName(house, bridgeTopics.bridgeEvent, {});
		this.#statusName = topicName(house, topics.status, { service: 'bridge' });
	}

	/** Connected: is the house another bridge's? The question must come back: who hears it may read and publish. */
	ask(): void {
		const { outside, clock, house, username, granted, refused } = this.#options;
		this.#echoed = false;
		const askedMs = clock.monotonicMs();
		this.#asking?.cancel();
		this.#asking = clock.every(ASK_MS, () => {
			if (this.#echoed) {
				this.#asking?.cancel();
				this.#claim.take();
				granted();
			} else if (clock.monotonicMs() - askedMs >= ECHO_WITHIN_MS)
				refused(rightsMissing(house, username, [`a message on ${this.#eventName}`]));
		});
		outside.subscribe([this.#eventName], 1);
		outside.publish(this.#event(this.#claim.ask()));
	}

	/** The connection is gone, or given up. */
	leave(): void {
		this.#asking?.cancel();
		this.#claim.leave();
	}

	/** Takes a message that is about bridges; false where it is about something else. */
	hear(name: string, payload: Uint8Array, retained: boolean): boolean {
		if (name === this.#statusName) return true;
		if (name !== this.#eventName) return false;
		const decoded = decodePayload(bridgeTopics.bridgeEvent, payload);
		if (!decoded.ok || retained) return true;
		const { instance, house, outside, refused } = this.#options;
		if (decoded.payload.instance === instance) this.#echoed = true;
		const verdict = this.#claim.hear(decoded.payload);
		if (verdict === 'yield') refused(houseTaken(house));
		else if (verdict === 'answer') outside.publish(this.#event(this.#claim.answer));
		return true;
	}

	/** What is said outside of the house's bridge; all that is retained there is as old as its last `online`. */
	status(status: 'online' | 'offline'): Outgoing {
		return { name: this.#statusName, payload: status, qos: 1, retain: true };
	}

	#event(event: BridgeEvent): Outgoing {
		const payload = encodePayload(bridgeTopics.bridgeEvent, event);
		return { name: this.#eventName, payload, qos: 1, retain: false };
	}
}

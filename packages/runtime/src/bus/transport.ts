/** One message as it goes to the broker. */
export interface Outgoing {
	readonly name: string;
	readonly payload: string;
	readonly qos: 0 | 1;
	readonly retain: boolean;
}

/**
 * Keeps a message from being acknowledged until what this returns has been called, so that a broker which keeps the session
 * sends it again after a crash. To be called while the message is being handed over.
 */
export type Hold = () => () => void;

/** What a transport tells its bus. */
export interface TransportEvents {
	connected(): void;
	disconnected(): void;
	/** `retained`: a stored copy, not news. `hold`: where a message is acknowledged to the broker, see {@link Hold}. */
	message(name: string, payload: Uint8Array, retained: boolean, hold?: Hold): void;
	/** Messages were refused for want of answers from the broker, and there is room for others again. */
	roomAgain?(): void;
}

/** A way to a broker. It connects by itself, again and again; nothing here throws for want of a connection. */
export interface Transport {
	/** Begins to connect; the will is published by the broker when this client is lost. */
	start(events: TransportEvents, will: Outgoing): void;
	/** Sends what is on its way and disconnects. */
	stop(): Promise<void>;
	/**
	 * Sends now. False where there is no connection, or the broker owes too many answers: nothing is queued. `taken` is called
	 * once the broker has acknowledged it (QoS 1), be it after another connection; never where it does not.
	 */
	publish(message: Outgoing, taken?: () => void): boolean;
	/** Asks for these filters; to be asked again after each `connected`. */
	subscribe(filters: readonly string[]): void;
}

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Clock, PilotwireError, Timer, TransportEvents } from '@pilotwire/runtime';
import { connect, type MqttClient } from 'mqtt';
import type { Outgoing } from '../core/outbox.ts';
import { caUnreadable, connectionProblem } from '../errors.ts';

/** What the outside broker tells. */
export interface OutsideEvents extends Pick<TransportEvents, 'connected' | 'disconnected' | 'message'> {
	/** There is room for more. */
	roomAgain(): void;
	/** Why there is no connection. */
	problem(error: PilotwireError): void;
	/** Filters that may not be read. */
	refused(filters: readonly string[]): void;
}

/** The outside broker. A connection is made by itself, again and again, until `stop`. */
export interface Outside {
	start(events: OutsideEvents, will: Outgoing): void;
	/** Sends now; `landed` once it takes no room any more. False where there is no connection or no room. */
	publish(message: Outgoing, landed?: () => void): boolean;
	subscribe(filters: readonly string[], qos: 0 | 1): void;
	unsubscribe(filters: readonly string[]): void;
	/** Leaves in good order, so that the will stays unsaid, and comes again after a time, ms. */
	leave(forMs: number): void;
	/** Sends what is on its way, and leaves. */
	stop(): Promise<void>;
}

/** How the outside broker is reached. */
export interface OutsideAddress {
	readonly url: string;
	readonly username: string;
	readonly password: string | undefined;
	/** PEM file. */
	readonly caFile: string | undefined;
}

/** From one attempt to the next; doubled each time, up to the longest. Milliseconds. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A broker that doesn't answer the CONNECT in this time is tried again. Milliseconds. */
const CONNECT_WITHIN_MS = 15_000;
/** Seconds. What is silent for one and a half of it counts as gone. */
const KEEP_ALIVE_S = 30;
/** Messages under way: more wait where the newest of each is known. */
const MOST_UNDER_WAY = 100;
/** How long a stop waits for what is on its way. Milliseconds. */
const LEAVE_WITHIN_MS = 2_000;
const REFUSED = 128;

/** Over MQTT 3.1.1, TCP, TLS or WebSocket. A clean session: what waits in a broker's queue is never carried out at home. */
export class OutsideBroker implements Outside {
	readonly #address: OutsideAddress;
	readonly #house: string;
	readonly #clock: Clock;
	#events: OutsideEvents | undefined;
	#will: Outgoing | undefined;
	#client: MqttClient | undefined;
	#underWay = 0;
	#isFull = false;
	#waitMs = FIRST_WAIT_MS;
	#retry: Timer | undefined;

	constructor(address: OutsideAddress, house: string, clock: Clock) {
		this.#address = address;
		this.#house = house;
		this.#clock = clock;
	}

	/** Throws `BRIDGE_CA_UNREADABLE`. */
	start(events: OutsideEvents, will: Outgoing): void {
		this.#events = events;
		this.#will = will;
		this.#connect();
	}

	publish(message: Outgoing, landed?: () => void): boolean {
		const client = this.#client;
		if (client === undefined || !client.connected) return false;
		if (this.#underWay >= MOST_UNDER_WAY) {
			this.#isFull = true;
			return false;
		}
		this.#underWay += 1;
		const { name, payload, qos, retain } = message;
		// QoS 0 counts as under way until the socket takes it: a line that is too slow holds the next ones back.
		client.publish(name, payload, { qos, retain }, (error) => {
			if (client !== this.#client || error) return;
			landed?.();
			this.#landed();
		});
		return true;
	}

	subscribe(filters: readonly string[], qos: 0 | 1): void {
		if (filters.length === 0) return;
		this.#client?.subscribe([...filters], { qos }, (_error, granted) => {
			const refused = granted?.filter((one) => Number(one.qos) >= REFUSED).map(({ topic }) => topic) ?? [];
			if (refused.length > 0) this.#events?.refused(refused);
		});
	}

	unsubscribe(filters: readonly string[]): void {
		if (filters.length > 0) this.#client?.unsubscribe([...filters], () => undefined);
	}

	leave(forMs: number): void {
		const client = this.#client;
		this.#forget();
		client?.end(false, () => undefined);
		this.#retry = this.#clock.after(forMs, () => this.#connect());
	}

	async stop(): Promise<void> {
		const client = this.#client;
		this.#events = undefined;
		this.#forget();
		if (client === undefined) return;
		let late: NodeJS.Timeout | undefined;
		await Promise.race([
			client.endAsync(!client.connected).catch(() => undefined),
			new Promise<void>((resolve) => {
				late = setTimeout(resolve, LEAVE_WITHIN_MS);
			}),
		]);
		clearTimeout(late);
		if (client.connected) client.end(true);
	}

	#connect(): void {
		const { url, username, password, caFile } = this.#address;
		const will = this.#will as Outgoing;
		const client = connect(url, {
			clientId: `pilotwire-${this.#house}-${randomBytes(4).toString('hex')}`,
			username,
			...(password === undefined ? {} : { password }),
			...(caFile === undefined ? {} : { ca: readCa(caFile) }),
			clean: true,
			keepalive: KEEP_ALIVE_S,
			reconnectPeriod: 0,
			connectTimeout: CONNECT_WITHIN_MS,
			queueQoSZero: false,
			resubscribe: false,
			will: { topic: will.name, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
		});
		this.#client = client;
		let problem: unknown;
		const ifCurrent = (action: () => void) => (): void => {
			if (client === this.#client) action();
		};
		client.on('error', (error) => {
			problem ??= error;
		});
		client.on(
			'connect',
			ifCurrent(() => this.#connected(client)),
		);
		client.on('message', (name, payload, { retain }) => {
			if (client === this.#client) this.#events?.message(name, payload, retain);
		});
		client.on(
			'close',
			ifCurrent(() => this.#closed(client, problem)),
		);
	}

	#connected(client: MqttClient): void {
		(client.stream as Partial<Socket>).setNoDelay?.(true);
		this.#underWay = 0;
		this.#isFull = false;
		this.#waitMs = FIRST_WAIT_MS;
		this.#events?.connected();
	}

	#closed(client: MqttClient, problem: unknown): void {
		this.#forget();
		client.end(true);
		this.#events?.disconnected();
		this.#events?.problem(connectionProblem(problem ?? new Error('the connection was closed'), this.#address));
		// Nobody left meanwhile.
		if (this.#events === undefined) return;
		this.#retry = this.#clock.after(this.#waitMs, () => this.#connect());
		this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
	}

	#forget(): void {
		this.#client = undefined;
		this.#retry?.cancel();
		this.#retry = undefined;
	}

	#landed(): void {
		this.#underWay -= 1;
		if (!this.#isFull || this.#underWay > MOST_UNDER_WAY / 2) return;
		this.#isFull = false;
		this.#events?.roomAgain();
	}
}

function readCa(file: string): Buffer {
	try {
		return readFileSync(file);
	} catch (error) {
		throw caUnreadable(file, error);
	}
}

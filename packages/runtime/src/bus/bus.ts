import {
	decodePayload,
	encodePayload,
	type Parameters,
	type Topic,
	topicFilter,
	topicMatcher,
	topicName,
	topics,
} from '@pilotwire/contract';
import type { ServiceContext } from '../service.ts';
import { RefusalLog } from './refusal-log.ts';
import type { Hold, Outgoing, Transport } from './transport.ts';

/** How a payload came. */
export interface Arrival {
	/** A stored copy, delivered because this service subscribed: possibly old. */
	readonly retained: boolean;
	/** Monotonic clock, milliseconds. */
	readonly arrivedMs: number;
	/** Puts its acknowledgement off; absent where there is none to put off. */
	readonly hold?: Hold;
}

type Handler<Payload, Template extends string> = (
	payload: Payload,
	parameters: Parameters<Template>,
	arrival: Arrival,
) => void | Promise<void>;

interface Subscription {
	readonly filter: string;
	readonly topic: Topic<string, unknown>;
	/** The parameters that a name of this topic carries. */
	readonly match: (name: string) => Readonly<Record<string, string>> | undefined;
	readonly handle: (payload: unknown, parameters: Readonly<Record<string, string>>, arrival: Arrival) => void;
	/** Called where a retained topic was cleared. */
	readonly cleared: ((parameters: Readonly<Record<string, string>>) => void) | undefined;
}

/** A message and whom to tell that the broker has it. */
interface Waiting {
	readonly message: Outgoing;
	readonly taken: (() => void) | undefined;
}

/** Messages that are neither state nor lost: kept while the broker is away, oldest dropped first. */
const MAX_WAITING = 1_000;

/**
 * A service's place on the bus: publishes and hears typed topics, checks what arrives, says `online` at birth and leaves
 * `offline` as its will. States published while the broker is away reach it, each in its newest version, when it is
 * back; events wait in order up to a bound.
 */
export class Bus {
	readonly site: string;
	readonly #context: ServiceContext;
	readonly #transport: Transport;
	readonly #subscriptions: Subscription[] = [];
	readonly #states = new Map<string, Outgoing>();
	/** States that the transport refused although it is connected, by name. */
	readonly #refused = new Set<string>();
	readonly #waiting: Waiting[] = [];
	readonly #refusals: RefusalLog;
	readonly #status: string;
	#connected = false;
	readonly #onConnection: ((connected: boolean) => void)[] = [];

	/** `presence`: where it says that it is online, with the last will; by default its place among the services. */
	constructor(context: ServiceContext, site: string, transport: Transport, presence?: string) {
		this.site = site;
		this.#context = context;
		this.#transport = transport;
		this.#refusals = new RefusalLog(context.log, context.clock);
		this.#status = presence ?? topicName(site, topics.status, { service: context.name });
	}

	get connected(): boolean {
		return this.#connected;
	}

	/** The service this bus speaks for. */
	get service(): string {
		return this.#context.name;
	}

	start(): void {
		this.#transport.start(
			{
				connected: this.#context.guard(() => this.#welcome()),
				disconnected: this.#context.guard(() => this.#tellConnection(false)),
				message: this.#context.guard((...message) => this.#receive(...message)),
				roomAgain: this.#context.guard(() => this.#catchUp()),
			},
			this.#statusMessage('offline'),
		);
	}

	/** Says `offline` and leaves. */
	async stop(): Promise<void> {
		if (this.#connected) this.#transport.publish(this.#statusMessage('offline'));
		await this.#transport.stop();
		this.#connected = false;
	}

	/**
	 * Publishes a payload where its topic says, with the topic's delivery. `taken`: of what is not retained, once the broker has
	 * acknowledged it.
	 */
	publish<Template extends string, Payload>(
		topic: Topic<Template, Payload>,
		parameters: Parameters<Template>,
		payload: Payload,
		taken?: () => void,
	): void {
		const name = topicName(this.site, topic, parameters);
		this.#send({ name, payload: encodePayload(topic, payload), qos: topic.qos, retain: topic.retain }, taken);
	}

	/** Clears a retained topic, such as that of a circuit that is gone. */
	clear<Template extends string>(topic: Topic<Template, unknown>, parameters: Parameters<Template>): void {
		this.#send({ name: topicName(this.site, topic, parameters), payload: '', qos: 1, retain: true });
	}

	/** Another service says this topic from now on: what was said here is not said again when the broker comes back. */
	yield<Template extends string>(topic: Topic<Template, unknown>, parameters: Parameters<Template>): void {
		const name = topicName(this.site, topic, parameters);
		this.#states.delete(name);
		this.#refused.delete(name);
	}

	/**
	 * Hears a topic, for all values of the parameters not given. What doesn't fit the topic's schema, and a command that
	 * came retained, is refused with a line in the log and never reaches the handler.
	 */
	on<Template extends string, Payload>(
		topic: Topic<Template, Payload>,
		parameters: Partial<Parameters<Template>>,
		handler: Handler<Payload, Template>,
		cleared?: (parameters: Parameters<Template>) => void,
	): void {
		const filter = topicFilter(this.site, topic, parameters);
		this.#subscriptions.push({
			filter,
			topic: topic as Topic<string, unknown>,
			match: topicMatcher(this.site, topic as Topic<string, unknown>),
			handle: this.#context.guard(handler as Subscription['handle']),
			cleared: cleared as Subscription['cleared'],
		});
		if (this.#connected) this.#transport.subscribe([filter]);
	}

	/** Tells when the broker comes and goes. */
	onConnection(handler: (connected: boolean) => void): void {
		this.#onConnection.push(this.#context.guard(handler));
	}

	#statusMessage(status: 'online' | 'offline'): Outgoing {
		return { name: this.#status, payload: status, qos: 1, retain: true };
	}

	#send(message: Outgoing, taken?: () => void): void {
		if (message.retain) this.#sendState(message);
		else if (!this.#mayOvertake(message) || !this.#publishNow(message, taken)) {
			this.#waiting.push({ message, taken });
			if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
		}
	}

	#sendState(message: Outgoing): void {
		this.#states.set(message.name, message);
		if (this.#publishNow(message)) this.#refused.delete(message.name);
		else this.#refused.add(message.name);
	}

	/** What waits goes first; QoS 0 is refused by nobody. */
	#mayOvertake(message: Outgoing): boolean {
		return this.#waiting.length === 0 || message.qos === 0;
	}

	#publishNow(message: Outgoing, taken?: () => void): boolean {
		return this.#connected && this.#transport.publish(message, taken);
	}

	#welcome(): void {
		this.#transport.subscribe([...new Set(this.#subscriptions.map(({ filter }) => filter))]);
		this.#transport.publish(this.#statusMessage('online'));
		for (const name of this.#states.keys()) this.#refused.add(name);
		this.#catchUp();
		this.#tellConnection(true);
	}

	/** Publishes what could not be: of each state the newest, then the events in their order. */
	#catchUp(): void {
		for (const name of this.#refused) {
			if (!this.#transport.publish(this.#states.get(name) as Outgoing)) return;
			this.#refused.delete(name);
		}
		for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
			if (!this.#transport.publish(next.message, next.taken)) return;
			this.#waiting.shift();
		}
	}

	#tellConnection(connected: boolean): void {
		if (this.#connected === connected) return;
		this.#connected = connected;
		for (const tell of this.#onConnection) tell(connected);
	}

	#receive(name: string, payload: Uint8Array, retained: boolean, hold?: Hold): void {
		const arrivedMs = this.#context.clock.monotonicMs();
		for (const { topic, match, handle, cleared } of this.#subscriptions) {
			const parameters = match(name);
			if (parameters === undefined) continue;
			if (payload.length === 0 && topic.retain) {
				cleared?.(parameters);
				continue;
			}
			if (retained && !topic.retain) {
				this.#refuseRetained(name);
				return;
			}
			const decoded = decodePayload(topic, payload);
			if (decoded.ok) handle(decoded.payload, parameters, { retained, arrivedMs, ...(hold && { hold }) });
			else this.#refusals.refused(name, decoded.expected, decoded.received);
		}
	}

	#refuseRetained(name: string): void {
		this.#refusals.refused(name, 'a command that is not retained', 'a retained one, which is cleared');
		this.#transport.publish({ name, payload: '', qos: 1, retain: true });
	}
}

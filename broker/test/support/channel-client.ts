import type { ChannelMembers, ChannelNotice } from '@pilotwire/contract';
import type { Reachable } from './clients.ts';
import { type Came, WireClient } from './wire-client.ts';

/** A message as tests of channels compare it. */
export interface Heard {
	readonly topic: string;
	readonly text: string;
	readonly qos: number;
	readonly retain: boolean;
}

/** What a packet of the broker was answered with. */
interface Answer {
	/** In version 5; 0 otherwise. */
	readonly reason: number;
	readonly notice: ChannelNotice | undefined;
}

const own = /^channels\/[^/]+\/(notice|members)$/;

/** A client that speaks in channels packet by packet, takes what comes and acknowledges it, unless told otherwise. */
export class ChannelClient {
	readonly wire: WireClient;
	/** Everything heard but the broker's own words. */
	readonly heard: Heard[] = [];
	readonly notices: ChannelNotice[] = [];
	readonly members: ChannelMembers[] = [];
	/** Whether it acknowledges. */
	acknowledges = true;
	/** The connection is over. */
	isClosed = false;
	#lastId = 1;
	readonly #answers = new Map<string, (came: Came & Record<string, unknown>) => void>();
	readonly #checks = new Set<() => void>();

	private constructor(wire: WireClient) {
		this.wire = wire;
		void this.#listen();
	}

	/** Connects by an id of its own. */
	static async connect(broker: Reachable, clientId: string, more: ConnectOptions = {}): Promise<ChannelClient> {
		const { version = 5, ...options } = more;
		return new ChannelClient(await WireClient.signIn(broker, version, { clientId, ...options }));
	}

	/** Joins by this id, and subscribes to all where it was let in. */
	async join(channel: string, member: string, password?: string): Promise<Answer> {
		const answer = await this.publish(`channels/${channel}/join`, JSON.stringify({ member, password }));
		if (answer.reason === 0 && answer.notice !== undefined && 'joined' in answer.notice) {
			await this.subscribe(`channels/${channel}/#`);
		}
		return answer;
	}

	/** Publishes, and resolves with its acknowledgement; at QoS 0 once it was read. */
	async publish(topic: string, payload: string | Buffer, more: PublishOptions = {}): Promise<Answer> {
		const { qos = 1, retain = false, properties } = more;
		const before = this.notices.length;
		const messageId = this.#nextId();
		this.wire.send({ cmd: 'publish', topic, payload, qos, retain, messageId, dup: false, properties });
		let reason = 0;
		if (qos === 0) await this.settle();
		else {
			const came = await this.#answered(qos === 1 ? `puback ${messageId}` : `pubrec ${messageId}`);
			reason = Number(came['reasonCode'] ?? 0);
			if (qos === 2 && reason < 0x80) {
				this.wire.send({ cmd: 'pubrel', messageId });
				await this.#answered(`pubcomp ${messageId}`);
			}
		}
		return { reason, notice: this.notices[before] };
	}

	/** Publishes at QoS 1 and waits for nothing; resolves with the acknowledgement. */
	send(topic: string, payload: string | Buffer): Promise<unknown> {
		const messageId = this.#nextId();
		this.wire.send({ cmd: 'publish', topic, payload, qos: 1, retain: false, messageId, dup: false });
		return this.#answered(`puback ${messageId}`);
	}

	/** What the SUBACK says. */
	async subscribe(filter: string, qos = 1): Promise<number> {
		const messageId = this.#nextId();
		this.wire.send({ cmd: 'subscribe', messageId, subscriptions: [{ topic: filter, qos }] });
		const came = await this.#answered(`suback ${messageId}`);
		return Number((came['granted'] as number[])[0]);
	}

	/** What the UNSUBACK says, in version 5. */
	async unsubscribe(filter: string): Promise<number> {
		const messageId = this.#nextId();
		this.wire.send({ cmd: 'unsubscribe', messageId, unsubscriptions: [filter] });
		const came = await this.#answered(`unsuback ${messageId}`);
		return Number((came['granted'] as number[] | undefined)?.[0] ?? 0);
	}

	/** Resolves once the broker has read all that was sent, and what it said before that has come. */
	async settle(): Promise<void> {
		this.wire.send({ cmd: 'pingreq' });
		await this.#answered('pingresp 0');
	}

	/** Resolves once the condition holds. */
	async until(condition: () => boolean): Promise<void> {
		await new Promise<void>((resolve) => {
			const check = (): void => {
				if (!condition()) return;
				this.#checks.delete(check);
				resolve();
			};
			this.#checks.add(check);
			check();
		});
	}

	/** Breaks the connection off without a goodbye. */
	async breakOff(): Promise<void> {
		this.wire.socket.destroy();
		await this.until(() => this.isClosed);
	}

	#nextId(): number {
		this.#lastId = (this.#lastId % 0xffff) + 1;
		return this.#lastId;
	}

	#answered(what: string): Promise<Came & Record<string, unknown>> {
		return new Promise((resolve) => {
			this.#answers.set(what, resolve);
		});
	}

	async #listen(): Promise<void> {
		while (!this.isClosed) this.#take((await this.wire.next()) as Came & Record<string, unknown>);
	}

	#take(came: Came & Record<string, unknown>): void {
		if (came.cmd === 'closed') this.isClosed = true;
		else if (came.cmd === 'publish') this.#hear(came);
		else if (came.cmd === 'pubrel') this.wire.send({ cmd: 'pubcomp', messageId: came['messageId'] });
		else {
			const what = `${came.cmd} ${came['messageId'] ?? 0}`;
			this.#answers.get(what)?.(came);
			this.#answers.delete(what);
		}
		// Whoever waits for the answer goes on first.
		setImmediate(() => {
			for (const check of [...this.#checks]) check();
		});
	}

	#hear(came: Came & Record<string, unknown>): void {
		const topic = String(came['topic']);
		const text = String(came['payload']);
		const qos = Number(came['qos']);
		const kind = own.exec(topic)?.[1];
		if (kind === 'notice') this.notices.push(JSON.parse(text) as ChannelNotice);
		else if (kind === 'members') this.members.push(JSON.parse(text) as ChannelMembers);
		else this.heard.push({ topic, text, qos, retain: came['retain'] === true });
		if (qos > 0 && this.acknowledges) {
			this.wire.send({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId: came['messageId'] });
		}
	}
}

/** How it connects. */
interface ConnectOptions {
	readonly version?: 3 | 4 | 5;
	readonly clean?: boolean;
	readonly will?: object;
	readonly properties?: object;
	readonly username?: string;
	readonly password?: Buffer;
}

/** How it publishes. */
interface PublishOptions {
	readonly qos?: 0 | 1 | 2;
	readonly retain?: boolean;
	readonly properties?: object;
}

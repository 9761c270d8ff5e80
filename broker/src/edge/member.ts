import type { ChannelClient } from '../channels/client.ts';
import { asksForChannel } from '../channels/names.ts';
import type { Peer, Sending } from '../delivery/peer.ts';
import { PacketRefused } from '../errors.ts';
import type { Pass } from '../pass.ts';
import type { Message, Subscription } from '../persistence/message.ts';
import type { Audit } from './audit.ts';
import type { Connection } from './connection.ts';
import type { EdgeContext } from './context.ts';
import type { Terms } from './handshake.ts';
import { Inbound, type Publisher } from './inbound.ts';
import { Outbound } from './outbound.ts';
import { isOwn, type Origin } from './visitors.ts';
import { ack, pingresp, suback, unsuback } from './wire/encode.ts';
import type { Ack, Disconnect, Packet, Subscribe, Unsubscribe, Version, Wanted } from './wire/packets.ts';
import { reasons } from './wire/reasons.ts';
import { isTooLong } from './wire/topics.ts';

/** What SUBACK says to a refused filter in versions 3 (MQTT 3.1.1 section 3.9.3). */
const failure = 0x80;

/** Filters of one packet that are worked on before the others have their turn. */
const filtersPerTurn = 500;

/** A subscription that was granted, and whether there was none of its filter before. */
type Granted = Subscription & { readonly isNew: boolean };

/** What a member needs of the conversation it is part of. */
export interface MemberHost {
	readonly connection: Connection;
	readonly audit: Audit;
	readonly origin: Origin;
	/** Ends the conversation because of something the client did. */
	fail(error: PacketRefused): void;
	/** Does something in the next turn, unless the conversation is over by then. */
	later(work: () => void): void;
	/** The client said goodbye. */
	leave(packet: Disconnect): void;
}

/** A client that has signed in, and what it asks for. */
export class Member implements Peer {
	readonly id: string;
	readonly window: number;
	readonly pass: Pass;
	/** The same as channels see it. */
	readonly client: ChannelClient;
	readonly #version: Version;
	readonly #host: MemberHost;
	readonly #context: EdgeContext;
	readonly #inbound: Inbound;
	readonly #outbound: Outbound;

	constructor(terms: Terms, pass: Pass, host: MemberHost, context: EdgeContext) {
		this.id = terms.clientId;
		this.window = terms.window;
		this.pass = pass;
		this.#version = terms.version;
		this.#host = host;
		this.#context = context;
		const { kind, name } = pass.principal;
		const { ip } = host.origin;
		this.client = {
			...{ peer: this, pass, isRemote: !isOwn(ip), source: isOwn(ip) ? `${kind}/${name}` : ip },
			refused: (code) => host.audit.refusedInChannel(code),
		};
		const publisher: Publisher = {
			version: terms.version,
			...{ pass, peer: this, client: this.client },
			send: (bytes) => host.connection.send(bytes),
			pause: () => host.connection.pause(),
			resume: () => host.connection.resume(),
			fail: (error) => host.fail(error),
			refused: (topic) => host.audit.refusedPublish(topic),
		};
		this.#inbound = new Inbound(publisher, context);
		this.#outbound = new Outbound(terms, context.clock);
	}

	get backlogBytes(): number {
		return this.#host.connection.backlogBytes;
	}

	mayRead(topic: string): boolean {
		return this.pass.mayRead(topic);
	}

	send(message: Message, how: Sending): boolean {
		const bytes = this.#outbound.encode(message, how);
		if (bytes === undefined) return false;
		this.#context.traffic.payloadSent += message.payload.length;
		this.#host.connection.send(bytes);
		return true;
	}

	release(messageId: number): void {
		this.#host.connection.send(ack('pubrel', this.#version, messageId));
	}

	overflow(): void {
		this.#host.fail(new PacketRefused('too much waits for it', reasons.quotaExceeded));
	}

	missed(): void {
		this.#host.audit.missed();
	}

	/** Whether it is silent because the broker doesn't read it now. */
	get isResting(): boolean {
		return this.#inbound.isResting;
	}

	/** Its connection is over. */
	close(): void {
		this.#inbound.close();
	}

	/** Looks, from time to time, at what may have to go on. */
	look(): void {
		this.#inbound.look();
	}

	/** Does what a packet asks for. */
	handle(packet: Packet): void {
		switch (packet.type) {
			case 'publish':
				this.#inbound.publish(packet);
				return;
			case 'pubrel':
				this.#inbound.release(packet.id);
				return;
			case 'puback':
			case 'pubrec':
			case 'pubcomp':
				this.#acknowledge(packet.type, packet);
				return;
			case 'pingreq':
				this.#host.connection.send(pingresp);
				return;
			case 'subscribe':
				this.#subscribe(packet);
				return;
			case 'unsubscribe':
				this.#unsubscribe(packet);
				return;
			case 'disconnect':
				this.#host.leave(packet);
				return;
			case 'connect':
				this.#host.fail(new PacketRefused('a second CONNECT', reasons.protocolError));
				return;
			case 'auth':
				this.#host.fail(new PacketRefused('an AUTH that nobody asked for', reasons.protocolError));
				return;
		}
	}

	#acknowledge(kind: Exclude<Ack['type'], 'pubrel'>, { id, reason }: Ack): void {
		if (this.#context.router.acknowledge(this, kind, id, reason >= reasons.unspecified)) return;
		this.#host.fail(
			new PacketRefused(`a ${kind.toUpperCase()} for a message that waits for another`, reasons.protocolError),
		);
	}

	#subscribe({ id, wanted, identifier }: Subscribe): void {
		const { router, channels } = this.#context;
		if (this.#isFull) {
			this.#host.connection.send(
				suback(
					this.#version,
					id,
					wanted.map(() => this.#noRoom),
				),
			);
			return;
		}
		const codes: number[] = [];
		const granted: Granted[] = [];
		const grant = (one: Wanted): void => {
			const subscription: Subscription = identifier === undefined ? one : { ...one, identifier };
			codes.push(this.#grant(this.#feasible(subscription), granted));
		};
		this.#inTurns(wanted, grant, () => {
			this.#onceKept(() => {
				this.#host.connection.send(suback(this.#version, id, codes));
				router.sendRetained(this, granted);
				channels?.welcome(this.client, wanted.map(({ filter }) => filter).filter(asksForChannel));
			});
		});
	}

	/** A cluster sends nothing at QoS 2: what a client has of it could not be known elsewhere. */
	#feasible(subscription: Subscription): Subscription {
		return this.#context.claims !== undefined && subscription.qos === 2 ? { ...subscription, qos: 1 } : subscription;
	}

	/** Whether nothing more can wait for the cluster to answer: what a client asks for would only take up memory. */
	get #isFull(): boolean {
		return this.#context.claims?.isFull === true;
	}

	/** What SUBACK says to what there is no room for. */
	get #noRoom(): number {
		return this.#version === 5 ? reasons.quotaExceeded : failure;
	}

	#unsubscribe({ id, filters }: Unsubscribe): void {
		if (this.#isFull) {
			this.#host.fail(new PacketRefused('too much waits for the cluster', reasons.quotaExceeded));
			return;
		}
		const codes: number[] = [];
		const end = (filter: string): void => {
			codes.push(this.#end(filter) ? reasons.success : reasons.noSubscriptionExisted);
		};
		this.#inTurns(filters, end, () => {
			this.#onceKept(() => this.#host.connection.send(unsuback(this.#version, id, codes)));
		});
	}

	/** Takes a subscription out; whether there was one. */
	#end(filter: string): boolean {
		const { router, channels } = this.#context;
		if (channels !== undefined && asksForChannel(filter)) return channels.unsubscribe(this.client, filter);
		return router.sessions.unsubscribe(this, [filter])[0] === true;
	}

	/** Adds a subscription, where that may be; what the answer says of it. */
	#grant(subscription: Subscription, granted: Granted[]): number {
		const { channels } = this.#context;
		if (channels !== undefined && asksForChannel(subscription.filter) && !isTooLong(subscription.filter)) {
			const answer = channels.subscribe(this.client, subscription);
			return answer >= failure && this.#version < 5 ? failure : answer;
		}
		const code = this.#answer(subscription);
		if (code >= failure) return code;
		const became = this.#context.router.sessions.subscribe(this, subscription);
		if (became === undefined) return this.#noRoom;
		granted.push({ ...subscription, isNew: became === 'new' });
		return code;
	}

	/** Works on so many of the filters in each turn; of this client nothing else is handled meanwhile. */
	#inTurns<Item>(all: readonly Item[], work: (one: Item) => void, done: () => void, from = 0): void {
		const { connection } = this.#host;
		const next = from + filtersPerTurn;
		for (const one of all.slice(from, next)) work(one);
		if (next < all.length) {
			connection.pause();
			this.#host.later(() => this.#inTurns(all, work, done, next));
			return;
		}
		done();
		if (from > 0) connection.resume();
	}

	/** Answers what changed the session: where that outlives the connection, once it is on the disk. */
	#onceKept(answer: () => void): void {
		const kept = this.#context.router.sessions.committed(this);
		if (kept === undefined) answer();
		else void kept.then(answer);
	}

	#answer({ filter, qos }: Subscription): number {
		if (isTooLong(filter)) return this.#version === 5 ? reasons.filterInvalid : failure;
		if (this.pass.maySubscribe(filter)) return qos;
		this.#host.audit.refusedSubscription(filter);
		return this.#version === 5 ? reasons.notAuthorized : failure;
	}
}

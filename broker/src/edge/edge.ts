import { messageOf, type Timer } from '@pilotwire/runtime';
import { isOfChannel } from '../channels/names.ts';
import type { Message } from '../delivery/index.ts';
import { ownerOf } from '../pass.ts';
import type { ClientStream } from './connection.ts';
import type { EdgeContext } from './context.ts';
import { Conversation, type ConversationHost } from './conversation.ts';
import type { Terms } from './handshake.ts';
import { told } from './inbound.ts';
import type { Member } from './member.ts';
import { type Origin, Visitors } from './visitors.ts';
import { type KeptWill, leftOf, Wills, willDelayS } from './wills.ts';
import type { Will } from './wire/packets.ts';
import { reasons } from './wire/reasons.ts';

/** How often connections are looked at for what they left undone, ms. */
const roundMs = 250;

/** Everybody who is connected. */
export class Edge implements ConversationHost {
	readonly #context: EdgeContext;
	readonly #visitors: Visitors;
	readonly #wills = new Wills();
	/** By client id. */
	readonly #members = new Map<string, Conversation>();
	/** Who has not signed in, the oldest first. */
	readonly #strangers = new Set<Conversation>();
	readonly #round: Timer;
	#closed = false;

	constructor(context: EdgeContext) {
		this.#context = context;
		this.#visitors = new Visitors(context.limits);
		this.#round = context.clock.every(roundMs, () => this.#look());
	}

	/** Takes up the wills that were there at the start, before anybody connects. Rejects with `DATABASE_*`. */
	async recallWills(): Promise<void> {
		for (const [clientId, will] of this.#context.router.wills.all()) {
			await this.#recall(clientId, will as unknown as KeptWill);
		}
	}

	/** Clients that have signed in. */
	get size(): number {
		return this.#members.size;
	}

	/** Takes a new connection. */
	accept(conn: ClientStream, origin: Origin): void {
		this.#context.traffic.sockets += 1;
		if (this.#closed || !this.#visitors.arrive(origin.ip, this.#context.clock.monotonicMs())) {
			conn.destroy();
			return;
		}
		this.#strangers.add(new Conversation(conn, origin, this.#context, this));
		const [oldest] = this.#strangers;
		if (this.#strangers.size > this.#context.limits.strangers) oldest?.end(reasons.serverUnavailable);
	}

	/** Ends the connections of people and devices whose accounts are gone or others now, of those on their way in too. */
	revoke(names: readonly string[]): void {
		for (const conversation of [...this.#strangers, ...this.#members.values()]) {
			const { pass } = conversation;
			if (pass?.stamp !== undefined && names.includes(pass.principal.name)) conversation.revoke();
		}
		// The wills of those who are not connected, whose delay runs.
		for (const [clientId, will] of this.#context.router.wills.all()) {
			const { principal, stamp } = will as unknown as KeptWill;
			if (stamp === undefined || principal === undefined || !names.includes(principal.name)) continue;
			this.#wills.forget(clientId);
			this.#context.router.wills.delete(clientId);
		}
	}

	/** Ends the connection of a client: it comes back at another broker of the cluster. */
	evict(clientId: string): void {
		this.#members.get(clientId)?.end(reasons.sessionTakenOver);
	}

	/** Ends the connections of all clients, who may come back at once. */
	evictAll(): void {
		for (const conversation of [...this.#members.values()]) conversation.end(reasons.serverShuttingDown);
	}

	/** Ends all connections and says what is to be said of them. */
	close(): void {
		this.#closed = true;
		this.#round.cancel();
		for (const conversation of [...this.#strangers, ...this.#members.values()]) {
			conversation.end(reasons.serverShuttingDown);
		}
	}

	enter(conversation: Conversation, member: Member, { clean, expiryS, will }: Terms): boolean {
		this.#members.get(member.id)?.end(reasons.sessionTakenOver);
		this.#strangers.delete(conversation);
		this.#members.set(member.id, conversation);
		const { router, limits } = this.#context;
		const keepsWill = will !== undefined && !this.#isOfChannel(will);
		const owner = ownerOf(member.pass.principal);
		const { sessionPresent } = router.sessions.attach(member, { clean, expiryS, owner });
		if (sessionPresent) this.#wills.forget(member.id);
		else this.#wills.sayNow(member.id);
		if (keepsWill) this.#keep(member, { ...will, delayS: willDelayS(will, Math.min(expiryS, limits.sessionForS)) });
		else router.wills.delete(member.id);
		return sessionPresent;
	}

	over(conversation: Conversation, member: Member | undefined, expiryS: number, left: Will | undefined): void {
		const will = this.#context.claims?.isLost === true ? undefined : left;
		this.#strangers.delete(conversation);
		this.#visitors.leave(conversation.origin.ip);
		if (member === undefined) return;
		if (this.#members.get(member.id) === conversation) this.#members.delete(member.id);
		member.close();
		const { clock, router, limits, channels } = this.#context;
		const inChannel = will !== undefined && this.#isOfChannel(will);
		channels?.gone(member.client, inChannel ? this.#messageOf(member.id, will) : undefined);
		const stays = router.sessions.detach(member, { expiryS });
		if (will === undefined || inChannel) {
			router.wills.delete(member.id);
			return;
		}
		if (!member.pass.mayPublish(will.topic)) {
			conversation.audit.refusedPublish(will.topic);
			router.wills.delete(member.id);
			return;
		}
		// A will waits for its session to end, and one that is not kept has ended.
		const delayS = stays ? willDelayS(will, Math.min(expiryS, limits.sessionForS)) : 0;
		if (delayS === 0) {
			this.#say(member.id, will);
			return;
		}
		// In a cluster its client may come back at another broker: whoever is there says it.
		if (this.#context.claims === undefined) {
			this.#wills.hold(member.id, clock.monotonicMs() + delayS * 1000, () => this.#say(member.id, will));
		}
		this.#keep(member, { ...will, delayS, dueMs: clock.wallMs() + delayS * 1000 });
	}

	#keep({ id, pass: { principal, stamp } }: Member, will: KeptWill): void {
		const owned = { ...will, principal, ...(stamp === undefined ? {} : { stamp }) };
		this.#context.router.wills.put(id, owned);
	}

	/** A will that another broker of the cluster left, as it is said; nothing where it may not be. Rejects with `DATABASE_*`. */
	async willNow(clientId: string, will: KeptWill): Promise<Message | undefined> {
		return (await this.#maySay(clientId, will)) ? this.#messageOf(clientId, will) : undefined;
	}

	/** Whether the account that left a will may say it still. */
	async #maySay(clientId: string, { principal, stamp, topic }: KeptWill): Promise<boolean> {
		const { gate, log } = this.#context;
		const pass = principal === undefined ? undefined : await gate.recall(principal, stamp);
		if (principal === undefined || pass?.mayPublish(topic) === true) return true;
		log.warn(
			{ client: clientId, topic, principal },
			'A will was left unsaid: its account is another one now, or may not publish it',
		);
		return false;
	}

	/** A will that was there at the start: its client was connected when the broker ended, or its delay ran. */
	async #recall(clientId: string, will: KeptWill): Promise<void> {
		const { clock, router, limits } = this.#context;
		if (!(await this.#maySay(clientId, will))) {
			router.wills.delete(clientId);
			return;
		}
		const leftMs = router.sessions.has(clientId)
			? Math.min(leftOf(will, clock.wallMs()), limits.sessionForS * 1000)
			: 0;
		if (leftMs <= 0) this.#say(clientId, will);
		else this.#wills.hold(clientId, clock.monotonicMs() + leftMs, () => this.#say(clientId, will));
	}

	#say(clientId: string, will: Will): void {
		const { router, log } = this.#context;
		router.publish(this.#messageOf(clientId, will)).stored?.catch((error: unknown) => {
			log.warn({ err: error, client: clientId, topic: will.topic }, `A will could not be said: ${messageOf(error)}`);
		});
		router.wills.delete(clientId);
	}

	#messageOf(clientId: string, { topic, payload, qos, retain, properties }: Will): Message {
		return { topic, payload, qos, retain, from: clientId, ...told(properties, this.#context.clock.wallMs()) };
	}

	/** Such a will is said before its member leaves, and never written. */
	#isOfChannel({ topic }: Will): boolean {
		return this.#context.channels !== undefined && isOfChannel(topic);
	}

	#look(): void {
		const nowMs = this.#context.clock.monotonicMs();
		this.#context.channels?.look(nowMs);
		for (const conversation of this.#strangers) conversation.checkTime(nowMs);
		for (const conversation of this.#members.values()) conversation.checkTime(nowMs);
		this.#wills.say(nowMs);
		this.#visitors.tidy(nowMs);
	}
}

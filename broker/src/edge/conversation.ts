import { messageOf } from '@pilotwire/runtime';
import { ConnectRefused, PacketRefused } from '../errors.ts';
import { ownerOf, type Pass } from '../pass.ts';
import { Audit } from './audit.ts';
import { type ClientStream, Connection, type ConnectionEvents } from './connection.ts';
import type { EdgeContext } from './context.ts';
import { connackCode, connackProperties, type Refusal, type Terms, termsOf } from './handshake.ts';
import { Member, type MemberHost } from './member.ts';
import type { SessionClaims } from './session-claims.ts';
import type { Origin } from './visitors.ts';
import { decode } from './wire/decode.ts';
import { connack, disconnect } from './wire/encode.ts';
import type { Frame } from './wire/framer.ts';
import type { Connect, Disconnect, Will } from './wire/packets.ts';
import { type Reason, reasons } from './wire/reasons.ts';

/** What the edge is told by its conversations, and does for them. */
export interface ConversationHost {
	/** Ends whoever else has this client id, then this one has it; tells whether there was a session to go on with. */
	enter(conversation: Conversation, member: Member, terms: Terms): boolean;
	/** A conversation is over; the member leaves, and its will is said unless it is undefined. */
	over(conversation: Conversation, member: Member | undefined, expiryS: number, will: Will | undefined): void;
}

/** One connection from its first byte to its last: sign-in, then what its member asks for, then its end. */
export class Conversation implements ConnectionEvents, MemberHost {
	readonly connection: Connection;
	readonly audit: Audit;
	readonly origin: Origin;
	readonly #context: EdgeContext;
	readonly #host: ConversationHost;
	/** When something last came, or it began; monotonic ms. */
	#heardMs: number;
	#heard = false;
	#terms: Terms | undefined;
	/** Who it is, once that is decided: its session may have to come first from another broker of the cluster. */
	#pass: Pass | undefined;
	#member: Member | undefined;
	#will: Will | undefined;
	#expiryS = 0;

	constructor(conn: ClientStream, origin: Origin, context: EdgeContext, host: ConversationHost) {
		this.origin = origin;
		this.#context = context;
		this.#host = host;
		this.#heardMs = context.clock.monotonicMs();
		this.audit = new Audit(context.log, context.traffic, `${origin.ip}:${origin.port}`);
		this.connection = new Connection(conn, context.limits, this, context.traffic);
	}

	get pass(): Pass | undefined {
		return this.#pass;
	}

	onFrame(frame: Frame): void {
		this.#heard = true;
		try {
			this.#take(frame);
		} catch (error) {
			this.#broke(error);
		}
	}

	#take(frame: Frame): void {
		const packet = decode(frame.first, frame.body, this.#terms?.version ?? 4);
		if (packet instanceof ConnectRefused && this.#member === undefined) this.#refuseConnect(packet);
		else if (packet instanceof PacketRefused) this.fail(packet);
		else if (this.#member !== undefined) this.#member.handle(packet);
		else if (packet.type === 'connect') void this.#greet(packet).catch((error: unknown) => this.#broke(error));
	}

	onFault(fault: PacketRefused): void {
		this.fail(fault);
	}

	onDrain(): void {
		if (this.#member !== undefined) this.#context.router.drained(this.#member);
	}

	onClose(error?: Error): void {
		if (error !== undefined && this.#member !== undefined) this.audit.cutOff(error);
		else if (error !== undefined) this.audit.turnedAway(error.message);
		this.#host.over(this, this.#member, this.#expiryS, this.#will);
		if (this.#member !== undefined) this.audit.gone();
	}

	fail(error: PacketRefused): void {
		if (this.connection.closed) return;
		if (this.#member === undefined) this.audit.turnedAway(error.message);
		else this.audit.cutOff(error);
		this.end(error.reason);
	}

	later(work: () => void): void {
		setImmediate(() => {
			if (this.connection.closed) return;
			try {
				work();
			} catch (error) {
				this.#broke(error);
			}
		});
	}

	leave({ reason, properties }: Disconnect): void {
		const { sessionExpiryInterval: expiryS } = properties;
		if (expiryS !== undefined && expiryS > 0 && this.#expiryS === 0) {
			this.fail(new PacketRefused('a session that it had not asked for', reasons.protocolError));
			return;
		}
		this.#expiryS = expiryS ?? this.#expiryS;
		if (reason !== reasons.disconnectWithWill) this.#will = undefined;
		this.connection.close();
	}

	/** Closes from this side; a client of version 5 is told why. */
	end(reason: number): void {
		if (this.#member !== undefined && this.#terms?.version === 5) this.connection.send(disconnect(reason));
		this.connection.close();
	}

	/** Ends it where its account is another one now. */
	revoke(): void {
		if (this.#member === undefined) this.audit.turnedAway('its account has changed meanwhile');
		else this.audit.revoked();
		this.#pass?.revoke();
		this.end(reasons.administrative);
	}

	/** Ends it where nothing has come for too long. `nowMs`: monotonic. */
	checkTime(nowMs: number): void {
		if (this.#heard) {
			this.#heard = false;
			this.#heardMs = nowMs;
		}
		const quietMs = nowMs - this.#heardMs;
		if (this.#member === undefined) {
			if (quietMs > this.#context.limits.connectTimeoutMs)
				this.fail(new PacketRefused('CONNECT did not arrive in time'));
			return;
		}
		this.#member.look();
		// What it says meanwhile, its PINGREQ too, is read later.
		if (this.#member.isResting) this.#heard = true;
		const { keepAliveS = 0 } = this.#terms ?? {};
		if (keepAliveS > 0 && quietMs > keepAliveS * 1500) {
			this.fail(new PacketRefused('nothing came for one and a half times its keep-alive', reasons.keepAliveTimeout));
		}
	}

	async #greet(connect: Connect): Promise<void> {
		this.#context.traffic.connects += 1;
		const terms = termsOf(connect, this.#context.limits);
		this.audit.claims('clientId' in terms ? terms.clientId : connect.clientId, connect.name);
		if ('why' in terms) return this.#refuse(connect, terms);
		this.connection.pause();
		const { name, secret, will } = connect;
		const { ip: address } = this.origin;
		const caller = { id: terms.clientId, name, secret, address, will: will?.topic };
		const decision = await this.#context.gate.decide(caller);
		if (this.connection.closed) return;
		if (!decision.accepted) {
			this.#refuse(connect, { ...decision, silent: false });
			return;
		}
		this.#pass = decision.pass;
		if (this.#context.claims === undefined) this.#admit(connect, terms, decision.pass);
		else await this.#claim(this.#context.claims, connect, terms, decision.pass);
	}

	/** Its session may be at another broker of the cluster: it comes from there first. */
	async #claim(claims: SessionClaims, connect: Connect, terms: Terms, pass: Pass): Promise<void> {
		const { clientId, clean, expiryS } = terms;
		await claims.claim({
			clientId,
			terms: { clean, expiryS, owner: ownerOf(pass.principal) },
			isOpen: () => !this.connection.closed,
			enter: () => this.#admit(connect, terms, pass),
			refuse: (why) => {
				if (why === 'others') this.#refuseOthers(connect, clientId);
				else this.#refuse(connect, { reason: reasons.serverUnavailable, why: 'the cluster is away', silent: false });
			},
		});
	}

	#refuseOthers(connect: Connect, clientId: string): void {
		const why = `the session of the client id ${JSON.stringify(clientId)} is another account's`;
		this.#refuse(connect, { reason: reasons.idNotValid, why, silent: false });
	}

	#admit(connect: Connect, terms: Terms, pass: Pass): void {
		if (this.#context.router.sessions.isOthers(terms.clientId, ownerOf(pass.principal))) {
			this.#refuseOthers(connect, terms.clientId);
			return;
		}
		this.#terms = terms;
		this.#will = terms.will;
		this.#expiryS = terms.expiryS;
		const member = new Member(terms, pass, this, this.#context);
		const sessionPresent = this.#host.enter(this, member, terms);
		this.#member = member;
		this.connection.signedIn();
		this.audit.signedIn(pass.principal);
		const properties = connackProperties(connect, terms, this.#context.limits);
		this.connection.send(connack(terms.version, sessionPresent, 0, properties));
		this.#context.router.sessions.resume(member);
		this.connection.resume();
	}

	/** A fault of the broker itself: it costs this connection, and nobody else's. */
	#broke(error: unknown): void {
		this.#context.log.error({ err: error }, `A packet could not be handled: ${messageOf(error)}`);
		this.fail(new PacketRefused('a packet that could not be handled', reasons.unspecified));
	}

	#refuse({ version }: Pick<Connect, 'version'>, { reason, why, silent }: Refusal): void {
		this.audit.turnedAway(why);
		if (!silent) this.connection.send(connack(version, false, connackCode(version, reason)));
		this.connection.close();
	}

	#refuseConnect({ message: why, reason, version }: ConnectRefused): void {
		this.#refuse({ version }, { reason: reason as Reason, why, silent: false });
	}
}

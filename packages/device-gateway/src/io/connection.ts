import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import type { RawData, WebSocket } from 'ws';
import { commandText, readMessage, type Said } from '../core/message.ts';
import { type Closing, closings } from '../errors.ts';

/** Who a device turned out to be. */
export interface SignedIn {
	readonly name: string;
	/** Of its account as it was then. */
	readonly stamp: string;
}

/** What a connection needs of the service. */
export interface ConnectionParts {
	readonly clock: Clock;
	readonly log: Logger;
	/** Between two pings, ms. */
	readonly pingMs: number;
	readonly authTimeoutMs: number;
	readonly maxMessagesPerS: number;
	/** `busy`: it was not looked at. */
	signIn(name: string, password: string, address: string): Promise<SignedIn | 'refused' | 'busy'>;
	/** Takes it among the devices that are there; why not otherwise. */
	open(connection: Connection): Closing | undefined;
	said(connection: Connection, said: Said): void;
	/** Called once for each connection. */
	closed(connection: Connection): void;
}

/** A device that doesn't answer the closing handshake in this time is cut off. Milliseconds. */
const CLOSE_WITHIN_MS = 500;
/** A device that has not confirmed a command by then is gone. Milliseconds. */
const CONFIRM_WITHIN_MS = 10_000;
/** What a device may leave unread. Bytes. */
const MOST_UNREAD_BYTES = 256 * 1024;
/** Messages before the sign-in, and messages that are no JSON objects after it, that are answered. */
const MOST_EARLY = 20;
const MOST_NONSENSE = 20;
const SECOND_MS = 1_000;

interface Unconfirmed {
	/** The ping that followed the command. */
	readonly ping: number;
	readonly settle: (confirmed: boolean) => void;
	readonly timer: Timer;
}

/** One device's connection: signs it in, reads what it says, hands it commands and knows when it has them. */
export class Connection {
	readonly address: string;
	readonly #ws: WebSocket;
	readonly #parts: ConnectionParts;
	readonly #authTimer: Timer;
	#stage: 'waiting' | 'checking' | 'open' | 'closed' = 'waiting';
	#who: SignedIn | undefined;
	/** What came while the sign-in was checked. */
	#held: string[] = [];
	#early = 0;
	#nonsense = 0;
	#second = { startMs: Number.NEGATIVE_INFINITY, messages: 0 };
	/** The newest message of a device that said too much in this second. */
	#late: string | undefined;
	#alive = true;
	#nextPingMs: number;
	#pings = 0;
	#unconfirmed: Unconfirmed[] = [];

	constructor(ws: WebSocket, address: string, parts: ConnectionParts) {
		this.address = address;
		this.#ws = ws;
		this.#parts = parts;
		this.#nextPingMs = parts.clock.monotonicMs() + parts.pingMs;
		this.#authTimer = parts.clock.after(parts.authTimeoutMs, () => this.close(closings.late));
		ws.on('message', (data) => this.#received(data));
		ws.on('pong', (data) => this.#pong(data));
		// What ws refuses by itself (a message too large, a broken frame) it also closes.
		ws.on('error', (error) => parts.log.debug({ err: error, address }, `device: ${messageOf(error)}`));
		ws.on('close', () => this.#end());
	}

	/** The device; undefined until it has signed in. */
	get who(): SignedIn | undefined {
		return this.#who;
	}

	/** Asks for a sign of life when it is time to; a device that gave none since the last time is cut off. */
	look(nowMs: number): void {
		if (this.#stage !== 'open' || nowMs < this.#nextPingMs) return;
		this.#nextPingMs = nowMs + this.#parts.pingMs;
		if (!this.#alive) {
			this.#cutOff();
			return;
		}
		this.#alive = false;
		this.#ping();
	}

	/**
	 * Hands a command over. True once the device has it: a ping follows it, and the answer to that can't come before.
	 * False where the connection ends first.
	 */
	deliver(command: string, value: string | undefined): Promise<boolean> {
		if (this.#stage !== 'open') return Promise.resolve(false);
		if (this.#ws.bufferedAmount > MOST_UNREAD_BYTES) {
			this.#cutOff();
			return Promise.resolve(false);
		}
		this.#ws.send(commandText(command, value));
		const ping = this.#ping();
		return new Promise((settle) => {
			const timer = this.#parts.clock.after(CONFIRM_WITHIN_MS, () => this.#cutOff());
			this.#unconfirmed.push({ ping, settle, timer });
		});
	}

	/** Says why, and is gone at once or within half a second. */
	close({ code, reason }: Closing): void {
		this.#end();
		if (this.#ws.readyState === this.#ws.CLOSED) return;
		this.#ws.resume();
		this.#ws.close(code, reason);
		const cutOff = this.#parts.clock.after(CLOSE_WITHIN_MS, () => this.#ws.terminate());
		this.#ws.once('close', () => cutOff.cancel());
	}

	#received(data: RawData): void {
		this.#alive = true;
		const text = (data as Buffer).toString();
		if (this.#stage === 'open') this.#hear(text);
		else if (this.#stage === 'waiting') this.#hearStranger(text);
		else if (this.#stage === 'checking') {
			this.#held.push(text);
			if (this.#held.length > MOST_EARLY) this.close(closings.policy);
		}
	}

	#hearStranger(text: string): void {
		const message = readMessage(text);
		if (message.kind === 'auth') {
			void this.#check(message.name, message.password);
			return;
		}
		this.#early += 1;
		if (this.#early > MOST_EARLY) this.close(closings.policy);
		else this.#ws.send('{"error":"auth_required"}');
	}

	async #check(name: string, password: string): Promise<void> {
		this.#stage = 'checking';
		// Many may wait for their passwords to be checked after a restart.
		this.#authTimer.cancel();
		this.#ws.pause();
		let answer: SignedIn | 'refused' | 'busy' | undefined;
		try {
			answer = await this.#parts.signIn(name, password, this.address);
		} catch (error) {
			this.#parts.log.error({ err: error }, `a device could not be signed in: ${messageOf(error)}`);
		}
		if (this.#isClosed()) return;
		if (typeof answer === 'object') this.#welcome(answer);
		else if (answer === 'refused') this.#refuse();
		else this.close(answer === 'busy' ? closings.busy : closings.failed);
	}

	#isClosed(): boolean {
		return this.#stage === 'closed';
	}

	#refuse(): void {
		this.#ws.send('{"error":"unauthorized"}');
		this.close(closings.unauthorized);
	}

	#welcome(who: SignedIn): void {
		this.#who = who;
		this.#stage = 'open';
		const refused = this.#parts.open(this);
		if (refused !== undefined) {
			this.#who = undefined;
			this.close(refused);
			return;
		}
		this.#ws.resume();
		for (const text of this.#held.splice(0)) if (!this.#isClosed()) this.#hear(text);
	}

	#hear(text: string): void {
		if (!this.#mayHear()) {
			this.#late = text;
			return;
		}
		const message = readMessage(text);
		if (message.kind === 'telemetry') this.#parts.said(this, message.said);
		else if (message.kind === 'nonsense') {
			this.#nonsense += 1;
			if (this.#nonsense > MOST_NONSENSE) this.close(closings.nonsense);
		}
		// One that has signed in may say so again, as itself.
		else if (message.kind === 'auth' && message.name !== this.#who?.name) this.#parts.log.debug({}, 'a second sign-in');
	}

	/** One that says too much isn't read until the second is over; of what came by then the newest counts. */
	#mayHear(): boolean {
		const { clock, maxMessagesPerS } = this.#parts;
		const nowMs = clock.monotonicMs();
		if (nowMs - this.#second.startMs >= SECOND_MS) this.#second = { startMs: nowMs, messages: 0 };
		this.#second.messages += 1;
		if (this.#second.messages <= maxMessagesPerS) return true;
		if (this.#second.messages === maxMessagesPerS + 1) {
			this.#ws.pause();
			clock.after(this.#second.startMs + SECOND_MS - nowMs, () => this.#readAgain());
		}
		return false;
	}

	#readAgain(): void {
		if (this.#stage !== 'open') return;
		// Timers may come a little early: from here on it is the next second.
		this.#second = { startMs: this.#parts.clock.monotonicMs(), messages: 0 };
		const late = this.#late;
		this.#late = undefined;
		this.#ws.resume();
		if (late !== undefined) this.#hear(late);
	}

	#ping(): number {
		this.#pings += 1;
		this.#ws.ping(String(this.#pings));
		return this.#pings;
	}

	/** A pong answers a ping and all before it (RFC 6455 section 5.5.3). */
	#pong(data: Buffer): void {
		this.#alive = true;
		const answered = Number(data.toString());
		if (!(answered <= this.#pings)) return;
		const confirmed = this.#unconfirmed.filter(({ ping }) => ping <= answered);
		this.#unconfirmed = this.#unconfirmed.filter(({ ping }) => ping > answered);
		for (const { settle, timer } of confirmed) {
			timer.cancel();
			settle(true);
		}
	}

	#cutOff(): void {
		this.#end();
		this.#ws.terminate();
	}

	#end(): void {
		if (this.#stage === 'closed') return;
		this.#stage = 'closed';
		this.#authTimer.cancel();
		this.#held = [];
		for (const { settle, timer } of this.#unconfirmed.splice(0)) {
			timer.cancel();
			settle(false);
		}
		this.#parts.closed(this);
	}
}

import type { Duplex } from 'node:stream';
import { type Clock, type Logger, messageOf, type Timer } from '@pilotwire/runtime';
import type { RawData, WebSocket } from 'ws';
import { readConnect } from '../core/connect-packet.ts';
import { type Closing, closings } from '../errors.ts';

/** A browser that opened a connection says CONNECT within this time. Milliseconds. */
const CONNECT_WITHIN_MS = 10_000;
/** A broker that takes longer to be reached is away. Milliseconds. */
const BROKER_WITHIN_MS = 5_000;
/** A browser that doesn't answer the closing handshake in this time is cut off. Milliseconds. */
const CLOSE_WITHIN_MS = 500;
/** Unsent bytes to the browser at which the broker is no longer read, and at which it is again. */
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = 64 * 1024;

/** What a bridge needs of the service. */
export interface BridgeParts {
	/** Opens the connection to the broker; `ready` once bytes can pass. */
	readonly connect: (ready: () => void) => Duplex;
	/** The CONNECT as the broker is to get it, or why there is none. */
	readonly rewrite: (packet: ConnectPacket) => Promise<Buffer | Closing>;
	/** Something came from the browser. */
	readonly inUse: () => void;
	readonly clock: Clock;
	readonly log: Logger;
}

type ConnectPacket = Extract<ReturnType<typeof readConnect>, { kind: 'connect' }>['packet'];

/**
 * One browser's MQTT connection: reads its CONNECT, has it rewritten, and from then on passes bytes both ways without
 * looking at them. Either side is read only as fast as the other takes.
 */
export class Bridge {
	readonly #ws: WebSocket;
	readonly #parts: BridgeParts;
	readonly #connectTimer: Timer;
	#stage: 'connect' | 'rewriting' | 'open' | 'closed' = 'connect';
	/** What came before the broker can take it. */
	#held: Buffer[] = [];
	#broker: Duplex | undefined;
	#brokerTimer: Timer | undefined;
	#isAlive = true;

	constructor(ws: WebSocket, parts: BridgeParts) {
		this.#ws = ws;
		this.#parts = parts;
		this.#connectTimer = parts.clock.after(CONNECT_WITHIN_MS, () => this.close(closings.lateConnect));
		ws.on('message', (data, isBinary) => this.#fromBrowser(data, isBinary));
		ws.on('pong', () => {
			this.#isAlive = true;
		});
		// What ws refuses by itself (a message too large, a broken frame) it also closes.
		ws.on('error', (error) => parts.log.debug({ err: error }, `/mqtt: ${messageOf(error)}`));
		ws.on('close', () => this.#end());
	}

	/** Asks the browser for a sign of life; one that gave none since the last time is cut off. */
	ping(): void {
		if (!this.#isAlive) this.#ws.terminate();
		else this.#ws.ping();
		this.#isAlive = false;
	}

	/** Passes nothing more, says why, and is gone at once or within half a second. */
	close({ code, reason }: Closing): void {
		this.#end();
		if (this.#ws.readyState === this.#ws.CLOSED) return;
		this.#ws.resume();
		this.#ws.close(code, reason);
		const cutOff = this.#parts.clock.after(CLOSE_WITHIN_MS, () => this.#ws.terminate());
		this.#ws.once('close', () => cutOff.cancel());
	}

	#fromBrowser(data: RawData, isBinary: boolean): void {
		if (this.#stage === 'closed') return;
		if (!isBinary) {
			this.close(closings.notBinary);
			return;
		}
		this.#parts.inUse();
		this.#isAlive = true;
		const bytes = data as Buffer;
		if (this.#stage === 'open') {
			if (this.#broker?.write(bytes) === false) this.#ws.pause();
			return;
		}
		this.#held.push(bytes);
		if (this.#stage === 'connect') this.#readConnect();
	}

	#readConnect(): void {
		const bytes = Buffer.concat(this.#held);
		const first = readConnect(bytes);
		if (first.kind === 'incomplete') {
			this.#held = [bytes];
			return;
		}
		if (first.kind !== 'connect') {
			this.close(first.kind === 'too_large' ? closings.connectTooLarge : closings.notConnect);
			return;
		}
		this.#connectTimer.cancel();
		this.#stage = 'rewriting';
		this.#held = first.rest.length === 0 ? [] : [first.rest];
		// Until the broker is there, what the browser sends stays with the browser.
		this.#ws.pause();
		this.#parts.rewrite(first.packet).then(
			(rewritten) => this.#openBroker(rewritten),
			(error: unknown) => {
				this.#parts.log.error({ err: error }, `/mqtt: no credentials for the broker (${messageOf(error)})`);
				this.close(closings.failed);
			},
		);
	}

	#openBroker(rewritten: Buffer | Closing): void {
		if (this.#stage !== 'rewriting') return;
		if (!Buffer.isBuffer(rewritten)) {
			this.close(rewritten);
			return;
		}
		this.#brokerTimer = this.#parts.clock.after(BROKER_WITHIN_MS, () => this.close(closings.brokerAway));
		const broker = this.#parts.connect(() => {
			this.#brokerTimer?.cancel();
			if (this.#stage !== 'rewriting') return;
			this.#stage = 'open';
			broker.write(Buffer.concat([rewritten, ...this.#held]));
			this.#held = [];
			if (!broker.writableNeedDrain) this.#ws.resume();
		});
		this.#broker = broker;
		broker.on('data', (chunk: Buffer) => this.#fromBroker(chunk));
		broker.on('drain', () => this.#ws.resume());
		broker.on('error', (error) => {
			if (this.#stage === 'rewriting') this.#parts.log.warn({}, `/mqtt: no broker (${messageOf(error)})`);
		});
		broker.on('close', () => this.close(this.#stage === 'open' ? closings.brokerGone : closings.brokerAway));
	}

	#fromBroker(chunk: Buffer): void {
		if (this.#ws.readyState !== this.#ws.OPEN) return;
		this.#ws.send(chunk, { binary: true }, () => {
			if (this.#ws.bufferedAmount <= LOW_WATER_BYTES) this.#broker?.resume();
		});
		if (this.#ws.bufferedAmount > HIGH_WATER_BYTES) this.#broker?.pause();
	}

	/** Lets the broker have what was passed, then lets go of it: without a DISCONNECT it publishes the will. */
	#end(): void {
		if (this.#stage === 'closed') return;
		this.#stage = 'closed';
		this.#connectTimer.cancel();
		this.#brokerTimer?.cancel();
		this.#held = [];
		const broker = this.#broker;
		if (broker === undefined) return;
		broker.end();
		broker.resume();
		const cutOff = this.#parts.clock.after(CLOSE_WITHIN_MS, () => broker.destroy());
		broker.once('close', () => cutOff.cancel());
	}
}

/** The largest message a browser may send: far above the largest payload of the bus. Bytes. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, type Logger, systemCodeOf, type TrustedProxies } from '@pilotwire/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CredentialsOf } from '../core/broker-account.ts';
import { type Credentials, rewriteConnect } from '../core/connect-packet.ts';
import { originFault } from '../core/same-origin.ts';
import type { Session, Sessions } from '../core/sessions.ts';
import { type Closing, closings, type Refusal, refusals } from '../errors.ts';
import { Bridge, MAX_MESSAGE_BYTES } from './bridge.ts';
import { connectBroker } from './broker-link.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Connections in all, and of one session: a page needs one. */
const MOST_CONNECTIONS = 300;
const MOST_PER_SESSION = 20;
/** A page whose machine is gone is noticed after two of these. Milliseconds. */
const PING_MS = 30_000;

const subprotocols = ['mqtt', 'mqttv3.1'];

/** What the endpoint needs of the service. */
export interface EndpointParts {
	readonly sessions: Sessions;
	readonly cookie: SessionCookie;
	readonly proxies: TrustedProxies;
	/** Origins allowed besides the service's own. */
	readonly origins: readonly string[];
	readonly credentialsOf: CredentialsOf;
	readonly brokerUrl: string;
	readonly clock: Clock;
	readonly log: Logger;
}

/** `/mqtt`: MQTT over WebSocket for pages of people who are signed in. */
export class MqttEndpoint {
	readonly #parts: EndpointParts;
	readonly #server = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		maxPayload: MAX_MESSAGE_BYTES,
		handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
	});
	readonly #bridges = new Map<Bridge, Session>();

	constructor(parts: EndpointParts) {
		this.#parts = parts;
	}

	/** Takes the upgrade requests of an HTTP server. */
	attach(server: Server): void {
		server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
		this.#parts.clock.every(PING_MS, () => {
			for (const bridge of this.#bridges.keys()) bridge.ping();
		});
		this.#parts.sessions.onEnd((session) => {
			for (const [bridge, its] of [...this.#bridges]) if (its === session) bridge.close(closings.sessionEnded);
		});
	}

	/** Closes every connection. */
	async close(): Promise<void> {
		const gone = [...this.#server.clients].map(
			(ws) => new Promise<void>((resolve) => ws.once('close', () => resolve())),
		);
		for (const bridge of [...this.#bridges.keys()]) bridge.close(closings.goingAway);
		await Promise.all(gone);
	}

	#upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		socket.on('error', () => socket.destroy());
		const session = this.#admit(request);
		if ('status' in session) refuse(socket, session);
		else this.#server.handleUpgrade(request, socket, head, (ws) => this.#serve(ws, session));
	}

	/** The session a request belongs to, or why it is refused. */
	#admit(request: IncomingMessage): Session | Refusal {
		const { sessions, cookie, proxies, origins, log } = this.#parts;
		const { headers } = request;
		if (request.url?.split('?')[0] !== '/mqtt') return refusals.notFound;
		const own = proxies.ownOrigin(request);
		const fault = originFault(
			{ origin: headers.origin, fetchSite: oneOf(headers['sec-fetch-site']), own },
			origins,
			true,
		);
		if (fault !== undefined) {
			log.warn({ origin: headers.origin, own }, `/mqtt refused to ${fault}`);
			return refusals.foreignOrigin;
		}
		const id = cookie.idIn(headers.cookie, own);
		const session = id === undefined ? undefined : sessions.find(id);
		if (session === undefined) return refusals.notSignedIn;
		const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
		if (!offered.some((name) => subprotocols.includes(name))) return refusals.notMqtt;
		const theirs = [...this.#bridges.values()].filter((its) => its === session);
		if (this.#bridges.size >= MOST_CONNECTIONS || theirs.length >= MOST_PER_SESSION) return refusals.tooManyConnections;
		return session;
	}

	/** `gone`: the account is not any more what the session was opened with, and the session ends. */
	async #credentialsOf(session: Session): Promise<Credentials | 'gone' | undefined> {
		try {
			return await this.#parts.credentialsOf(session.person);
		} catch (error) {
			if (systemCodeOf(error) !== 'ACCOUNT_GONE') throw error;
			this.#parts.sessions.end(session, 'account_changed');
			return 'gone';
		}
	}

	#serve(ws: WebSocket, session: Session): void {
		const { sessions, brokerUrl, clock, log } = this.#parts;
		const bridge = new Bridge(ws, {
			connect: (ready) => connectBroker(brokerUrl, ready),
			rewrite: async (packet): Promise<Buffer | Closing> => {
				const credentials = await this.#credentialsOf(session);
				if (credentials === 'gone') return closings.sessionEnded;
				if (credentials === undefined) return closings.noBrokerAccount;
				return rewriteConnect(packet, credentials, session.tag) ?? closings.notConnect;
			},
			inUse: () => sessions.touch(session),
			clock,
			log,
		});
		this.#bridges.set(bridge, session);
		ws.once('close', () => this.#bridges.delete(bridge));
		// It may have ended while the upgrade was under way.
		if (!sessions.lives(session)) bridge.close(closings.sessionEnded);
	}
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
	Array.isArray(header) ? header.join(', ') : header;

/** Answers an upgrade request as plain HTTP. */
function refuse(socket: Duplex, { status, code, message }: Refusal): void {
	const body = JSON.stringify({ code, message });
	const lines = [
		`HTTP/1.1 ${status} ${code}`,
		'Connection: close',
		'Content-Type: application/json; charset=utf-8',
		`Content-Length: ${Buffer.byteLength(body)}`,
		'Cache-Control: no-store',
	];
	socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

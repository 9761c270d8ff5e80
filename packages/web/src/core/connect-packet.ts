import { createHash, randomBytes } from 'node:crypto';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';

/** A CONNECT of a browser is a few hundred bytes, its will included. Bytes. */
export const MAX_CONNECT_BYTES = 16_384;

const connectHeader = 0x10;
const mostLengthBytes = 4;

/** The name and password that the broker is given in the browser's stead. */
export interface Credentials {
	readonly username: string;
	readonly password: string;
}

/** What the first bytes of a connection turned out to be. */
export type FirstPacket =
	| { readonly kind: 'incomplete' }
	| { readonly kind: 'connect'; readonly packet: IConnectPacket; readonly rest: Buffer }
	| { readonly kind: 'too_large'; readonly bytes: number }
	| { readonly kind: 'not_connect'; readonly why: string };

/** Reads a CONNECT (MQTT 3.1.1 section 3.1) from the first bytes of a connection; what follows it is left as it is. */
export function readConnect(bytes: Buffer): FirstPacket {
	if (bytes.length === 0) return { kind: 'incomplete' };
	if (bytes[0] !== connectHeader) return { kind: 'not_connect', why: 'the first packet is not a CONNECT' };
	let length = 0;
	for (let at = 0; at < mostLengthBytes; at += 1) {
		const byte = bytes[1 + at];
		if (byte === undefined) return { kind: 'incomplete' };
		length += (byte & 0x7f) * 128 ** at;
		if (length > MAX_CONNECT_BYTES) return { kind: 'too_large', bytes: length };
		if ((byte & 0x80) !== 0) continue;
		const end = 2 + at + length;
		return bytes.length < end ? { kind: 'incomplete' } : parsed(bytes.subarray(0, end), bytes.subarray(end));
	}
	return { kind: 'not_connect', why: 'a length of more than four bytes' };
}

function parsed(bytes: Buffer, rest: Buffer): FirstPacket {
	const seen: { packet?: Packet; why?: string } = {};
	const reader = parser();
	reader.on('packet', (packet) => {
		seen.packet = packet;
	});
	reader.on('error', (error: Error) => {
		seen.why ??= error.message;
	});
	try {
		reader.parse(bytes);
	} catch (error) {
		seen.why ??= error instanceof Error ? error.message : String(error);
	}
	if (seen.why === undefined && seen.packet?.cmd === 'connect') return { kind: 'connect', packet: seen.packet, rest };
	return { kind: 'not_connect', why: seen.why ?? 'a CONNECT that is not whole' };
}

/**
 * The CONNECT as the broker gets it: the session's credentials in place of the browser's, and a client id that is the
 * session's own; all else as the browser wrote it. Undefined where it can't be written.
 */
export function rewriteConnect(packet: IConnectPacket, credentials: Credentials, tag: string): Buffer | undefined {
	const { cmd, protocolId, protocolVersion, clean, keepalive, will, properties } = packet;
	const rewritten = {
		...{ cmd, protocolId, protocolVersion, clean, keepalive, will, properties },
		clientId: clientIdOf(tag, packet.clientId),
		username: credentials.username,
		password: Buffer.from(credentials.password),
	};
	try {
		return generate(rewritten as IConnectPacket);
	} catch {
		// Such as a will without a topic: what the reader lets pass the writer may not.
		return undefined;
	}
}

/**
 * The id under which the broker knows a browser: no browser can take over a service's connection, nor that of another
 * session. What a browser calls itself tells its connections apart.
 */
export function clientIdOf(tag: string, asked: string): string {
	const own =
		asked === ''
			? randomBytes(4).toString('hex')
			: /^[A-Za-z0-9_-]{1,32}$/.test(asked)
				? asked
				: createHash('sha256').update(asked).digest('hex').slice(0, 32);
	return `browser-${tag}-${own}`;
}

// How a message of the remote control lies in an MQTT payload: a head of JSON, a line feed, then the bytes, if any. Where a
// client wants text alone, the bytes stand in the head as base64.

/** A message taken apart. */
export interface RemoteFrame {
	/** Anybody's JSON object: to be checked. */
	readonly head: Readonly<Record<string, unknown>>;
	readonly body: Uint8Array;
}

/** A head is no longer than this. Bytes. */
export const MOST_HEAD_BYTES = 65_536;
const LINE_FEED = 10;
/** Bytes that become characters at once: more would be too many arguments. */
const PIECE = 8_192;

// These are everywhere this runs (Node and browsers), but in no ECMAScript library file.
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string };
declare function btoa(text: string): string;
declare function atob(text: string): string;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A message as it goes on the wire. `asText`: the body as base64 within the head. */
export function encodeFrame(head: object, body?: Uint8Array, asText = false): Uint8Array<ArrayBuffer> {
	if (body === undefined) return encoder.encode(JSON.stringify(head));
	if (asText) return encoder.encode(JSON.stringify({ ...head, base64: toBase64(body) }));
	const start = encoder.encode(`${JSON.stringify(head)}\n`);
	const whole = new Uint8Array(start.length + body.length);
	whole.set(start);
	whole.set(body, start.length);
	return whole;
}

/** Takes a message apart; undefined where it is none. Never throws. */
export function decodeFrame(bytes: Uint8Array): RemoteFrame | undefined {
	const end = bytes.indexOf(LINE_FEED);
	const isText = end < 0;
	if (!isText && end > MOST_HEAD_BYTES) return undefined;
	try {
		const head: unknown = JSON.parse(decoder.decode(isText ? bytes : bytes.subarray(0, end)));
		if (typeof head !== 'object' || head === null || Array.isArray(head)) return undefined;
		const { base64, ...rest } = head as Record<string, unknown>;
		if (!isText) return { head: rest, body: bytes.subarray(end + 1) };
		return { head: rest, body: typeof base64 === 'string' ? fromBase64(base64) : new Uint8Array(0) };
	} catch {
		return undefined;
	}
}

function toBase64(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
	return btoa(text);
}

function fromBase64(text: string): Uint8Array {
	const characters = atob(text);
	const bytes = new Uint8Array(characters.length);
	for (let at = 0; at < characters.length; at += 1) bytes[at] = characters.charCodeAt(at);
	return bytes;
}

import type { Topic } from './topic.ts';

/** Longer payloads are refused unread: nothing on this bus needs more. Bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** What a received payload turned out to be. */
export type Decoded<Payload> =
	| { readonly ok: true; readonly payload: Payload }
	| { readonly ok: false; readonly expected: string; readonly received: string };

const excerpt = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);

/** A payload as it goes on the wire: a plain word as it stands, everything else as JSON. */
export function encodePayload<Payload>(_topic: Topic<string, Payload>, payload: Payload): string {
	return typeof payload === 'string' ? payload : JSON.stringify(payload);
}

/**
 * Reads and checks what arrived: JSON where it begins like an object, a plain word otherwise. Never throws: what is
 * wrong comes back as what was expected and what came (bounded in length).
 */
export function decodePayload<Payload>(topic: Topic<string, Payload>, bytes: Uint8Array): Decoded<Payload> {
	if (bytes.length > MAX_PAYLOAD_BYTES) {
		return { ok: false, expected: `at most ${MAX_PAYLOAD_BYTES} bytes`, received: `${bytes.length} bytes` };
	}
	const text = utf8(bytes);
	if (text === undefined) return { ok: false, expected: 'UTF-8', received: 'bytes that are not UTF-8' };
	let value: unknown = text;
	if (text.trimStart().startsWith('{')) {
		try {
			value = JSON.parse(text);
		} catch {
			return { ok: false, expected: 'JSON', received: excerpt(text) };
		}
	}
	const result = topic.schema.safeParse(value);
	if (result.success) return { ok: true, payload: result.data };
	const faults = result.error.issues.slice(0, 3).map((issue) => {
		const path = issue.path.map(String).join('.');
		return path === '' ? issue.message : `${path}: ${issue.message}`;
	});
	return { ok: false, expected: faults.join('; '), received: excerpt(text) };
}

// TextDecoder is everywhere this runs (Node and browsers), but is in no ECMAScript library file.
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string };

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Uint8Array): string | undefined {
	try {
		return decoder.decode(bytes);
	} catch {
		return undefined;
	}
}

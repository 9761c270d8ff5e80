import { type CircuitSet, decodePayload, encodePayload, topics } from '@pilotwire/contract';

/** A command as whoever carries it out reads it. */
export function circuitSetOf(payload: CircuitSet): unknown {
	const bytes = new TextEncoder().encode(encodePayload(topics.circuitSet, payload));
	const decoded = decodePayload(topics.circuitSet, bytes);
	return decoded.ok ? decoded.payload : decoded.expected;
}

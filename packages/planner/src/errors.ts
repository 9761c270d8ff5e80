import { PilotwireError } from '@pilotwire/runtime';

/** A change to programmes, rules or absence that was refused; nothing was changed. */
export function planRefused(fault: {
	readonly path: string;
	readonly expected: string;
	readonly received: string;
}): PilotwireError {
	const { path, expected, received } = fault;
	return new PilotwireError({
		code: 'PLAN_REFUSED',
		expected: path === '' ? expected : `${expected} (${path})`,
		received,
		action: 'Nothing was changed: correct it and send it again.',
	});
}

/** A command that lay in a queue for too long. */
export function planExpired(expiresAt: string): PilotwireError {
	return planRefused({
		path: 'expiresAt',
		expected: 'a command that has not expired',
		received: `one until ${expiresAt}`,
	});
}

/** A preview of a circuit that nobody has said anything of. */
export function circuitUnknown(id: string, known: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'PLAN_CIRCUIT_UNKNOWN',
		expected: known.length === 0 ? 'a circuit, of which none is known yet' : `one of ${known.join(', ')}`,
		received: id,
		action: 'Name a circuit that has a circuits/<id>/state on the bus.',
	});
}

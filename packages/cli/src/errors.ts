import { exitCodes, PilotwireError } from '@pilotwire/runtime';

/** A service name that isn't one. */
export function unknownService(name: string, known: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'SERVICE_UNKNOWN',
		expected: `services out of ${known.join(', ')}`,
		received: name,
		action: 'Correct --only; pilotwire --help lists the services.',
		exitCode: exitCodes.usage,
	});
}

/** `params` of a remote call that aren't a JSON object. */
export function parametersNotJson(text: string): PilotwireError {
	return new PilotwireError({
		code: 'PARAMETERS_NOT_JSON',
		expected: 'parameters as a JSON object, such as \'{"meter":"main"}\'',
		received: text,
		action: 'Quote the object for the shell.',
		exitCode: exitCodes.usage,
	});
}

/** A command needs the bus, and the broker does not let it in. `withinMs`: the time it had. */
export function brokerAway(url: string, withinMs: number): PilotwireError {
	return new PilotwireError({
		code: 'BROKER_AWAY',
		expected: `the broker at ${url}`,
		received: `no connection within ${withinMs / 1000} s`,
		action:
			'Check that the house runs (pilotwire up) and that --config names its file: broker or mqtt there say where the broker is and which account is used.',
		exitCode: exitCodes.unavailable,
	});
}

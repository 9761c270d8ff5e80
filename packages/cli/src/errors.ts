import { exitCodes, messageOf, PilotwireError } from '@pilotwire/runtime';

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

/** A load curve that can't be read; each fault names its line. */
export function curveInvalid(path: string, faults: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'CURVE_INVALID',
		expected: `a load curve in ${path}: columns time and active_power_w (or active_power_w_1 to _3), a row a minute`,
		received: `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n`,
		action: 'Correct the lines above; docs/guides/replay.md shows the form.',
	});
}

/** Too few whole days of history to learn a house from. `asked`: days looked at. */
export function historyTooShort(whole: number, needed: number, asked: number): PilotwireError {
	return new PilotwireError({
		code: 'HISTORY_TOO_SHORT',
		expected: `${needed} whole days of history among the last ${asked}, each from midnight to midnight and with hardly a gap`,
		received: `${whole}`,
		action:
			'Ask again when the house has run for a week. To see what less says, ask for that: --days 2. Check with pilotwire call telemetry series that the load is recorded.',
		exitCode: exitCodes.unavailable,
	});
}

/** A file in which no group of a meter is right. */
export function lineNotTic(path: string): PilotwireError {
	return new PilotwireError({
		code: 'LINE_NOT_TIC',
		expected: `the bytes of a meter's line, or a load curve, in ${path}`,
		received: 'no group with a right checksum in its first 12 kB',
		action:
			'Record the line with the speed it has (docs/guides/replay.md); for a curve see that its first row names the columns.',
	});
}

/** A house that the model can't be made of. */
export function houseImpossible(faults: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'HOUSE_IMPOSSIBLE',
		expected: 'a house that can be modelled',
		received: faults.join('; '),
		action: 'Correct the radiators, boards or the simulated house of the configuration, or --kva.',
		exitCode: exitCodes.configuration,
	});
}

/** There is no black box to read. `opening`: one of an opening was asked for. */
export function noBox(path: string, opening: boolean): PilotwireError {
	return new PilotwireError({
		code: 'BOX_NONE',
		expected: opening ? `a box in ${path} that was saved after an opening of the breaker` : `a black box in ${path}`,
		received: 'none',
		action: opening
			? 'No opening was seen; pilotwire why --at now tells of the last minutes.'
			: 'Check that --config names the file of the house, and that telemetry runs with blackBox.enabled.',
		exitCode: exitCodes.unavailable,
	});
}

/** No box holds the moment. */
export function noBoxAt(moment: string, covered: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'BOX_HAS_NOT_THAT_TIME',
		expected: `a box that holds ${moment}`,
		received: `${covered.length}:\n${covered.map((span) => `  ${span}`).join('\n')}\n`,
		action: 'Ask for a time within one of these; blackBox.minutes says how long the record goes back.',
	});
}

/** A box is there, but the system doesn't give it. */
export function boxUnreadable(path: string, problem: string): PilotwireError {
	return new PilotwireError({
		code: 'BOX_UNREADABLE',
		expected: `to read ${path}`,
		received: problem,
		action: 'Run it as the user who runs Pilotwire (sudo -u pilotwire), and check the path.',
		exitCode: exitCodes.noPermission,
	});
}

/** A file that is no box, or of which nothing is whole. */
export function boxNotABox(path: string): PilotwireError {
	return new PilotwireError({
		code: 'BOX_NOT_A_BOX',
		expected: `a saved black box in ${path}`,
		received: 'a file without one whole block of it',
		action: 'Saved boxes lie in dataDir/black-box/saved and end in .box.',
	});
}

/** The box knows no such circuit. */
export function boxHasNoCircuit(asked: string, known: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'BOX_HAS_NO_CIRCUIT',
		expected:
			known.length === 0 ? 'a box in which a circuit speaks' : `a circuit out of ${known.join(', ')}, or a file`,
		received: asked,
		action: 'Correct its name, or ask for another time with --at.',
	});
}

/** The box holds no bytes of a line. */
export function boxHasNoLine(from: string): PilotwireError {
	return new PilotwireError({
		code: 'BOX_HAS_NO_LINE',
		expected: `bytes of a meter's line in ${from}`,
		received: 'none',
		action: 'Check that the meter-reader ran then, with a version that publishes lines/<meter>/log.',
	});
}

/** A commissioning run of which nothing is heard any more. */
export function commissioningLost(cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'COMMISSIONING_LOST',
		expected: 'the load-shedder to answer while it tries the circuits',
		received: messageOf(cause),
		action:
			'The run is over, or ends within half a minute, and every circuit is as it was. Look at the log of the load-shedder, then begin again.',
		exitCode: exitCodes.unavailable,
	});
}

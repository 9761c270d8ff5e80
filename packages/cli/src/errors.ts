import { exitCodes, messageOf, PilotwireError } from '@pilotwire/runtime/basics';

/** A service name that isn't one. */
export function unknownService(name: string, known: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'SERVICE_UNKNOWN',
		expected: `services out of ${known.join(', ')}`,
		received: name,
		action: 'Correct --only or --except; pilotwire --help lists the services.',
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

/** Too few whole days of history to learn a house from. */
export class HistoryTooShort extends PilotwireError {
	/** Whole days that there are, and that are needed. */
	readonly found: number;
	readonly needed: number;

	/** `asked`: days looked at. */
	constructor(found: number, needed: number, asked: number) {
		super({
			code: 'HISTORY_TOO_SHORT',
			expected: `${needed} whole days of history among the last ${asked}, each from midnight to midnight and with hardly a gap`,
			received: `${found}`,
			action:
				'Ask again when the house has run for a week. To see what less says, ask for that: --days 2. Check with pilotwire call telemetry history.series that the load is recorded.',
			exitCode: exitCodes.unavailable,
		});
		this.found = found;
		this.needed = needed;
	}
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

/** A service was started that can't run without its section of the configuration. */
export function sectionMissing(section: string, guide: string): PilotwireError {
	return new PilotwireError({
		code: 'CONFIGURATION_SECTION_MISSING',
		expected: `a section ${section} in the configuration`,
		received: 'none',
		action: `Add it (docs/guides/${guide}), or don't start this service.`,
		exitCode: exitCodes.configuration,
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
		received: cause instanceof PilotwireError ? cause.received : messageOf(cause),
		action:
			'The run is over, or ends within half a minute, and every circuit is as it was. Look at the log of the load-shedder, then begin again.',
		exitCode: exitCodes.unavailable,
	});
}

/** The error that a service answered a call with, in its own words; anything else as it is. */
export function asTheServiceSaid(error: unknown): unknown {
	const said = /got error -32603: ([A-Z][A-Z0-9_]+): expected (.+?), got (.+?)\. (.+?)\. Correct the method/s;
	const [, code, expected, received, action] = said.exec(messageOf(error)) ?? [];
	if (code === undefined || expected === undefined || received === undefined || action === undefined) return error;
	return new PilotwireError({ code, expected, received, action, cause: error });
}

/** Rows of a CSV that can't be imported; `more` beyond those that are told. */
export function csvInvalid(
	path: string,
	faults: readonly { readonly line: number; readonly expected: string; readonly received: string }[],
	more: number,
): PilotwireError {
	const told = faults.map(({ line, expected, received }) => {
		return `  line ${line}: expected ${expected}, got ${received === '' ? 'nothing' : received.slice(0, 80)}`;
	});
	return new PilotwireError({
		code: 'CSV_INVALID',
		expected: `rows of time,series,tags,value in ${path}`,
		received: `${faults.length + more} that are not:\n${[...told, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')}\n`,
		action: 'Correct these lines; nothing was imported. docs/guides/history.md shows the form.',
		exitCode: exitCodes.usage,
	});
}

/** A file that can't be read or written. */
export function fileUnreadable(path: string, problem: string): PilotwireError {
	return new PilotwireError({
		code: 'FILE_UNREADABLE',
		expected: `to read or write ${path}`,
		received: problem,
		action: 'Check the name, and the right to read the file; a file that is there already is never written over.',
		exitCode: exitCodes.usage,
	});
}

/** A file of accounts that can't be taken in; nothing of it was. */
export function accountsFileInvalid(path: string, problem: string): PilotwireError {
	return new PilotwireError({
		code: 'ACCOUNTS_FILE_INVALID',
		expected: `${path} to hold "users" and "devices", each by name or as a list, users with a bcrypt hash, devices with that or a password`,
		received: problem,
		action: 'Correct the file; nothing of it was taken in. docs/guides/devices.md shows the form.',
		exitCode: exitCodes.usage,
	});
}

/** A database that is not the ancestor's. */
export function ancestorInvalid(path: string, problem: string): PilotwireError {
	return new PilotwireError({
		code: 'ANCESTOR_INVALID',
		expected: `${path} to hold statistics(start, off1, off2, off3, int1, int2, int3, watts, meter) or dashboard(id, name, floor, phase, wire, watts, command)`,
		received: problem,
		action: 'Check that it is the right file; what was imported before stays, and is taken once if you try again.',
		exitCode: exitCodes.usage,
	});
}

/** A page's change was made from a file that is no longer that one. */
export function configurationChanged(path: string): PilotwireError {
	return new PilotwireError({
		code: 'CONFIGURATION_CHANGED',
		expected: `${path} as it was when the change was begun`,
		received: 'a file that was changed since',
		action: 'Look at it as it is now, and make the change again.',
	});
}

/** The disk does not take a changed configuration. */
export function configurationNotWritable(path: string, why: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'CONFIGURATION_NOT_WRITABLE',
		expected: `${path} in a folder where this user may write`,
		received: why,
		action: `Give the user who runs Pilotwire the right to write the file and its folder, or change it by hand.`,
		cause,
	});
}

/** Nothing that a page could change. */
export function configurationReadOnly(received: string): PilotwireError {
	return new PilotwireError({
		code: 'CONFIGURATION_READ_ONLY',
		expected: 'a configuration file that names its boards and radiators',
		received,
		action: 'Write one, and start with it: pilotwire up --config house.yaml; docs/guides/first-house.md shows how.',
	});
}

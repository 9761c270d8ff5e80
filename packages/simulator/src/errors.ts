import type { HouseFault } from '@pilotwire/house';
import { exitCodes, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** The file of a house can't be read, or isn't YAML. */
export function houseUnreadable(file: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'SIMULATOR_HOUSE_UNREADABLE',
		expected: `a house in YAML or JSON at ${file}`,
		received: messageOf(cause),
		action: 'Correct simulator.house, or leave it out for the demonstration house.',
		exitCode: exitCodes.configuration,
		cause,
	});
}

/** The file describes no house that could be. */
export function houseInvalid(file: string, faults: readonly HouseFault[]): PilotwireError {
	return new PilotwireError({
		code: 'SIMULATOR_HOUSE_INVALID',
		expected: `a house without faults in ${file}`,
		received: `${faults.length}:\n${faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}\n`,
		action: 'Correct the places above.',
		exitCode: exitCodes.configuration,
	});
}

/** A socket can't be listened on. */
export function cannotListen(end: string, cause: unknown): PilotwireError {
	const isBusy = systemCodeOf(cause) === 'EADDRINUSE';
	return new PilotwireError({
		code: isBusy ? 'SIMULATOR_SOCKET_BUSY' : 'SIMULATOR_CANNOT_LISTEN',
		expected: `to listen on ${end}`,
		received: messageOf(cause),
		action: isBusy
			? 'Stop the simulator that already runs there, or give this one another socket.'
			: 'Check that the folder exists and that this user may write in it.',
		exitCode: isBusy ? exitCodes.temporary : exitCodes.cantCreate,
		cause,
	});
}

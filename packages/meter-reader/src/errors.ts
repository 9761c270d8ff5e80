import { type ErrorFacts, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** The system's reason in the text of an error: the serial port's binding carries no code. */
const REASONS: readonly (readonly [string, RegExp])[] = [
	['ENOENT', /no such file or directory|no such device|ENOENT|ENXIO|ENODEV/i],
	['EACCES', /permission denied|operation not permitted|EACCES|EPERM/i],
	['EBUSY', /busy|cannot lock port|temporarily unavailable|EBUSY/i],
	['ENOTTY', /inappropriate ioctl|not a typewriter|ENOTTY|is a directory|EISDIR/i],
];

function reasonOf(error: unknown): string {
	const text = `${systemCodeOf(error)} ${messageOf(error)}`;
	return REASONS.find(([, pattern]) => pattern.test(text))?.[0] ?? '';
}

/** A serial port that can't be opened, in a sentence that says what to do. */
export function portError(path: string, error: unknown): PilotwireError {
	return new PilotwireError({ ...portFacts(path, error), cause: error });
}

function portFacts(path: string, error: unknown): ErrorFacts {
	switch (reasonOf(error)) {
		case 'ENOENT':
			return {
				code: 'PORT_MISSING',
				expected: `a serial port at ${path}`,
				received: 'no such port',
				action:
					'Plug the adapter in, or correct the source of the meter: ls -l /dev/serial/by-id /dev/ttyAMA* shows the ports.',
			};
		case 'EACCES':
			return {
				code: 'PORT_FORBIDDEN',
				expected: `the right to read ${path}`,
				received: 'no permission',
				action: 'Join the group that owns serial ports, then sign in again: sudo usermod -aG dialout $USER',
			};
		case 'EBUSY':
			return {
				code: 'PORT_BUSY',
				expected: `${path} to be free`,
				received: 'a port that another program uses',
				action: `Find it with: sudo fuser -v ${path} (on a Raspberry Pi often the console: raspi-config, Serial Port, no login shell).`,
			};
		case 'ENOTTY':
			return {
				code: 'PORT_NOT_SERIAL',
				expected: `a serial port at ${path}`,
				received: 'something that is not a serial port',
				action: 'Correct the source of the meter: ls -l /dev/serial/by-id /dev/ttyAMA* shows the ports.',
			};
		default:
			return {
				code: 'PORT_UNUSABLE',
				expected: `${path} to open`,
				received: messageOf(error),
				action: 'Check the adapter and its cable; dmesg tells what the system says of it.',
			};
	}
}

/** The socket of a simulated meter does not answer. */
export function simulatorAway(path: string, error: unknown): PilotwireError {
	return new PilotwireError({
		code: 'SIMULATOR_AWAY',
		expected: `a simulated meter at ${path}`,
		received: messageOf(error),
		action: 'Start the simulator (pilotwire simulator), or name a serial port as the source of the meter.',
		cause: error,
	});
}

/** A line behind a TCP server that can't be reached, in a sentence that says what to do. `name` is `tcp:HOST:PORT`. */
export function tcpError(name: string, error: unknown): PilotwireError {
	return new PilotwireError({ ...tcpFacts(name, error), cause: error });
}

function tcpFacts(name: string, error: unknown): ErrorFacts {
	const expected = `the line of a meter at ${name}`;
	switch (systemCodeOf(error)) {
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return {
				code: 'TCP_HOST_UNKNOWN',
				expected,
				received: 'no machine of that name',
				action: 'Correct the source of the meter, or write the address of the machine: ping tells whether it is known.',
			};
		case 'ECONNREFUSED':
			return {
				code: 'TCP_REFUSED',
				expected,
				received: 'a machine where nothing listens at that port',
				action: 'Start ser2net there, and compare the port with its configuration (/etc/ser2net.yaml, accepter).',
			};
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
		case 'EHOSTDOWN':
		case 'ETIMEDOUT':
			return {
				code: 'TCP_UNREACHABLE',
				expected,
				received: 'no answer',
				action: 'Check that the machine is on and in the network, and that no firewall keeps the port closed.',
			};
		default:
			return {
				code: 'TCP_UNUSABLE',
				expected,
				received: messageOf(error),
				action: 'Check the machine and the server that passes the bytes on.',
			};
	}
}

/** A server hung up as soon as it had let us in. */
export function tcpClosed(name: string): PilotwireError {
	return new PilotwireError({
		code: 'TCP_CLOSED',
		expected: `the line of a meter at ${name}`,
		received: 'a connection that was closed at once',
		action: 'End the other client that has it (ser2net lets one in at a time), or raise max-connections in ser2net.',
	});
}

/** A recorded line that can't be read, in a sentence that says what to do. */
export function recordingError(path: string, error: unknown): PilotwireError {
	return new PilotwireError({ ...recordingFacts(path, error), cause: error });
}

function recordingFacts(path: string, error: unknown): ErrorFacts {
	const code = systemCodeOf(error);
	const expected = `a recorded line, or a load curve, at ${path}`;
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		const action =
			'Correct the path; docs/guides/replay.md says how a recording is made, and what a load curve looks like.';
		return { code: 'RECORDING_MISSING', expected, received: 'no such file', action };
	}
	if (code === 'EACCES' || code === 'EPERM') {
		const action = `Give the user who runs Pilotwire the right to read it: chmod or chown ${path}.`;
		return { code: 'RECORDING_FORBIDDEN', expected, received: 'no permission', action };
	}
	if (code.startsWith('Z_')) {
		const action = 'Take a whole copy of the file: gzip -t tells whether one is.';
		return { code: 'RECORDING_DAMAGED', expected, received: `a damaged gzip file (${messageOf(error)})`, action };
	}
	const action = 'Name a file: raw bytes as they came from the line, or a table, packed with gzip or not.';
	return { code: 'RECORDING_UNREADABLE', expected, received: messageOf(error), action };
}

/** A file with nothing in it. */
export function recordingEmpty(path: string): PilotwireError {
	return new PilotwireError({
		code: 'RECORDING_EMPTY',
		expected: `a recorded line, or a load curve, at ${path}`,
		received: 'an empty file',
		action: 'Record the line, or export the curve, again; docs/guides/replay.md says how.',
	});
}

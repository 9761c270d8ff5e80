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

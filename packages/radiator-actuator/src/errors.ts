import type { CircuitFault } from '@pilotwire/circuit';
import { messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** How a board is written in sentences, such as `0x20`. */
export const hex = (address: number): string => `0x${address.toString(16).padStart(2, '0')}`;

/** The i2c-bus package is missing, or was never built for this machine. */
export function bindingMissing(cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'I2C_BINDING_MISSING',
		expected: 'the optional package i2c-bus, built for this machine',
		// Behind its first line stand all the places where it was looked for.
		received: messageOf(cause)
			.split('\n', 1)
			.join('')
			.replace(/\.? Tried:$/, ''),
		action:
			'Type sudo apt install build-essential python3, then npm install in the folder of Pilotwire; where it was installed, sudo deploy/install.sh there as well.',
		cause,
	});
}

/** An operation that did not come back in time; nothing else is sent until it does. `limitMs`: the time it had. */
export function busHung(limitMs: number): PilotwireError {
	return new PilotwireError({
		code: 'I2C_BUS_HUNG',
		expected: `an answer of the I2C bus within ${limitMs / 1000} s`,
		received: 'none',
		action:
			'A board holds the bus or the kernel waits for it: check the wiring and each board; if it lasts, cut the power of the boards.',
	});
}

/** The simulated bus is not there, or went away under a request. */
export function simulatorAway(path: string, cause?: unknown): PilotwireError {
	return new PilotwireError({
		code: 'I2C_SIMULATOR_AWAY',
		expected: `the simulator's I2C bus at ${path}`,
		received: cause === undefined ? 'a connection that ended' : messageOf(cause),
		action: 'Start it (pilotwire up runs it where the bus is "simulator"); trying again.',
		cause,
	});
}

/** What a failed operation says about the bus as a whole; undefined where only the board is concerned. */
export function busProblem(bus: string, cause: unknown): PilotwireError | undefined {
	const error = rootOf(cause);
	if (error instanceof PilotwireError) return error;
	const device = `/dev/i2c-${bus}`;
	const facts = { received: messageOf(error), cause: error };
	switch (systemCodeOf(error)) {
		case 'ENOENT':
		case 'ENODEV':
		case 'ENOTTY':
			return new PilotwireError({
				...facts,
				code: 'I2C_NO_BUS',
				expected: `the I2C bus ${device}`,
				action:
					'Enable I2C (sudo raspi-config, Interface Options, I2C) and restart; boards.bus names the bus (ls /dev/i2c-*). Trying again.',
			});
		case 'EACCES':
		case 'EPERM':
			return new PilotwireError({
				...facts,
				code: 'I2C_NO_PERMISSION',
				expected: `to read and write ${device}`,
				action:
					'Add the user who runs Pilotwire to the group i2c (sudo usermod -aG i2c USER) and start again. Trying again.',
			});
		default:
			return undefined;
	}
}

/** What a failed operation says about one board, in a sentence with what to do. */
export function boardProblem(bus: string, address: number, cause: unknown): PilotwireError {
	const whole = busProblem(bus, cause);
	if (whole !== undefined) return whole;
	const error = rootOf(cause);
	const code = systemCodeOf(error);
	const facts = { expected: `board ${hex(address)} on bus ${bus} to answer`, received: messageOf(error), cause: error };
	if (code === 'EBUSY') {
		return new PilotwireError({
			...facts,
			code: 'BOARD_IN_USE',
			action: `A kernel driver holds ${hex(address)}: remove its dtoverlay (mcp23017) from /boot/firmware/config.txt and restart.`,
		});
	}
	if (code === 'ENXIO' || code === 'EREMOTEIO') {
		return new PilotwireError({
			...facts,
			code: 'BOARD_SILENT',
			action: `Check its power, its wiring and its address jumpers (i2cdetect -y ${bus} shows who answers). Trying again.`,
		});
	}
	return new PilotwireError({
		...facts,
		code: 'BOARD_FAILED',
		action: 'Check the wiring of SDA and SCL, their length and their pull-ups. Trying again.',
	});
}

const FAULTS: Readonly<Record<string, CircuitFault>> = { BOARD_SILENT: 'board_silent', BOARD_IN_USE: 'board_in_use' };

/** What has failed, as the word that screens translate. */
export function faultOf({ code }: PilotwireError): CircuitFault {
	return code.startsWith('I2C_') ? 'board_bus' : (FAULTS[code] ?? 'board_failed');
}

/** The error beneath what the board made of it. */
function rootOf(error: unknown): unknown {
	if (error instanceof PilotwireError) return error;
	if (systemCodeOf(error).startsWith('E')) return error;
	const cause = (error as { cause?: unknown } | null | undefined)?.cause;
	return cause === undefined ? error : rootOf(cause);
}

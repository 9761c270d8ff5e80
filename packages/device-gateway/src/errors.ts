import { exitCodes, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** The setting that names a port. */
export type PortSetting = 'deviceGateway.port' | 'deviceGateway.tls.port';

/** The gateway could not listen. */
export function cannotListen(host: string, port: number, setting: PortSetting, cause: unknown): PilotwireError {
	const busy = systemCodeOf(cause) === 'EADDRINUSE';
	return new PilotwireError({
		code: busy ? 'DEVICE_PORT_BUSY' : 'DEVICE_PORT_UNUSABLE',
		expected: `to listen at ${host}:${port}`,
		received: busy ? 'another program listening there' : messageOf(cause),
		action: busy
			? `Stop it (ss -ltnp 'sport = :${port}' names it), or set ${setting} to another port.`
			: `Set deviceGateway.host to an address of this machine and ${setting} to a port that this user may open.`,
		exitCode: exitCodes.unavailable,
		cause,
	});
}

/** The certificate or its key can't be used. */
export function cannotUseTls(what: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'DEVICE_TLS_UNUSABLE',
		expected: 'a certificate and its key, PEM, that fit each other',
		received: `${what}: ${messageOf(cause)}`,
		action: 'Correct deviceGateway.tls.certFile and keyFile, and let the user who runs Pilotwire read them.',
		exitCode: exitCodes.configuration,
		cause,
	});
}

/** No device has this name. */
export function deviceUnknown(name: string): PilotwireError {
	return new PilotwireError({
		code: 'DEVICE_UNKNOWN',
		expected: 'the name of a device',
		received: JSON.stringify(name.slice(0, 80)),
		action: 'Correct the name; device.list names all of them.',
	});
}

/** One call for so many devices would have no room for its answer. */
export function tooManyDevices(devices: number, most: number): PilotwireError {
	return new PilotwireError({
		code: 'DEVICES_TOO_MANY',
		expected: `at most ${most} devices in one call`,
		received: String(devices),
		action: 'Name them in several calls; the HTTP API does so by itself.',
	});
}

/** Why a command was not sent: a code for programs, and words. */
export interface CommandRefusal {
	readonly code: string;
	readonly why: string;
}

/** Every reason for which a command is refused, or whose delivery is not certain. */
export const commandRefusals = {
	unknown: { code: 'DEVICE_UNKNOWN', why: 'there is no device of this name' },
	expired: { code: 'COMMAND_EXPIRED', why: 'its time was over before it could be sent' },
	idUsed: { code: 'COMMAND_ID_USED', why: 'another command had this id' },
	uncertain: {
		code: 'COMMAND_UNCERTAIN',
		why: 'it was being sent when the gateway stopped: look at the device before you send it again under another id',
	},
	tooMany: { code: 'COMMAND_TOO_MANY', why: 'the device has not confirmed the commands before it' },
	notKept: { code: 'COMMAND_NOT_KEPT', why: 'its id could not be written down: the disk refuses' },
	lost: {
		code: 'COMMAND_UNCONFIRMED',
		why: 'the connection broke before the device confirmed it: the device may have carried it out',
	},
	away: { code: 'DEVICE_OFFLINE', why: 'the device is not connected' },
} as const satisfies Record<string, CommandRefusal>;

/** Why a connection is closed: codes of RFC 6455 section 7.4.1, and of the range for applications (4000 up). */
export const closings = {
	goingAway: { code: 1001, reason: 'the gateway stops' },
	policy: { code: 1008, reason: 'too much before the sign-in' },
	nonsense: { code: 1008, reason: 'too many messages that are no JSON objects' },
	unauthorized: { code: 1008, reason: 'unauthorized' },
	busy: { code: 1013, reason: 'try again later' },
	late: { code: 4408, reason: 'not signed in in time' },
	replaced: { code: 4409, reason: 'the device has connected again' },
	changed: { code: 4410, reason: 'the account has changed' },
	failed: { code: 1011, reason: 'the accounts could not be read' },
} as const;

/** One of them. */
export type Closing = (typeof closings)[keyof typeof closings];

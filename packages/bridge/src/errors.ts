import { exitCodes, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** Why a certificate isn't believed, by OpenSSL's names. */
const untrusted = new Set([
	'SELF_SIGNED_CERT_IN_CHAIN',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_GET_ISSUER_CERT',
	'CERT_UNTRUSTED',
]);
const dated = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** CONNACK codes of MQTT 3.1.1 (section 3.2.2.3) and reason codes of MQTT 5 that are about the account. */
const accountCodes = new Set([4, 5, 134, 135]);

/** What a failed connection to the outside broker says: which of the things that can be wrong it is. */
export function connectionProblem(
	error: unknown,
	{ url, username }: { url: string; username: string },
): PilotwireError {
	const code = systemCodeOf(error);
	const facts = { received: messageOf(error) || code || 'a connection that was closed', cause: error };
	const { host } = new URL(url);
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return new PilotwireError({
			...facts,
			code: 'BRIDGE_TLS_NAME',
			expected: `a certificate for ${new URL(url).hostname}`,
			action: 'Write the name that the certificate has into bridge.url, or give the broker a certificate for this one.',
		});
	}
	if (untrusted.has(code)) {
		return new PilotwireError({
			...facts,
			code: 'BRIDGE_TLS_UNTRUSTED',
			expected: `a certificate of ${host} that a known authority signed`,
			action:
				"Where the authority is your own, name its certificate in bridge.caFile; else look at the broker's chain.",
		});
	}
	if (dated.has(code)) {
		return new PilotwireError({
			...facts,
			code: 'BRIDGE_TLS_DATE',
			expected: `a certificate of ${host} that holds today`,
			action: "Renew the broker's certificate; see that this machine's clock is right (timedatectl).",
		});
	}
	if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
		return new PilotwireError({
			...facts,
			code: 'BRIDGE_TLS_NONE',
			expected: `TLS at ${host}`,
			action: 'See that bridge.url names the port of MQTT over TLS, which is often 8883.',
		});
	}
	if (accountCodes.has(Number((error as { code?: unknown }).code))) {
		return new PilotwireError({
			...facts,
			code: 'BRIDGE_ACCOUNT_REFUSED',
			expected: `${host} to let the account ${username} in`,
			action: 'Correct bridge.username and bridge.passwordFile, or make the account there.',
		});
	}
	return new PilotwireError({
		...facts,
		code: 'BRIDGE_UNREACHABLE',
		expected: `an MQTT broker at ${host}`,
		action: 'See that it runs and that bridge.url names it; it is tried again.',
	});
}

/** The account outside may not do what a bridge does. */
export function rightsMissing(house: string, username: string, refused: readonly string[]): PilotwireError {
	return new PilotwireError({
		code: 'BRIDGE_RIGHTS_MISSING',
		expected: `the account ${username} to read and publish below pilotwire/${house}/`,
		received: `a refusal of ${refused.join(', ')}`,
		action: `Give it the rights of the house ${house}, or set bridge.house to the one that it has.`,
	});
}

/** Another bridge speaks for the house. */
export function houseTaken(house: string): PilotwireError {
	return new PilotwireError({
		code: 'BRIDGE_HOUSE_TAKEN',
		expected: `to be the only bridge of the house ${house} on the outside broker`,
		received: 'another one, which answers',
		action: 'Stop the other, or give this house another name (bridge.house).',
	});
}

/** What went out comes in again at home. */
export function bridgeLoop(house: string): PilotwireError {
	return new PilotwireError({
		code: 'BRIDGE_LOOP',
		expected: 'the outside broker to be another one than the one at home',
		received: `what was said outside below pilotwire/${house}/, heard at home`,
		action: 'Correct bridge.url, or end the other bridge between the two brokers.',
	});
}

/** The certificate of the authority can't be read. */
export function caUnreadable(file: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'BRIDGE_CA_UNREADABLE',
		expected: `a PEM file at ${file} (bridge.caFile)`,
		received: messageOf(cause),
		action: 'Create the file, or let the user who runs Pilotwire read it.',
		exitCode: exitCodes.configuration,
		cause,
	});
}

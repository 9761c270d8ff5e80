import { type ErrorFacts, exitCodes, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** The service could not listen. */
export function cannotListen(host: string, port: number, cause: unknown): PilotwireError {
	const where = `${host}:${port}`;
	const facts = { received: `${systemCodeOf(cause)} (${messageOf(cause)})`, cause };
	return new PilotwireError({ ...facts, ...listenFacts(host, port, where, systemCodeOf(cause)) });
}

type ListenFacts = Omit<ErrorFacts, 'received' | 'cause'> & { readonly received?: string };

function listenFacts(host: string, port: number, where: string, code: string): ListenFacts {
	switch (code) {
		case 'EADDRINUSE':
			return {
				code: 'WEB_PORT_BUSY',
				expected: `a free TCP port at ${where}`,
				received: 'another program listening there',
				action: `Stop it (ss -ltnp 'sport = :${port}' names it), or set web.port to another port.`,
				exitCode: exitCodes.unavailable,
			};
		case 'EACCES':
		case 'EPERM':
			return {
				code: 'WEB_PORT_FORBIDDEN',
				expected: `a TCP port that this user may open at ${where}`,
				action: 'Set web.port to a port of 1024 or more, or give the service CAP_NET_BIND_SERVICE.',
				exitCode: exitCodes.noPermission,
			};
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
		case 'EINVAL':
			return {
				code: 'WEB_HOST_UNKNOWN',
				expected: 'web.host to be an address of this machine',
				received: host,
				action: 'Set web.host to 127.0.0.1 (this machine only), 0.0.0.0 (all networks) or one that "ip address" lists.',
				exitCode: exitCodes.configuration,
			};
		default:
			return {
				code: 'WEB_CANNOT_LISTEN',
				expected: `to listen at ${where}`,
				action: 'Check web.host and web.port.',
				exitCode: exitCodes.unavailable,
			};
	}
}

/** What an HTTP client is told where its request is refused: a stable code, and a sentence for people. */
export interface Refusal {
	/** HTTP status. */
	readonly status: number;
	readonly code: string;
	readonly message: string;
}

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message });

/** Every refusal of the HTTP interface. */
export const refusals = {
	badRequest: refusal(400, 'REQUEST_INVALID', 'The request is not what this address expects.'),
	historyRefused: refusal(400, 'HISTORY_REFUSED', 'The history refused the question.'),
	notSignedIn: refusal(401, 'NOT_SIGNED_IN', 'Sign in first.'),
	tokenNeeded: refusal(
		401,
		'TOKEN_NEEDED',
		'Send an API token: Authorization: Bearer ... (pilotwire account api-token add).',
	),
	signInRefused: refusal(401, 'SIGN_IN_REFUSED', 'The name or the password is not right.'),
	foreignOrigin: refusal(403, 'ORIGIN_REFUSED', 'Only pages of this address may do this.'),
	adminsOnly: refusal(403, 'ADMINS_ONLY', 'Only administrators may do this.'),
	roleTooLow: refusal(403, 'ROLE_TOO_LOW', 'Your role may not do this.'),
	wrongPassword: refusal(403, 'PASSWORD_WRONG', 'This is not the password of now.'),
	historyForbidden: refusal(403, 'HISTORY_FORBIDDEN', 'Your role may not read the history.'),
	noBrokerAccount: refusal(403, 'NO_BROKER_ACCOUNT', 'The broker has no account for your role.'),
	notFound: refusal(404, 'NOT_FOUND', 'There is nothing at this address.'),
	noDevice: refusal(404, 'DEVICE_UNKNOWN', 'There is no device of this name.'),
	noCircuit: refusal(404, 'CIRCUIT_UNKNOWN', 'There is no circuit of this name.'),
	noMeter: refusal(404, 'METER_UNKNOWN', 'There is no meter of this name.'),
	noTelemetry: refusal(404, 'NO_TELEMETRY', 'The device has not said anything yet.'),
	nameTaken: refusal(409, 'ACCOUNT_EXISTS', 'Another account has this name.'),
	tooLarge: refusal(413, 'REQUEST_TOO_LARGE', 'The request is too large.'),
	addressTooLong: refusal(414, 'ADDRESS_TOO_LONG', 'The address is too long.'),
	notJson: refusal(415, 'NOT_JSON', 'This address expects JSON.'),
	notMqtt: refusal(426, 'NOT_MQTT', 'This address speaks MQTT over WebSocket (subprotocol mqtt).'),
	tooManySignIns: refusal(429, 'TOO_MANY_SIGN_INS', 'Too many attempts to sign in. Wait a little.'),
	tooManyExports: refusal(429, 'TOO_MANY_EXPORTS', 'Other exports are under way. Wait for one to end.'),
	tooManyStreams: refusal(429, 'TOO_MANY_STREAMS', 'Too many streams of events are open. Close some.'),
	failed: refusal(500, 'FAILED', 'Something went wrong here; the log of the service says what.'),
	notBuilt: refusal(503, 'DASHBOARD_NOT_BUILT', 'The dashboard is not built yet: npm install builds it.'),
	historyAway: refusal(503, 'HISTORY_AWAY', 'The history does not answer. Try again in a moment.'),
	gatewayAway: refusal(
		503,
		'GATEWAY_AWAY',
		'The device gateway does not answer: is deviceGateway configured, and running?',
	),
	busAway: refusal(503, 'BROKER_AWAY', 'The broker does not answer. Try again in a moment.'),
	tooManyConnections: refusal(503, 'TOO_MANY_CONNECTIONS', 'Too many live connections. Close some pages.'),
} as const;

/** Why `/mqtt` closed a connection: codes of RFC 6455 section 7.4.1, and one of the range for applications (4000 up). */
export const closings = {
	goingAway: { code: 1001, reason: 'the web service stops' },
	notConnect: { code: 1002, reason: 'the first packet must be an MQTT CONNECT' },
	notBinary: { code: 1003, reason: 'MQTT comes in binary messages' },
	lateConnect: { code: 1008, reason: 'no MQTT CONNECT came in time' },
	connectTooLarge: { code: 1009, reason: 'the MQTT CONNECT is too large' },
	failed: { code: 1011, reason: 'the web service failed' },
	brokerGone: { code: 1012, reason: 'the broker ended the connection' },
	brokerAway: { code: 1013, reason: 'the broker does not answer' },
	sessionEnded: { code: 4401, reason: 'the session ended: sign in again' },
	noBrokerAccount: { code: 4403, reason: 'the broker has no account for this role' },
} as const;

export type Closing = (typeof closings)[keyof typeof closings];

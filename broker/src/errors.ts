import { exitCodes, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** A port's place in section `broker` of the configuration. */
export type ListenSetting = 'port' | 'wsPort' | 'tls.port' | 'tls.wsPort';

/** A certificate or its key that can't be read or used. */
export function cannotUseTls(setting: 'certFile' | 'keyFile', file: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'BROKER_TLS_UNUSABLE',
		expected: 'a certificate and its private key in PEM files that this user may read',
		received: `${file}: ${messageOf(cause)}`,
		action: `Set broker.tls.${setting} to the right file, or give this user read permission for it.`,
		exitCode: exitCodes.configuration,
		cause,
	});
}

/** A listener could not be opened; `setting` names the port's place in the configuration. */
export function cannotListen(host: string, port: number, setting: ListenSetting, cause: unknown): PilotwireError {
	const received = `${systemCodeOf(cause)} (${messageOf(cause)})`;
	const where = `${host}:${port}`;
	switch (systemCodeOf(cause)) {
		case 'EADDRINUSE':
			return new PilotwireError({
				code: 'BROKER_PORT_BUSY',
				expected: `a free TCP port at ${where}`,
				received: 'another program listening there',
				action: `Stop it (ss -ltnp 'sport = :${port}' names it; sudo systemctl disable --now mosquitto if it is Mosquitto), or set broker.${setting} to another port.`,
				exitCode: exitCodes.unavailable,
				cause,
			});
		case 'EACCES':
		case 'EPERM':
			return new PilotwireError({
				code: 'BROKER_PORT_FORBIDDEN',
				expected: `a TCP port that this user may open at ${where}`,
				received,
				action: `Set broker.${setting} to a port of 1024 or more, or give the service CAP_NET_BIND_SERVICE.`,
				exitCode: exitCodes.noPermission,
				cause,
			});
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
		case 'EINVAL':
			return new PilotwireError({
				code: 'BROKER_HOST_UNKNOWN',
				expected: 'broker.host to be an address of this machine',
				received: `${host}: ${received}`,
				action:
					'Set broker.host to 127.0.0.1 (this machine only), 0.0.0.0 (all networks) or one that "ip address" lists.',
				exitCode: exitCodes.configuration,
				cause,
			});
		default:
			return new PilotwireError({
				code: 'BROKER_CANNOT_LISTEN',
				expected: `to listen at ${where}`,
				received,
				action: `Check broker.host and broker.${setting}.`,
				exitCode: exitCodes.unavailable,
				cause,
			});
	}
}

/** The Redis that the brokers of a cluster share can't be reached at the start. `url`: where it should be. */
export function clusterAway(url: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'BROKER_CLUSTER_AWAY',
		expected: `a Redis 6.2 or later that answers at ${url.replace(/\/\/.*@/, '//').replace(/\?.*/, '')}`,
		received: messageOf(cause),
		action: 'Start it, or correct broker.cluster: its address, user and password.',
		cause,
	});
}

/** Why a connection or a packet was refused, for the log and as a reason code of MQTT 5 (section 2.4). */
export class PacketRefused extends Error {
	override readonly name: string = 'PacketRefused';
	readonly reason: number;

	constructor(message: string, reason = 0x81) {
		super(message);
		this.reason = reason;
	}
}

/** A CONNECT that is refused with an answer, in words of the version that its sender must understand. */
export class ConnectRefused extends PacketRefused {
	override readonly name = 'ConnectRefused';
	readonly version: 4 | 5;

	constructor(message: string, reason: number, version: 4 | 5) {
		super(message, reason);
		this.version = version;
	}
}

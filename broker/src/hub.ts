import type { BrokerOptions } from './options.ts';

const MiB = 1024 * 1024;

/**
 * How a hub differs from a house's broker: anybody comes in, for channels alone and over TLS alone, nothing outlives a
 * connection, and one address takes little from the others.
 */
export const hubOptions = {
	onlyTls: true,
	anonymous: 'guest',
	// Its rights are the same in any house: none there.
	sysIntervalS: 0,
	limits: {
		connections: 5000,
		connectionsPerAddress: 64,
		arrivalsPerAddress: 60,
		strangers: 512,
		sessions: 0,
		slowBytes: MiB,
		frozenBytes: 8 * MiB,
	},
} as const satisfies Partial<BrokerOptions>;

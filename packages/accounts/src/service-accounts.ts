import { machineSecret } from '@pilotwire/runtime';
import { hashSecret } from './machine-secret.ts';
import type { Principal } from './principal.ts';
import { serviceNames } from './rules.ts';

/** An account that is known without accounts.db: its secret's hash is at hand. */
export interface KnownAccount {
	readonly principal: Principal;
	/** SHA-256 of the secret, see `hashSecret`. */
	readonly secretHash: Uint8Array;
}

/**
 * The accounts of the house's own services. Each has the secret in `<dataDir>/secrets/<service>`, made by whichever
 * process needs it first; nobody has to do anything. Throws `DATA_DIR_UNUSABLE`.
 */
export function serviceAccounts(dataDir: string): KnownAccount[] {
	return serviceNames.map((name) => ({
		principal: { kind: 'service', name },
		secretHash: hashSecret(machineSecret(dataDir, name)),
	}));
}

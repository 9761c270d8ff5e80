import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A machine's secret: 256 random bits. */
export function newMachineSecret(): string {
	return randomBytes(32).toString('base64url');
}

/** SHA-256 of a secret. Enough for machine secrets: no list of guesses reaches 256 random bits. */
export function hashSecret(secret: string | Uint8Array): Buffer {
	return createHash('sha256').update(secret).digest();
}

/** Compares in a time that doesn't depend on either; without a known hash it takes as long and says no. */
export function isSecretOf(known: Uint8Array | undefined, secret: string | Uint8Array): boolean {
	const given = hashSecret(secret);
	const right = known?.length === given.length ? known : undefined;
	return timingSafeEqual(right ?? Buffer.alloc(given.length), given) && right !== undefined;
}

import { createHmac, randomBytes } from 'node:crypto';

/** A secret to hash addresses with, 32 hexadecimal digits. */
export function newSecret(): string {
	return randomBytes(16).toString('hex');
}

/** What tells a meter from another, 16 hexadecimal digits: the same for the same address and secret. */
export function identityOf(address: string, secret: string): string {
	return createHmac('sha256', secret).update(address).digest('hex').slice(0, 16);
}

/** The form of a bcrypt hash, with its cost; `$2y$` is PHP's name of `$2b$`. */
const bcryptForm = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Beyond it one sign-in keeps a Raspberry Pi 3 busy for a minute. */
const highestBcryptCost = 14;

/** Whether a hash is bcrypt's. */
export function isBcrypt(hash: string): boolean {
	return bcryptForm.test(hash);
}

/** The same, and one that can be checked in bearable time. */
export function isBearableBcrypt(hash: string): boolean {
	const cost = Number(bcryptForm.exec(hash)?.[1]);
	return cost >= 4 && cost <= highestBcryptCost;
}

/** Whether an account's secret is the hash of a password that a person may have chosen, and slow to check. */
export function isPasswordHash(secret: string): boolean {
	return secret.startsWith('$');
}

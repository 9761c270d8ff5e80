import { createECDH } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** The house's keys for push services (RFC 8292), base64url. */
export interface VapidKeys {
	/** An uncompressed P-256 point, which browsers subscribe with. */
	readonly publicKey: string;
	readonly privateKey: string;
}

/**
 * The keys in `<dataDir>/secrets/alerts-vapid`, made at first use: with others, every device would have to subscribe anew.
 * Throws `DATA_DIR_UNUSABLE`.
 */
export function vapidKeys(dataDir: string): VapidKeys {
	const folder = join(dataDir, 'secrets');
	const file = join(folder, 'alerts-vapid');
	try {
		return read(file) ?? make(folder, file);
	} catch (error) {
		throw new PilotwireError({
			code: 'DATA_DIR_UNUSABLE',
			expected: `to read or create ${file}`,
			received: messageOf(error),
			action: 'Set dataDir to a folder that the user who runs Pilotwire may write.',
			exitCode: exitCodes.cantCreate,
			cause: error,
		});
	}
}

function read(file: string): VapidKeys | undefined {
	try {
		const text = readFileSync(file, 'utf8');
		const [publicKey, privateKey] = ['public', 'private'].map(
			(name) => new RegExp(`^${name}: ([\\w-]{43,87})$`, 'm').exec(text)?.[1],
		);
		return publicKey === undefined || privateKey === undefined ? undefined : { publicKey, privateKey };
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return undefined;
		throw error;
	}
}

function make(folder: string, file: string): VapidKeys {
	const pair = createECDH('prime256v1');
	const publicKey = pair.generateKeys('base64url');
	// A private key with a leading zero is shorter.
	const privateKey = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
	const draft = `${file}.${process.pid}.new`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(draft, `public: ${publicKey}\nprivate: ${privateKey}\n`, { mode: 0o600 });
		// One that is damaged gives way.
		rmSync(file, { force: true });
		linkSync(draft, file);
		return { publicKey, privateKey };
	} finally {
		rmSync(draft, { force: true });
	}
}

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Clock, Timer } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';

/** Where a certificate and its key are. */
export interface TlsFiles {
	/** PEM file of the certificate, followed by those it is signed by. */
	readonly certFile: string;
	/** PEM file of its private key. */
	readonly keyFile: string;
}

/** What TLS shows of itself, PEM. */
export interface TlsIdentity {
	readonly cert: Buffer;
	readonly key: Buffer;
}

/** How often the files are looked at: a certificate is renewed weeks before it ends. Milliseconds. */
const LOOK_MS = 60_000;

/**
 * Looks now and then whether the files hold another certificate, such as a renewed one, and hands it out. One that can't be
 * used, such as half of a new pair, is said once, and what is in use stays. `inUse`: what they held when they were read.
 */
export function followTls(
	{ certFile, keyFile }: TlsFiles,
	inUse: TlsIdentity,
	{ clock, log, take }: { clock: Clock; log: Logger; take: (identity: TlsIdentity) => void },
): Timer {
	let current = inUse;
	let complained: string | undefined;
	let isLooking = false;
	const look = async (): Promise<void> => {
		if (isLooking) return;
		isLooking = true;
		try {
			const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
			if (!cert.equals(current.cert) || !key.equals(current.key)) {
				createSecureContext({ cert, key });
				current = { cert, key };
				take(current);
				const { validTo } = new X509Certificate(cert);
				log.info({ certFile }, `TLS shows the new certificate of ${certFile} from now on; it holds until ${validTo}`);
			}
			complained = undefined;
		} catch (error) {
			const why = messageOf(error);
			if (why !== complained) log.warn({ certFile, keyFile }, `TLS goes on with the certificate it has: ${why}`);
			complained = why;
		}
		isLooking = false;
	};
	return clock.every(LOOK_MS, () => void look());
}

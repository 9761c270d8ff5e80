import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { messageOf } from '@pilotwire/runtime';
import type { CertificateFacts } from '../../doctor/certificates.ts';

/** What a certificate and its key say. */
export async function certificateFacts(tls: { certFile: string; keyFile: string }): Promise<CertificateFacts> {
	const file = tls.certFile;
	try {
		const [cert, key] = [await readFile(file), await readFile(tls.keyFile)];
		createSecureContext({ cert, key });
		const { validFrom, validTo } = new X509Certificate(cert);
		return { file, fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) };
	} catch (error) {
		return { file, problem: messageOf(error) };
	}
}

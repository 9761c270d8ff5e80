import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsFiles, TlsIdentity } from '@pilotwire/runtime';
import { cannotUseTls } from '../errors.ts';

/** Reads a certificate and its key and sees that they fit. Throws `BROKER_TLS_UNUSABLE`. */
export function readTlsFiles({ certFile, keyFile }: TlsFiles): TlsIdentity {
	const identity = { cert: read('certFile', certFile), key: read('keyFile', keyFile) };
	try {
		createSecureContext(identity);
	} catch (error) {
		throw cannotUseTls('keyFile', `${certFile} with ${keyFile}`, error);
	}
	return identity;
}

function read(setting: 'certFile' | 'keyFile', file: string): Buffer {
	try {
		return readFileSync(file);
	} catch (error) {
		throw cannotUseTls(setting, file, error);
	}
}

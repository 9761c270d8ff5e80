import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { cannotUseTls } from '../errors.ts';
import type { TlsIdentity } from './listeners.ts';

/** Reads a certificate and its key and sees that they fit. Throws `BROKER_TLS_UNUSABLE`. */
export function readTlsFiles({ certFile, keyFile }: { certFile: string; keyFile: string }): TlsIdentity {
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

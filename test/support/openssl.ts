import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Part } from './parts.ts';

/** What makes certificates. */
export const openssl: Part = {
	name: 'openssl',
	obtain: 'apt-get install openssl',
	present: () => spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0,
};

/** Makes a certificate for this machine, `cert.pem`, and its key in a folder. */
export function selfSigned(folder: string): { certFile: string; keyFile: string } {
	const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
	const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
	execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, '-out', certFile, ...subject], { stdio: 'ignore' });
	return { certFile, keyFile };
}

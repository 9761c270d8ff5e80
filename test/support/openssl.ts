import { execFileSync, spawnSync } from 'node:child_process';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Part } from './parts.ts';

/** What makes certificates. */
export const openssl: Part = {
	name: 'openssl',
	obtain: 'apt-get install openssl',
	present: () => spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0,
};

const newKey = (keyFile: string): string[] => [
	'-newkey',
	'ec',
	'-pkeyopt',
	'ec_paramgen_curve:prime256v1',
	'-nodes',
	'-keyout',
	keyFile,
];

/** Who signs certificates, for as long as a test runs. */
export interface Authority {
	/** PEM file of its own certificate. */
	readonly caFile: string;
	/** Signs a certificate for a name or an address: `fullchain.pem` and `privkey.pem` in a folder, as certbot names them. */
	issue(name: string, folder: string): void;
}

/** Makes an authority in a folder. */
export function makeAuthority(folder: string): Authority {
	const [caFile, caKey] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
	const run = (...args: string[]): void => {
		execFileSync('openssl', args, { stdio: 'ignore' });
	};
	run('req', '-x509', '-days', '2', ...newKey(caKey), '-out', caFile, '-subj', '/CN=A throw-away authority');
	return {
		caFile,
		issue: (name, into) => {
			const request = join(into, 'request.pem');
			const key = newKey(join(into, 'privkey.pem'));
			const kind = isIP(name) === 0 ? 'DNS' : 'IP';
			run('req', ...key, '-out', request, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${kind}:${name}`);
			const signed = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-copy_extensions', 'copy'];
			run('x509', '-req', '-in', request, '-days', '2', ...signed, '-out', join(into, 'fullchain.pem'));
		},
	};
}

/** Makes a certificate for this machine, `cert.pem`, and its key in a folder. */
export function selfSigned(folder: string): { certFile: string; keyFile: string } {
	const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
	const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
	const key = newKey(keyFile);
	execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, '-out', certFile, ...subject], { stdio: 'ignore' });
	return { certFile, keyFile };
}

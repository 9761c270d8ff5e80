import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import type { CertificateFacts } from '../../doctor/certificates.ts';

/** A web server on this machine answers at once, one elsewhere within this. Milliseconds. */
const ANSWERS_MS = 5_000;

/** The certificate that browsers are shown at an address; undefined where it isn't `https:`, or nobody of that name answers. */
export async function shownCertificate(address: string): Promise<CertificateFacts | undefined> {
	const { protocol, hostname, port, origin } = new URL(address);
	if (protocol !== 'https:') return undefined;
	// Mostly nginx of this machine has it; many routers don't lead a house back to its own name.
	for (const host of ['127.0.0.1', hostname]) {
		const shown = await shownBy(host, Number(port || 443), hostname);
		if (shown === undefined || checkServerIdentity(hostname, shown) !== undefined) continue;
		return { file: origin, fromMs: Date.parse(shown.valid_from), untilMs: Date.parse(shown.valid_to) };
	}
	return undefined;
}

function shownBy(host: string, port: number, name: string): Promise<PeerCertificate | undefined> {
	const servername = isIP(name) === 0 ? { servername: name } : {};
	return new Promise((resolve) => {
		// Whether anybody vouches for it is for browsers to say; here it is only looked at.
		const socket = connect({ host, port, ...servername, rejectUnauthorized: false, timeout: ANSWERS_MS });
		const end = (shown?: PeerCertificate): void => {
			resolve(shown);
			socket.destroy();
		};
		socket.once('secureConnect', () => end(socket.getPeerCertificate()));
		socket.once('timeout', () => end());
		socket.on('error', () => end());
	});
}

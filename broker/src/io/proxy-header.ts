import { isIP, type Socket } from 'node:net';

/** Where a connection really comes from: IP address and port. */
interface ProxiedOrigin {
	readonly ip: string;
	readonly port: number;
}

/** The longest line (PROXY protocol, version 1, section 2.1), with its CR LF. Bytes. */
const MOST_BYTES = 107;
const BEGINNING = Buffer.from('PROXY ');

/** What the first bytes of a connection say of its origin; `undefined`: more have to come. */
type HeaderReading =
	| { readonly kind: 'origin'; readonly origin: ProxiedOrigin; readonly bytes: number }
	/** There is none: whoever connected speaks for itself, or the proxy for itself. */
	| { readonly kind: 'none'; readonly bytes: number }
	| { readonly kind: 'fault'; readonly why: string };

/**
 * Reads a PROXY line, version 1, as nginx and HAProxy write it before a connection's own bytes. No MQTT packet begins like
 * it, so that who connects without one is understood too.
 */
export function readProxyHeader(bytes: Buffer): HeaderReading | undefined {
	const begun = Math.min(bytes.length, BEGINNING.length);
	if (!bytes.subarray(0, begun).equals(BEGINNING.subarray(0, begun))) return { kind: 'none', bytes: 0 };
	const end = bytes.subarray(0, MOST_BYTES).indexOf('\r\n');
	if (end < 0) return bytes.length < MOST_BYTES ? undefined : { kind: 'fault', why: 'a PROXY line that does not end' };
	const line = bytes.subarray(0, end).toString('latin1');
	const [, family = '', from = '', , port = '', ...rest] = line.split(' ');
	if (family === 'UNKNOWN') return { kind: 'none', bytes: end + 2 };
	const isWhole = rest.length === 1 && isIP(from) === { TCP4: 4, TCP6: 6 }[family] && /^\d{1,5}$/.test(port);
	if (!isWhole) return { kind: 'fault', why: `a PROXY line of another form: ${JSON.stringify(line)}` };
	return { kind: 'origin', origin: { ip: from, port: Number(port) }, bytes: end + 2 };
}

/**
 * Takes the PROXY line off a connection that a proxy opened, if it has one, then hands it on; once. A connection that says
 * nothing in time, or something that is no such line, is destroyed, and `refuse` told why. `withinMs`: milliseconds.
 */
export function takeProxyHeader(
	socket: Socket,
	withinMs: number,
	hand: (origin: ProxiedOrigin | undefined) => void,
	refuse: (why: string) => void,
): void {
	let held: Buffer = Buffer.alloc(0);
	const timer = setTimeout(() => socket.destroy(), withinMs);
	const done = (): void => {
		clearTimeout(timer);
		socket.off('data', take).off('close', done);
	};
	const take = (chunk: Buffer): void => {
		held = Buffer.concat([held, chunk]);
		const reading = readProxyHeader(held);
		if (reading === undefined) return;
		done();
		if (reading.kind === 'fault') {
			socket.destroy();
			refuse(reading.why);
			return;
		}
		socket.pause();
		if (reading.bytes < held.length) socket.unshift(held.subarray(reading.bytes));
		hand(reading.kind === 'origin' ? reading.origin : undefined);
		socket.resume();
	};
	socket.on('data', take).on('close', done);
}

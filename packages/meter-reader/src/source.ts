/** Where a meter's bytes come from, as `source` of its settings says it. */
export type Source =
	/** A serial port. */
	| { readonly kind: 'serial'; readonly path: string }
	/** A serial port behind a TCP server that passes its bytes on as they are, such as ser2net. */
	| { readonly kind: 'tcp'; readonly host: string; readonly port: number }
	/** A recorded line, once or again and again. */
	| { readonly kind: 'file'; readonly path: string; readonly loop: boolean }
	/** A simulated meter; its path is found by the data folder where it is empty. */
	| { readonly kind: 'simulator'; readonly path: string };

/** The forms a source has, for people. */
export const sourceForms =
	'serial:PATH, tcp:HOST:PORT (IPv6: tcp:[ADDRESS]:PORT), file:PATH, file:PATH?loop, simulator: or simulator:PATH';

const LOOP = '?loop';

/** Reads a source; undefined where it has none of the forms. */
export function parseSource(text: string): Source | undefined {
	const border = text.indexOf(':');
	const rest = text.slice(border + 1);
	switch (text.slice(0, Math.max(0, border))) {
		case 'serial':
			return rest === '' ? undefined : { kind: 'serial', path: rest };
		case 'tcp':
			return tcpSource(rest);
		case 'file': {
			const loop = rest.endsWith(LOOP);
			const path = loop ? rest.slice(0, -LOOP.length) : rest;
			return path === '' ? undefined : { kind: 'file', path, loop };
		}
		case 'simulator':
			return { kind: 'simulator', path: rest };
		default:
			return undefined;
	}
}

/** An IPv6 address stands in brackets, as in a URL: its colons would be taken for the port's. */
function tcpSource(address: string): Source | undefined {
	const found = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(address);
	if (found === null) return undefined;
	const [, bracketed, plain, digits] = found;
	const port = Number(digits);
	const host = bracketed ?? plain;
	if (host === undefined || port < 1 || port > 65_535) return undefined;
	return { kind: 'tcp', host, port };
}

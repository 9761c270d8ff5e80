import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Reverse proxies whose word is taken for what the browser asked: address, scheme and host. */
export class TrustedProxies {
	readonly #list = new BlockList();

	/** `addresses`: IP addresses and ranges such as `192.168.1.0/24`. */
	constructor(addresses: readonly string[]) {
		for (const address of addresses) {
			const [base = '', bits] = address.split('/');
			const family = familyOf(base);
			if (bits === undefined) this.#list.addAddress(base, family);
			else this.#list.addSubnet(base, Number(bits), family);
		}
	}

	has(address: string): boolean {
		return isIP(address) !== 0 && this.#list.check(address, familyOf(address));
	}

	/** Scheme, host and port by which the browser reached this service; empty where it says none that could be. */
	ownOrigin({ headers, socket }: IncomingMessage): string {
		const trusted = this.has(socket.remoteAddress ?? '');
		const told = (name: string): string | undefined => (trusted ? last(headers[name]) : undefined);
		const url = `${told('x-forwarded-proto') ?? 'http'}://${told('x-forwarded-host') ?? headers.host ?? ''}`;
		return URL.canParse(url) ? new URL(url).origin : '';
	}
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Of several values the last is the one that the nearest proxy wrote. */
function last(header: string | string[] | undefined): string | undefined {
	const value = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim();
	return value === '' ? undefined : value;
}

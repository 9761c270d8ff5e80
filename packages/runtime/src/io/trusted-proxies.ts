import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import * as z from 'zod';

/** An address that may stand in a list of proxies. */
export const proxySetting = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
	error: 'an IP address, or a range such as 192.168.1.0/24',
});

/** Reverse proxies whose word is taken for what a client asked: address, scheme and host. */
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

	/** IP address of whoever asked: the last one of `X-Forwarded-For` that is no proxy's; `unknown` where there is none. */
	clientOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
		let client = socket.remoteAddress ?? 'unknown';
		const told = valuesOf(headers['x-forwarded-for']);
		for (let before = told.pop(); before !== undefined && isIP(before) !== 0 && this.has(client); before = told.pop())
			client = before;
		return client;
	}

	/** Scheme, host and port by which the browser reached this service; empty where it says none that could be. */
	ownOrigin({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
		const trusted = this.has(socket.remoteAddress ?? '');
		// Of several values the last is the one that the nearest proxy wrote.
		const told = (name: string): string | undefined => (trusted ? valuesOf(headers[name]).at(-1) : undefined);
		const url = `${told('x-forwarded-proto') ?? 'http'}://${told('x-forwarded-host') ?? headers.host ?? ''}`;
		return URL.canParse(url) ? new URL(url).origin : '';
	}
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function valuesOf(header: string | string[] | undefined): string[] {
	const text = Array.isArray(header) ? header.join(',') : (header ?? '');
	return text
		.split(',')
		.map((value) => value.trim())
		.filter((value) => value !== '');
}

import type { CookieSerializeOptions } from '@fastify/cookie';
import { fastifyCookie } from '@fastify/cookie';

/** The session cookie of one site, for browsers that came over TLS and for those that did not. */
export class SessionCookie {
	readonly #site: string;
	readonly #maxAgeS: number;

	constructor(site: string, maxAgeS: number) {
		this.#site = site;
		this.#maxAgeS = maxAgeS;
	}

	/** `__Host-`: a browser takes it from this very host over TLS only, so that no neighbour can plant one. */
	name(origin: string): string {
		return `${isSecure(origin) ? '__Host-' : ''}pilotwire-${this.#site}`;
	}

	/** The session id that a request carries. */
	idIn(header: string | undefined, origin: string): string | undefined {
		if (header === undefined) return undefined;
		return fastifyCookie.parse(header)[this.name(origin)];
	}

	/** How it is set. */
	options(origin: string): CookieSerializeOptions {
		return { ...this.cleared(origin), maxAge: this.#maxAgeS };
	}

	/** How it is taken away. */
	cleared(origin: string): CookieSerializeOptions {
		return { httpOnly: true, sameSite: 'strict', secure: isSecure(origin), path: '/' };
	}
}

const isSecure = (origin: string): boolean => origin.startsWith('https:');

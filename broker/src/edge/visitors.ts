import type { Limits } from '../options.ts';

/** How long arrivals are counted together, ms. */
const windowMs = 10_000;

/** Where a connection comes from. */
export interface Origin {
	/** IP address. */
	readonly ip: string;
	readonly port: number;
}

interface Address {
	open: number;
	arrived: number;
	sinceMs: number;
}

/** Bounds how many connections one address has open and how fast it opens them; this machine's own are not counted. */
export class Visitors {
	readonly #limits: Pick<Limits, 'connectionsPerAddress' | 'arrivalsPerAddress'>;
	readonly #addresses = new Map<string, Address>();

	constructor(limits: Pick<Limits, 'connectionsPerAddress' | 'arrivalsPerAddress'>) {
		this.#limits = limits;
	}

	/** Counts a new connection; false, and not counted, where it is one too many. `nowMs`: monotonic. */
	arrive(ip: string, nowMs: number): boolean {
		if (isOwn(ip)) return true;
		const address = this.#addresses.get(ip) ?? { open: 0, arrived: 0, sinceMs: nowMs };
		this.#addresses.set(ip, address);
		if (nowMs - address.sinceMs >= windowMs) Object.assign(address, { arrived: 0, sinceMs: nowMs });
		address.arrived += 1;
		if (address.arrived > this.#limits.arrivalsPerAddress) return false;
		if (address.open >= this.#limits.connectionsPerAddress) return false;
		address.open += 1;
		return true;
	}

	/** A connection that was counted is over. */
	leave(ip: string): void {
		const address = this.#addresses.get(ip);
		if (address !== undefined) address.open -= 1;
	}

	/** Forgets addresses that have nothing open and have been quiet. */
	tidy(nowMs: number): void {
		for (const [ip, { open, sinceMs }] of this.#addresses) {
			if (open === 0 && nowMs - sinceMs >= windowMs) this.#addresses.delete(ip);
		}
	}
}

/** Whether it is this machine's own. */
export function isOwn(ip: string): boolean {
	return ip === '::1' || ip.startsWith('127.') || ip.startsWith('::ffff:127.');
}

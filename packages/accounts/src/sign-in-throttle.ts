/** How many guesses are free, and how the wait grows after them. */
interface Allowance {
	readonly free: number;
	readonly longestWaitMs: number;
}

/** Guesses of one name from one address: a person who mistypes has a few; who guesses waits longer each time. */
const perName: Allowance = { free: 5, longestWaitMs: 15 * 60_000 };
/** Guesses of any names from one address: a household behind one router has plenty. */
const perAddress: Allowance = { free: 60, longestWaitMs: 5 * 60_000 };

const firstWaitMs = 1000;
/** Failures are forgotten when there was none for so long. */
const forgottenAfterMs = 30 * 60_000;
/** Addresses and names remembered; the one that failed longest ago goes first. */
const mostRemembered = 5000;

interface Memory {
	failures: number;
	/** Attempts whose outcome is not known yet: each may turn out a guess. */
	underWay: number;
	lastMs: number;
	openMs: number;
}

/**
 * Slows guessing down. It counts by address, and by name and address together, never by name alone: somebody elsewhere
 * who guesses the owner's password can't lock the owner out. Times are monotonic, ms.
 */
export class SignInThrottle {
	readonly #memories = new Map<string, Memory>();

	/** Asks to try. Returns 0, and then `end` must follow, or how long to wait before trying again, ms. */
	begin(name: string, address: string, nowMs: number): number {
		const keys = keysOf(name, address);
		const waitMs = Math.max(...keys.map(([key, allowance]) => this.#waitMs(key, allowance, nowMs)));
		if (waitMs > 0) return waitMs;
		for (const [key] of keys) this.#remember(key, nowMs).underWay += 1;
		return 0;
	}

	/** Tells how an attempt ended; `undefined` where the password wasn't looked at. */
	end(name: string, address: string, right: boolean | undefined, nowMs: number): void {
		for (const [key, allowance] of keysOf(name, address)) {
			const memory = this.#remember(key, nowMs);
			memory.underWay = Math.max(0, memory.underWay - 1);
			if (right === false) fail(memory, allowance, nowMs);
			// One account of one's own doesn't buy guesses at the others: only this name's failures are forgiven.
			else if (right === true && allowance === perName) memory.failures = 0;
			if (memory.failures === 0 && memory.underWay === 0) this.#memories.delete(key);
		}
	}

	/** What is remembered now: never more than a bound. */
	get size(): number {
		return this.#memories.size;
	}

	#waitMs(key: string, { free }: Allowance, nowMs: number): number {
		const memory = this.#memories.get(key);
		if (memory === undefined) return 0;
		if (memory.underWay === 0 && nowMs - memory.lastMs > forgottenAfterMs) {
			this.#memories.delete(key);
			return 0;
		}
		if (nowMs < memory.openMs) return memory.openMs - nowMs;
		// After the free ones, one at a time: guesses sent together are not all looked at before the first is counted.
		const allowedAtOnce = Math.max(1, free - memory.failures);
		return memory.underWay >= allowedAtOnce ? firstWaitMs : 0;
	}

	#remember(key: string, nowMs: number): Memory {
		const memory = this.#memories.get(key) ?? { failures: 0, underWay: 0, lastMs: nowMs, openMs: 0 };
		this.#memories.delete(key);
		this.#memories.set(key, memory);
		if (this.#memories.size > mostRemembered) {
			const [oldest] = this.#memories.keys();
			if (oldest !== undefined) this.#memories.delete(oldest);
		}
		return memory;
	}
}

function fail(memory: Memory, { free, longestWaitMs }: Allowance, nowMs: number): void {
	memory.failures += 1;
	memory.lastMs = nowMs;
	const beyond = memory.failures - free;
	if (beyond >= 0) memory.openMs = nowMs + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(beyond, 20));
}

function keysOf(name: string, address: string): readonly (readonly [string, Allowance])[] {
	const network = networkOf(address);
	return [
		[network, perAddress],
		[`${network} ${name}`, perName],
	];
}

/** An IPv6 customer has a whole /64 to guess from; an IPv4 address mapped into IPv6 is the IPv4 address. */
function networkOf(address: string): string {
	const plain = address.toLowerCase().slice(0, 64);
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
	if (mapped !== undefined) return mapped;
	if (!plain.includes(':')) return plain;
	const [head = '', tail] = plain.split('%')[0]?.split('::') ?? [];
	const before = head === '' ? [] : head.split(':');
	const after = tail === undefined || tail === '' ? [] : tail.split(':');
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
	return [...before, ...Array<string>(zeros).fill('0'), ...after]
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':');
}

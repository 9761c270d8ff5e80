import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { WorkQueue } from '../work-queue.ts';

/**
 * argon2id with 19 MiB, 2 passes, 1 lane: the first choice of OWASP's Password Storage Cheat Sheet. On a Raspberry Pi 3
 * (4 cores at 1.2 GHz, 1 GB) that is about a third of a second and a fiftieth of the memory for each sign-in.
 */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** Each hash fills a core: one core stays for the event loop. More than two would only cost memory. */
const atOnce = Math.max(1, Math.min(2, availableParallelism() - 1));
/** Passwords that may wait: what a Pi 3 checks in about 20 s. */
const mostWaiting = 120;
/** Of these, for one address: the queue can't be filled from one place. */
const mostWaitingOfOne = 60;

/** Hashes people's passwords on libuv's threads, a few at a time: the event loop only hands them over. */
export class PasswordHasher {
	readonly #queue = new WorkQueue(atOnce, mostWaiting, mostWaitingOfOne);

	/** The password's hash as a PHC string, with a salt of its own. Rejects with `HashQueueFull`. */
	hash(password: string): Promise<string> {
		return this.#queue.run('', () => hash(normal(password), cost));
	}

	/** Whether this is the password. `address` is who asks, for a fair share of the queue. Rejects with `HashQueueFull`. */
	verify(known: string, password: string, address: string): Promise<boolean> {
		return this.#queue.run(address, () => verify(known, normal(password)));
	}
}

/** A hash that no password has, which takes as long to check as any other: for names that don't exist. */
export function decoyHash(): string {
	const { memoryCost, timeCost, parallelism, outputLen } = cost;
	const text = (bytes: number): string => randomBytes(bytes).toString('base64').replaceAll('=', '');
	return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${text(16)}$${text(outputLen)}`;
}

/** One password is one text, whichever keyboard composed its accents. */
function normal(password: string): string {
	return password.normalize('NFKC');
}

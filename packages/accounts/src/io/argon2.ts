import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { type Clock, messageOf, type Timer } from '@pilotwire/runtime';
import { hashingFailed } from '../errors.ts';
import { isBcrypt } from '../password-hash.ts';
import { WorkQueue } from '../work-queue.ts';
import type { HashReply, HashRequest } from './argon2-worker.ts';

/**
 * argon2id with 19 MiB, 2 passes, 1 lane: the first choice of OWASP's Password Storage Cheat Sheet. On a Raspberry Pi 3
 * (4 cores at 1.2 GHz, 1 GB) that is about a third of a second and a fiftieth of the memory for each sign-in.
 */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** Passwords that may wait: what a Pi 3 checks in about 30 s. */
const mostWaiting = 90;
/** Of these, for one address: the queue can't be filled from one place, and a whole house behind one router gets in. */
const mostWaitingOfOne = 60;
/** The thread costs 10 MB and starts in a moment: it goes when nobody has signed in for so long. Milliseconds. */
const idleMs = 30_000;

/** What a thread was asked last. */
interface Asked {
	readonly worker: Worker;
	readonly resolve: (reply: HashReply) => void;
}

/**
 * Hashes people's passwords one after the other, in a thread that gives way to all others: the house's own work
 * doesn't wait for a sign-in. The thread is there only while it is needed.
 */
export class PasswordHasher {
	readonly #queue = new WorkQueue(1, mostWaiting, mostWaitingOfOne);
	readonly #clock: Clock;
	#worker: Worker | undefined;
	#asked: Asked | undefined;
	#idle: Timer | undefined;
	#closed = false;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** The password's hash as a PHC string, with a salt of its own. Rejects with `HashQueueFull` or `PASSWORD_NOT_HASHED`. */
	async hash(password: string): Promise<string> {
		const { hash = '' } = await this.#ask('', { kind: 'hash', password: normal(password), cost });
		return hash;
	}

	/**
	 * Whether this is the password; `known` is a PHC string or bcrypt's. `address` is who asks, for a fair share of the
	 * queue. Rejects like `hash`.
	 */
	async verify(known: string, password: string, address: string): Promise<boolean> {
		// Whoever hashed with bcrypt took the letters as they came.
		const asHashed = isBcrypt(known) ? password : normal(password);
		const { right = false } = await this.#ask(address, { kind: 'verify', password: asHashed, known });
		return right;
	}

	/** Ends the thread; what waits for it is rejected. */
	async close(): Promise<void> {
		this.#closed = true;
		await this.#stop();
	}

	#ask(who: string, request: HashRequest): Promise<HashReply> {
		return this.#queue.run(who, async () => {
			this.#idle?.cancel();
			try {
				return await this.#carryOut(request);
			} finally {
				if (this.#worker !== undefined) this.#idle = this.#clock.after(idleMs, () => void this.#stop());
			}
		});
	}

	async #carryOut(request: HashRequest): Promise<HashReply> {
		if (this.#closed) throw hashingFailed('the accounts were closed');
		const worker = this.#worker ?? this.#start();
		const reply = await new Promise<HashReply>((resolve) => {
			this.#asked = { worker, resolve };
			worker.postMessage(request);
		});
		if (reply.fault !== undefined) throw hashingFailed(reply.fault);
		return reply;
	}

	#start(): Worker {
		const worker = new Worker(workerFile());
		let reason = '';
		worker.on('message', (reply: HashReply) => this.#settle(worker, reply));
		worker.on('error', (error) => {
			reason = messageOf(error);
		});
		worker.once('exit', (code) => {
			if (this.#worker === worker) this.#worker = undefined;
			this.#settle(worker, { fault: reason === '' ? `the thread ended with code ${code}` : reason });
		});
		this.#worker = worker;
		return worker;
	}

	/** One that was stopped may end when its successor has been asked already. */
	#settle(worker: Worker, reply: HashReply): void {
		if (this.#asked?.worker === worker) this.#asked.resolve(reply);
	}

	async #stop(): Promise<void> {
		this.#idle?.cancel();
		const worker = this.#worker;
		this.#worker = undefined;
		await worker?.terminate();
	}
}

/** From source the worker is a `.ts` beside this file, from dist a `.js`: the compiler rewrites imports, not URLs. */
function workerFile(): URL {
	return new URL(import.meta.url.endsWith('.ts') ? './argon2-worker.ts' : './argon2-worker.js', import.meta.url);
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

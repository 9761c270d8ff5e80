// The thread that hashes passwords, one at a time, when no other thread wants the core. It loads nothing else: with all of
// the runtime it would take four times as long to start.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, type Options, verifySync } from '@node-rs/argon2';
import { isBcrypt } from '../password-hash.ts';

/** A password to hash, or to compare with a hash (PHC string, or bcrypt's). */
export type HashRequest =
	| { readonly kind: 'hash'; readonly password: string; readonly cost: Options }
	| { readonly kind: 'verify'; readonly password: string; readonly known: string };

/** What became of it: the hash, whether it is the password, or why neither is known. */
export interface HashReply {
	readonly hash?: string;
	readonly right?: boolean;
	readonly fault?: string;
}

/** Gives way to whatever else wants the core, and still gets a tenth of one that something else keeps busy. */
const lowPriority = 10;

async function carryOut(request: HashRequest): Promise<HashReply> {
	try {
		if (request.kind === 'hash') return { hash: hashSync(request.password, request.cost) };
		const { known, password } = request;
		if (!isBcrypt(known)) return { right: verifySync(known, password) };
		const { compareSync } = await import('bcryptjs');
		return { right: compareSync(password, known) };
	} catch (error) {
		return { fault: error instanceof Error ? error.message : String(error) };
	}
}

// Linux gives each thread a priority of its own (setpriority(2), "C library/kernel differences"); elsewhere it is the
// whole process's.
if (process.platform === 'linux') setPriority(lowPriority);
const port = parentPort;
port?.on('message', (request: HashRequest) => void carryOut(request).then((reply) => port.postMessage(reply)));

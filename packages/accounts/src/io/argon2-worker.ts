// The thread that hashes passwords, one at a time, when no other thread wants the core.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, type Options, verifySync } from '@node-rs/argon2';
import { messageOf } from '@pilotwire/runtime';

/** A password to hash, or to compare with a hash (PHC string). */
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

function carryOut(request: HashRequest): HashReply {
	try {
		return request.kind === 'hash'
			? { hash: hashSync(request.password, request.cost) }
			: { right: verifySync(request.known, request.password) };
	} catch (error) {
		return { fault: messageOf(error) };
	}
}

// Linux gives each thread a priority of its own (setpriority(2), "C library/kernel differences"); elsewhere it is the
// whole process's.
if (process.platform === 'linux') setPriority(lowPriority);
const port = parentPort;
port?.on('message', (request: HashRequest) => port.postMessage(carryOut(request)));

import { Tries } from './guesses.ts';
import { Lock } from './lock.ts';
import type { Membership } from './membership.ts';

/** A channel while somebody is in it. */
export class Channel {
	readonly name: string;
	readonly lock: Lock;
	readonly tries = new Tries();
	/** By id. */
	readonly members = new Map<string, Membership>();

	/** `password`: of the first to join, if it gave one. */
	constructor(name: string, password: string | undefined) {
		this.name = name;
		this.lock = new Lock(password);
	}
}
